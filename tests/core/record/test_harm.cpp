#include "core/error.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"

#include <QtTest>

#include <random>

#include <sys/mount.h>
#include <unistd.h>

namespace finescope::tests {

namespace {

struct Outcome {
    std::int64_t steps = 0;
    std::int64_t epochs = 0;
    bool started = false; ///< the file was there under its name
    bool killed = false;
    int exitCode = 0;
    QStringList said;
};

Outcome runChild(const QStringList& arguments) {
    QProcess child;
    child.start(QStringLiteral(WRITER_CHILD), arguments);
    Outcome outcome;
    if (!child.waitForFinished(60000)) {
        child.kill();
        child.waitForFinished();
        outcome.exitCode = -1;
        return outcome;
    }
    outcome.killed = child.exitStatus() == QProcess::CrashExit;
    outcome.exitCode = child.exitCode();
    outcome.said =
        QString::fromUtf8(child.readAllStandardOutput()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const auto& line : outcome.said) {
        const auto words = line.split(QLatin1Char(' '));
        bool isCount = false;
        const auto steps = words.value(0).toLongLong(&isCount);
        if (isCount) {
            outcome.started = true;
            outcome.steps = steps;
            outcome.epochs = words.value(1).toLongLong();
        }
    }
    return outcome;
}

} // namespace

class TestHarm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killedAtRandomMomentsLeavesEveryCommittedRow();
    void killedBetweenTwoWritesLeavesEveryCommittedRow_data();
    void killedBetweenTwoWritesLeavesEveryCommittedRow();
    void fileSizeLimitEndsAsFailedWithReadableRows_data();
    void fileSizeLimitEndsAsFailedWithReadableRows();
    void fullDiskEndsAsFailedWithReadableRows();
    void failureBeforeTheFirstRowLeavesNothing_data();
    void failureBeforeTheFirstRowLeavesNothing();
    void unwritableFolderIsNamed();

private:
    void requireFailedButReadable(const std::filesystem::path& file, const Outcome& outcome);
    QTemporaryDir m_folder;
};

void TestHarm::killedAtRandomMomentsLeavesEveryCommittedRow() {
    std::mt19937 random(20261123);
    std::uniform_int_distribution<int> moment(0, 60000);
    std::int64_t most = 0;
    for (int i = 0; i < 50; ++i) {
        const auto file = m_folder.filePath(QStringLiteral("random%1.h5").arg(i));
        const auto outcome =
            runChild({QStringLiteral("until-killed"), file, QString::number(moment(random))});
        QVERIFY2(outcome.killed, qPrintable(outcome.said.join(QLatin1Char('\n'))));
        QVERIFY(outcome.started);
        const auto problem = pattern::check(file.toStdString(), outcome.steps, outcome.epochs);
        QVERIFY2(problem.empty(), problem.c_str());
        QCOMPARE(static_cast<int>(record::readRun(file.toStdString()).progress.status), 0);
        most = std::max(most, outcome.epochs);
    }
    QVERIFY2(most > 3, "the writers were killed before they wrote anything: the test shows nothing");
}

void TestHarm::killedBetweenTwoWritesLeavesEveryCommittedRow_data() {
    QTest::addColumn<QString>("what");
    QTest::newRow("steps") << QStringLiteral("steps");
    QTest::newRow("epoch") << QStringLiteral("epoch");
}

void TestHarm::killedBetweenTwoWritesLeavesEveryCommittedRow() {
    QFETCH(const QString, what);
    constexpr int kLimit = 1000;
    const auto kernel = pattern::kernel("pretrained", 1);
    int deaths = 0;
    bool whole[2] = {false, false}; // even K: the first append; odd K: one that begins a new chunk
    for (int k = 0; k < kLimit && !(whole[0] && whole[1]); ++k) {
        if (whole[k % 2]) {
            continue;
        }
        const auto file = m_folder.filePath(QStringLiteral("%1%2.h5").arg(what).arg(k));
        const auto outcome = runChild({QStringLiteral("kill-at"), what, file, QString::number(k)});
        whole[k % 2] = outcome.said.value(outcome.said.size() - 1) == QLatin1String("whole");
        QVERIFY2(whole[k % 2] || outcome.killed, qPrintable(outcome.said.join(QLatin1Char('\n'))));
        deaths += outcome.killed ? 1 : 0;
        const auto problem = pattern::check(file.toStdString(), outcome.steps, outcome.epochs);
        QVERIFY2(
            problem.empty(),
            qPrintable(
                QStringLiteral("killed before page %1: %2").arg(k / 2).arg(QString::fromStdString(problem))));
        // What was cut off where HDF5 was about to go on does not matter to who adds to the file later.
        record::addKernel(file.toStdString(), pattern::plan().runId, kernel);
        const auto later = pattern::check(file.toStdString(), outcome.steps, outcome.epochs) +
                           pattern::checkKernel(file.toStdString(), kernel);
        QVERIFY2(later.empty(), later.c_str());
        std::filesystem::remove(file.toStdString());
    }
    QVERIFY(whole[0] && whole[1]);
    QVERIFY2(deaths > 10, "an append writes more pages than that: their counting does not work");
}

