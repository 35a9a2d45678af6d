#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <optional>
#include <sys/types.h>

class QSocketNotifier;

namespace finescope::window {

/// One line of `finescope-engine --progress json` (architecture.md, Commands).
struct EngineProgress {
    QString stage; ///< probing, fine_tuning, evaluating or kernel
    qint64 step = 0;
    qint64 totalSteps = 0; ///< 0 = unknown
    double epoch = 0;
    std::optional<double> secondsLeft;
};

struct EngineEnd {
    enum class How { complete, failed, cancelled };
    How how = How::failed;
    QString message; ///< why, when it failed
};

/// One finescope-engine as a child process in a session of its own: closing the terminal or this object
/// leaves it running, and since it ignores SIGPIPE it goes on without anybody listening. (QProcess kills its
/// child when it is destroyed; hence posix_spawn.) GUI thread.
class EngineProcess : public QObject {
    Q_OBJECT

public:
    explicit EngineProcess(QObject* parent = nullptr);
    /// Lets the process run on if it still does: call terminate() first to stop it.
    ~EngineProcess() override;

    /// Starts `program` with `arguments`; `ended` always follows, also when it cannot be started.
    void start(const QString& program, const QStringList& arguments);
    [[nodiscard]] bool running() const { return m_pid > 0; }
    [[nodiscard]] bool paused() const { return m_paused; }
    /// SIGTERM: the engine keeps what is there and marks the run cancelled.
    void terminate();
    void pause();  ///< SIGSTOP
    void resume(); ///< SIGCONT

Q_SIGNALS:
    void progressed(const finescope::window::EngineProgress& progress);
    void ended(const finescope::window::EngineEnd& end);

private:
    struct Pipe;
    void readOutput();
    void readErrors();
    void takeLine(const QByteArray& line);
    void awaitExit();
    void finish(int status);
    void failLater(const QString& message);

    pid_t m_pid = -1;
    bool m_paused = false;
    bool m_terminated = false;
    std::unique_ptr<Pipe> m_output, m_errors;
    QTimer m_exitTimer;
    std::optional<EngineEnd> m_announced; ///< from the engine's last line
};

} // namespace finescope::window
