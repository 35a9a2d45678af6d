#include "app/window/jobs/engine_process.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSocketNotifier>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace finescope::window {

namespace {

constexpr qsizetype kKeptErrors = 8192; // the end of stderr, to show when the engine died without a word
constexpr int kExitPollMs = 20;

QString killedText(int signal) {
    const QString text = EngineProcess::tr("The engine was killed by signal %1 (%2)")
                             .arg(signal)
                             .arg(QString::fromLocal8Bit(::strsignal(signal)));
    return signal == SIGKILL
               ? EngineProcess::tr("%1; if the machine ran out of memory, use a smaller batch size").arg(text)
               : text;
}

} // namespace

/// The read end of a pipe and what came through it since the last line end.
struct EngineProcess::Pipe {
    int descriptor = -1;
    std::unique_ptr<QSocketNotifier> notifier;
    QByteArray text;

    explicit Pipe(int readEnd) : descriptor(readEnd) {
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
        notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        notifier.reset();
        ::close(descriptor);
    }

    /// Appends what is there; false at the end of the stream.
    bool read() {
        std::array<char, 4096> buffer{};
        for (;;) {
            const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
            if (count > 0) {
                text.append(buffer.data(), count);
            } else if (count < 0 && errno == EINTR) {
                continue;
            } else {
                return count < 0 && errno == EAGAIN;
            }
        }
    }
};

EngineProcess::EngineProcess(QObject* parent) : QObject(parent) {
    m_exitTimer.setInterval(kExitPollMs);
    connect(&m_exitTimer, &QTimer::timeout, this, &EngineProcess::awaitExit);
}

EngineProcess::~EngineProcess() = default;

void EngineProcess::start(const QString& program, const QStringList& arguments) {
    std::vector<QByteArray> words{QFile::encodeName(program)};
    for (const QString& argument : arguments) {
        words.push_back(QFile::encodeName(argument));
    }
    std::vector<char*> argv;
    for (QByteArray& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);

    std::array<int, 2> output{}, errors{};
    if (pipe2(output.data(), O_CLOEXEC) != 0) {
        return failLater(
            tr("Cannot open a pipe to the engine: %1").arg(QString::fromLocal8Bit(std::strerror(errno))));
    }
    if (pipe2(errors.data(), O_CLOEXEC) != 0) {
        const int problem = errno;
        ::close(output[0]);
        ::close(output[1]);
        return failLater(
            tr("Cannot open a pipe to the engine: %1").arg(QString::fromLocal8Bit(std::strerror(problem))));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    const int problem = posix_spawnp(&m_pid, argv[0], &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(output[1]);
    ::close(errors[1]);
    m_output = std::make_unique<Pipe>(output[0]);
    m_errors = std::make_unique<Pipe>(errors[0]);
    if (problem != 0) {
        m_pid = -1;
        return failLater(
            tr("%1 cannot be started: %2").arg(program, QString::fromLocal8Bit(std::strerror(problem))));
    }
    connect(m_output->notifier.get(), &QSocketNotifier::activated, this, &EngineProcess::readOutput);
    connect(m_errors->notifier.get(), &QSocketNotifier::activated, this, &EngineProcess::readErrors);
}

void EngineProcess::failLater(const QString& message) {
    QMetaObject::invokeMethod(
        this,
        [this, message] {
            Q_EMIT ended(EngineEnd{EngineEnd::How::failed, message});
        },
        Qt::QueuedConnection);
}

void EngineProcess::terminate() {
    if (!running()) {
        return;
    }
    m_terminated = true;
    ::kill(m_pid, SIGTERM);
    resume(); // a stopped process would never see the signal
}

void EngineProcess::pause() {
    if (running() && ::kill(m_pid, SIGSTOP) == 0) {
        m_paused = true;
    }
}

void EngineProcess::resume() {
    if (running() && ::kill(m_pid, SIGCONT) == 0) {
        m_paused = false;
    }
}

void EngineProcess::readOutput() {
    const bool open = m_output->read();
    for (qsizetype end = m_output->text.indexOf('\n'); end >= 0; end = m_output->text.indexOf('\n')) {
        takeLine(m_output->text.left(end));
        m_output->text.remove(0, end + 1);
    }
    if (!open) {
        m_output->notifier->setEnabled(false);
        m_exitTimer.start();
    }
}

void EngineProcess::readErrors() {
    const bool open = m_errors->read();
    m_errors->text = m_errors->text.right(kKeptErrors);
    if (!open) {
        m_errors->notifier->setEnabled(false);
    }
}

void EngineProcess::takeLine(const QByteArray& line) {
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    const QString event = object.value(QLatin1String("event")).toString();
    if (event == QLatin1String("progress")) {
        EngineProgress progress;
        progress.stage = object.value(QLatin1String("stage")).toString();
        progress.step = object.value(QLatin1String("step")).toInteger();
        progress.totalSteps = object.value(QLatin1String("total_steps")).toInteger();
        progress.epoch = object.value(QLatin1String("epoch")).toDouble();
        if (const QJsonValue left = object.value(QLatin1String("seconds_left")); left.isDouble()) {
            progress.secondsLeft = left.toDouble();
        }
        Q_EMIT progressed(progress);
    } else if (event == QLatin1String("done")) {
        const QString status = object.value(QLatin1String("status")).toString();
        const auto how = status == QLatin1String("complete")    ? EngineEnd::How::complete
                         : status == QLatin1String("cancelled") ? EngineEnd::How::cancelled
                                                                : EngineEnd::How::failed;
        m_announced = EngineEnd{how, object.value(QLatin1String("message")).toString()};
    }
}

void EngineProcess::awaitExit() {
    int status = 0;
    const pid_t exited = ::waitpid(m_pid, &status, WNOHANG);
    if (exited == 0 || (exited < 0 && errno == EINTR)) {
        return;
    }
    m_exitTimer.stop();
    if (m_errors->notifier->isEnabled()) {
        readErrors();
    }
    m_pid = -1;
    finish(exited < 0 ? -1 : status);
}

void EngineProcess::finish(int status) {
    m_paused = false;
    EngineEnd end;
    if (m_announced) {
        end = *m_announced;
    } else if (m_terminated) {
        end.how = EngineEnd::How::cancelled;
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        end.how = EngineEnd::How::complete;
    }
    if (end.how == EngineEnd::How::failed && end.message.isEmpty()) {
        const QString said = QString::fromUtf8(m_errors->text).trimmed();
        if (WIFSIGNALED(status)) { // what it said before is no reason for its death, but may tell of one
            end.message = killedText(WTERMSIG(status)) + (said.isEmpty() ? said : QLatin1Char('\n') + said);
        } else if (!said.isEmpty()) {
            end.message = said;
        } else {
            end.message = tr("The engine ended with status %1 and gave no reason").arg(WEXITSTATUS(status));
        }
    }
    Q_EMIT ended(end);
}

} // namespace finescope::window
