#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include <map>
#include <memory>
#include <optional>

namespace finescope::window {

class EngineProcess;
class Settings;
struct EngineEnd;

/// Opens what is no run file yet: files (record::kPredictionFormats) of logits or probabilities, of which
/// the engine makes run files. They wait for no job: it takes a second. The run file FILE.h5 lies beside
/// FILE, or where new runs go if that folder cannot be written; one that was imported from the same file
/// before is replaced, any other is left alone and said. GUI thread.
class PredictionImports : public QObject {
    Q_OBJECT

public:
    /// `engine` is the program to start, `dataFolder` where runs go unless the settings say otherwise; the
    /// settings outlive this.
    PredictionImports(QString engine, const Settings& settings, QString dataFolder,
                      QObject* parent = nullptr);
    ~PredictionImports() override;

    /// What they are called, for a dialog that opens files: "*.npz *.csv".
    [[nodiscard]] static QString patterns();

    /// Starts the import of every file of predictions among these; returns the rest. One that is being
    /// imported already is not started again.
    [[nodiscard]] QStringList take(const QStringList& paths);

    /// Stops all imports; nothing is left of them.
    void cancelAll();

Q_SIGNALS:
    /// Of an import that takes its time: how much of it is done, 0 to 1.
    void progressed(const QString& path, double fraction, const std::optional<double>& secondsLeft);
    /// Nothing is being imported any more.
    void idle();
    /// `notes` says what the engine found and decided.
    void imported(const QString& runFile, const QString& notes);
    void failed(const QString& path, const QString& message);

private:
    void start(const QString& path);
    void takeEnd(const QString& path, const QString& runFile, const EngineEnd& end);
    [[nodiscard]] QString runFileFor(const QString& path) const;

    QString m_engine;
    const Settings& m_settings;
    QString m_dataFolder;
    std::map<QString, std::unique_ptr<EngineProcess>> m_running; ///< by the path that is being imported
};

} // namespace finescope::window