void TestHarm::requireFailedButReadable(const std::filesystem::path& file, const Outcome& outcome) {
    const auto said = outcome.said.join(QLatin1Char('\n'));
    QVERIFY2(!outcome.killed && outcome.exitCode == 3, qPrintable(said));
    QVERIFY2(outcome.epochs > 2, "the limit came before any row: the test shows nothing");
    const auto problem = pattern::check(file, outcome.steps, outcome.epochs);
    QVERIFY2(problem.empty(), problem.c_str());
    const auto run = record::readRun(file);
    QCOMPARE(static_cast<int>(run.progress.status), static_cast<int>(record::Status::failed));
    QVERIFY2(!run.progress.message.empty(), "the file does not say why it failed");
}

// Limits a few bytes apart, so that the write that fails is another one each time.
void TestHarm::fileSizeLimitEndsAsFailedWithReadableRows_data() {
    QTest::addColumn<int>("bytes");
    for (int bytes = 150000; bytes < 200000; bytes += 3001) {
        QTest::addRow("%d bytes", bytes) << bytes;
    }
}

void TestHarm::fileSizeLimitEndsAsFailedWithReadableRows() {
    QFETCH(const int, bytes);
    const auto file = m_folder.filePath(QStringLiteral("limit%1.h5").arg(bytes));
    requireFailedButReadable(file.toStdString(),
                             runChild({QStringLiteral("fill"), file, QString::number(bytes)}));
}

void TestHarm::fullDiskEndsAsFailedWithReadableRows() {
    QTemporaryDir disk;
    if (mount("tmpfs", disk.path().toLocal8Bit().constData(), "tmpfs", 0, "size=3m") != 0) {
        QSKIP("a small disk can only be mounted by root: the file-size limit above stands for it");
    }
    const auto file = disk.filePath(QStringLiteral("full.h5"));
    const auto unmount = qScopeGuard([&disk] { umount2(disk.path().toLocal8Bit().constData(), MNT_DETACH); });
    requireFailedButReadable(file.toStdString(),
                             runChild({QStringLiteral("fill"), file, QStringLiteral("0")}));
}

void TestHarm::failureBeforeTheFirstRowLeavesNothing_data() {
    QTest::addColumn<int>("bytes");
    for (const int bytes : {1, 4096, 8192, 16000}) {
        QTest::addRow("%d bytes", bytes) << bytes;
    }
}

void TestHarm::failureBeforeTheFirstRowLeavesNothing() {
    QFETCH(const int, bytes);
    const QTemporaryDir folder;
    const auto outcome =
        runChild({QStringLiteral("fill"), folder.filePath(QStringLiteral("run.h5")), QString::number(bytes)});
    const auto said = outcome.said.join(QLatin1Char('\n'));
    QVERIFY2(!outcome.killed && outcome.exitCode == 1, qPrintable(said));
    QVERIFY2(said.startsWith(QLatin1String("failed: ")) && said.contains(folder.path()), qPrintable(said));
    QVERIFY(QDir(folder.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
}

void TestHarm::unwritableFolderIsNamed() {
    QTemporaryDir folder;
    QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::ExeOwner));
    // Permissions do not bind root, so be somebody else for a moment.
    const bool isRoot = geteuid() == 0;
    if (isRoot) {
        QVERIFY(chown(folder.path().toLocal8Bit().constData(), 65534, 65534) == 0);
        QVERIFY(seteuid(65534) == 0);
    }
    const auto back = qScopeGuard([isRoot] { QVERIFY(!isRoot || seteuid(0) == 0); });
    const std::filesystem::path file = folder.filePath(QStringLiteral("run.h5")).toStdString();
    for (const auto& target : {file, std::filesystem::path("/nowhere/at/all/run.h5")}) {
        try {
            const record::RunWriter writer(target, pattern::plan(), record::Existing::refuse);
            QFAIL("wrote into a folder that cannot be written");
        } catch (const Error& error) {
            QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::internal));
            QVERIFY2(QString::fromUtf8(error.what()).contains(QString::fromStdString(target.string())),
                     error.what());
        }
    }
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestHarm)
#include "test_harm.moc"
