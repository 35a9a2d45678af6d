#include "tests/app/train_fixture.h"

#include <QDir>
#include <QProcess>
#include <QtTest>

#include <csignal>
#include <unistd.h>

using namespace finescope;
using tests::Ended;
using tests::finish;
using tests::runEngine;

/// Training that is stopped, killed or cannot go on: what is there is kept, and the reason said.
class TestTrainEndsEarly : public QObject, tests::TrainFixture {
    Q_OBJECT

private:
    // Under limits that only a shell can set.
    static Ended shell(const QString& before, const QStringList& arguments) {
        QProcess process;
        process.start(QStringLiteral("/bin/sh"),
                      QStringList{QStringLiteral("-c"), before + QStringLiteral(" && exec \"$0\" \"$@\""),
                                  QStringLiteral(FINESCOPE_ENGINE_PROGRAM)} +
                          arguments);
        return finish(process);
    }

    // Waits until the run file has a first row of fine-tuning's steps, by the engine's own progress lines.
    static bool waitForFineTuning(QProcess& process) {
        QByteArray seen;
        while (!seen.contains("fine_tuning")) {
            if (!process.waitForReadyRead(60000)) {
                return false;
            }
            seen += process.readAllStandardOutput();
        }
        return true;
    }

private Q_SLOTS:
    void stopSignalsKeepWhatIsThere_data() {
        QTest::addColumn<int>("number");
        QTest::newRow("Ctrl+C") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }
    void stopSignalsKeepWhatIsThere() {
        QFETCH(int, number);
        const QString file = path(QStringLiteral("stop%1.h5").arg(number));
        QProcess process;
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                      trainArguments("ft", file, {"--epochs", "100000", "--progress", "json"}));
        QVERIFY(waitForFineTuning(process));
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), number), 0);
        const Ended run = finish(process);
        QCOMPARE(run.status, 1);
        QVERIFY2(run.out.trimmed().split('\n').last().contains("\"cancelled\""), run.out.right(300));
        const record::Run kept = read(file);
        QCOMPARE(kept.progress.status, record::Status::cancelled);
        QVERIFY(kept.steps.rows() > 0);
        QVERIFY(kept.epochs.rows() > 0);
    }

    /// As from a study that is killed: the kernel sends SIGTERM once for each of its threads.
    void repeatedRequestsToStopAreNoHurry() {
        const QString file = path("repeated.h5");
        QProcess process;
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                      trainArguments("ft", file, {"--epochs", "100000", "--progress", "json"}));
        QVERIFY(waitForFineTuning(process));
        const auto pid = static_cast<pid_t>(process.processId());
        while (process.state() == QProcess::Running) {
            ::kill(pid, SIGTERM);
            process.waitForFinished(1);
        }
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 1);
        QCOMPARE(read(file).progress.status, record::Status::cancelled);
    }

    void killedRunKeepsItsRows() {
        const QString file = path("killed.h5");
        QProcess process;
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                      trainArguments("ft", file, {"--epochs", "100000", "--progress", "json"}));
        QVERIFY(waitForFineTuning(process));
        process.kill();
        process.waitForFinished();
        const record::Run kept = read(file);
        QCOMPARE(kept.progress.status, record::Status::running);
        QVERIFY(kept.epochs.rows() > 0);
    }

    void divergedTrainingFailsWithItsRowsKept() {
        const QString file = path("diverged.h5");
        const Ended run = runEngine(trainArguments("ft", file, {"--learning-rate", "1e30"}));
        QCOMPARE(run.status, 1);
        QVERIFY2(run.err.contains("not a finite number") || run.err.contains("not finite"), run.err);
        QVERIFY2(run.err.contains("--learning-rate"), run.err);
        const record::Run kept = read(file);
        QCOMPARE(kept.progress.status, record::Status::failed);
        QVERIFY(QString::fromStdString(kept.progress.message).contains("--learning-rate"));
        QVERIFY(kept.epochs.rows() > 0);
    }

    // 200 blocks of 512 bytes hold the file's start but not its features.
    void fileSizeLimitFailsReadably() {
        const QString file = path("limited.h5");
        const Ended run = shell(QStringLiteral("ulimit -f 200"), trainArguments("ft", file));
        QCOMPARE(run.status, 1);
        QVERIFY2(run.err.contains("limited.h5"), run.err);
        QCOMPARE(read(file).progress.status, record::Status::failed);
    }

    void fullDiskFailsReadably() {
        if (::getuid() != 0) {
            QSKIP("mounting a small tmpfs wants root");
        }
        QDir().mkpath(path("small"));
        QProcess mount;
        mount.start(QStringLiteral("mount"), {"-t", "tmpfs", "-o", "size=160k", "tmpfs", path("small")});
        mount.waitForFinished();
        if (mount.exitCode() != 0) {
            QSKIP(
                qPrintable(QStringLiteral("no tmpfs can be mounted here: ") + mount.readAllStandardError()));
        }
        const Ended run = runEngine(trainArguments("ft", path("small/run.h5")));
        int status = -1;
        try {
            status = static_cast<int>(read(path("small/run.h5")).progress.status);
        } catch (const std::exception& error) {
            qWarning("%s", error.what());
        }
        QProcess::execute(QStringLiteral("umount"), {path("small")});
        QCOMPARE(run.status, 1);
        QVERIFY2(run.err.contains("free") || run.err.contains("space"), run.err);
        QCOMPARE(status, static_cast<int>(record::Status::failed));
    }
};

QTEST_GUILESS_MAIN(TestTrainEndsEarly)
#include "test_train_ends_early.moc"
