#include "core/error.h"
#include "core/record/address_sanitizer.h"
#include "core/record/file_probe.h"
#include "core/record/live_reader.h"
#include "tests/core/record/read_all.h"
#include "tests/core/record/sealed_blocks.h"
#include "tests/support/data.h"
#include "tests/support/tiny_run.h"

#include <QtTest>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace finescope::tests {

namespace {

std::vector<std::string> realChild() {
    return {PROBE_CHILD};
}

// A child that is a shell script: `answer` is what it does for each file, whose name is $f.
std::vector<std::string> scriptedChild(const std::string& answer) {
    return {"/bin/bash", "-c", "while IFS= read -r -d '' f; do " + answer + "; done"};
}

// Enough for more than one child.
constexpr int kMany = 40;

int openDescriptors() {
    using Entries = std::filesystem::directory_iterator;
    return static_cast<int>(std::distance(Entries("/proc/self/fd"), Entries()));
}

const std::string kFine = "stat -c 'ok %d %i' \"$f\"";

QString complaintOf(record::FileProbe& probe, const std::filesystem::path& file) {
    try {
        static_cast<void>(probe.readRun(file));
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

std::string wholeFile(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Whether a process of its own comes to an end of reading, one way or the other.
bool survives(const std::filesystem::path& file) {
    const pid_t child = fork();
    if (child == 0) {
        try {
            readAll(file);
        } catch (const Error&) {
            _exit(1);
        }
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status);
}

} // namespace

class TestFileProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aGoodFileIsRead();
    void aBadFileSaysWhatItSaysWithoutTheProbe();
    void whatKillsTheChildIsNamedAndTheNextIsRead_data();
    void whatKillsTheChildIsNamedAndTheNextIsRead();
    void strangeAnswersAreNoHarm_data();
    void strangeAnswersAreNoHarm();
    void aChildThatCannotBeStartedIsNoFaultOfTheFile();
    void anotherFileUnderTheSameNameIsNotTaken();
    void hostileFilesAreRefusedWithinMemoryAndTime_data();
    void hostileFilesAreRefusedWithinMemoryAndTime();
    void senselessStructureHarmsNobody();
    void aLiveRunIsLookedAtOnceAndAgainWhenItWasReplaced();
    void ofManyFilesThoseThatKillAreNamedAndTheOthersAreRead();
    void manyFilesAreLookedAtBeforeTheyAreAskedFor();
    void whileOneFileIsWaitedForTheOthersAreLookedAt();
    void childrenThatCannotBeStartedAreNoFaultOfTheFiles();
    void aLookAheadIsCancelled();

private:
    /// Runs of seeds 0, 1, ...; the names of those whose seed is among `bad` say so.
    [[nodiscard]] std::vector<std::filesystem::path> manyRuns(const std::vector<int>& bad) const;
    [[nodiscard]] std::filesystem::path at(const char* name) const {
        return m_folder.filePath(QLatin1String(name)).toStdString();
    }
    QTemporaryDir m_folder;
};

void TestFileProbe::aGoodFileIsRead() {
    record::FileProbe probe(realChild());
    for (const char* method : {"lp-ft", "lora"}) {
        const auto file = writeTinyRun(at("good.h5"), {.method = method});
        QVERIFY(probe.readRun(file).method == method);
    }
}

void TestFileProbe::aBadFileSaysWhatItSaysWithoutTheProbe() {
    record::FileProbe probe(realChild());
    std::ofstream(at("text.h5")) << "loss,accuracy\n";
    const auto cut = writeTinyRun(at("cut.h5"), {});
    std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
    for (const auto& file : {at("text.h5"), cut, at("missing.h5")}) {
        QString expected;
        try {
            readAll(file);
        } catch (const Error& error) {
            expected = QString::fromUtf8(error.what());
        }
        QVERIFY(!expected.isEmpty());
        QCOMPARE(complaintOf(probe, file), expected);
    }
}

void TestFileProbe::whatKillsTheChildIsNamedAndTheNextIsRead_data() {
    QTest::addColumn<QString>("death");
    QTest::addColumn<QString>("words");
    QTest::newRow("segmentation fault") << "kill -SEGV $$"
                                        << "crashes (Segmentation fault)";
    QTest::newRow("abort") << "kill -ABRT $$"
                           << "crashes (Aborted)";
    QTest::newRow("too long") << "kill -ALRM $$"
                              << "too long";
    QTest::newRow("killed") << "kill -KILL $$"
                            << "too much time or memory";
}

void TestFileProbe::whatKillsTheChildIsNamedAndTheNextIsRead() {
    QFETCH(QString, death);
    QFETCH(QString, words);
    record::FileProbe probe(
        scriptedChild("case $f in *bad*) " + death.toStdString() + ";; *) " + kFine + ";; esac"));
    const auto bad = writeTinyRun(at("bad.h5"), {});
    const auto good = writeTinyRun(at("good.h5"), {.seed = 3});
    for (int round = 0; round < 2; ++round) {
        const QString complaint = complaintOf(probe, bad);
        QVERIFY2(complaint.contains(QString::fromStdString(bad.string())) && complaint.contains(words) &&
                     complaint.contains(QStringLiteral("left out")),
                 qPrintable(complaint));
        QCOMPARE(probe.readRun(good).seed, 3);
    }
}

void TestFileProbe::strangeAnswersAreNoHarm_data() {
    QTest::addColumn<QString>("answer");
    QTest::addColumn<QString>("words");
    QTest::newRow("no numbers") << "echo ok"
                                << "replaced";
    QTest::newRow("one number") << "echo ok 1"
                                << "replaced";
    QTest::newRow("another file") << "echo ok 1 2"
                                  << "replaced";
    QTest::newRow("three numbers") << "echo \"$(stat -c 'ok %d %i' \"$f\") 3\""
                                   << "replaced";
    QTest::newRow("negative") << "echo ok -1 -2"
                              << "replaced";
    QTest::newRow("too large") << "echo ok 99999999999999999999999 1"
                               << "replaced";
    QTest::newRow("nonsense") << "echo perhaps"
                              << "replaced";
    QTest::newRow("without end") << "head -c 1000000 /dev/zero | tr '\\0' x"
                                 << "too much";
    QTest::newRow("steers the screen") << "printf 'bad a\\033[2Jb\\rc\\n'"
                                       << "a\uFFFD[2Jb\uFFFDc";
    QTest::newRow("two answers") << "echo; " + QString::fromStdString(kFine) << "";
}

void TestFileProbe::strangeAnswersAreNoHarm() {
    QFETCH(QString, answer);
    QFETCH(QString, words);
    record::FileProbe probe(scriptedChild(answer.toStdString()));
    const QString complaint = complaintOf(probe, writeTinyRun(at("run.h5"), {}));
    QVERIFY2(!complaint.isEmpty() && complaint.contains(words), qPrintable(complaint));
    QVERIFY(std::ranges::none_of(complaint, [](QChar c) { return c.category() == QChar::Other_Control; }));
}

void TestFileProbe::aChildThatCannotBeStartedIsNoFaultOfTheFile() {
    const auto file = writeTinyRun(at("run.h5"), {});
    for (const auto& command :
         {std::vector<std::string>{"/no/such/program"}, std::vector<std::string>{"/bin/false"}}) {
        record::FileProbe probe(command);
        try {
            static_cast<void>(probe.readRun(file));
            QFAIL("nobody looked at the file");
        } catch (const Error& error) {
            QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::internal));
            QVERIFY(QString::fromUtf8(error.what()).contains(QString::fromStdString(command.front())));
        }
    }
}

void TestFileProbe::anotherFileUnderTheSameNameIsNotTaken() {
    const auto file = writeTinyRun(at("run.h5"), {});
    const record::PinnedFile before(file);
    writeTinyRun(file, {.seed = 2});
    record::FileProbe probe(realChild());
    QVERIFY_EXCEPTION_THROWN(probe.require(before), Error);
    QCOMPARE(probe.readRun(file).seed, 2);
}

void TestFileProbe::hostileFilesAreRefusedWithinMemoryAndTime_data() {
    QProcess python;
    const auto script =
        QString::fromStdString((sourceRoot() / "tests/core/record/write_hostile.py").string());
    const QString folder = m_folder.filePath(QStringLiteral("hostile"));
    QVERIFY(QDir().mkpath(folder));
    python.start(QStringLiteral("/usr/bin/python3"), {script, folder});
    QVERIFY(python.waitForFinished(600000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    QTest::addColumn<QString>("file");
    for (const QFileInfo& found : QDir(folder).entryInfoList({QStringLiteral("*.h5")}, QDir::Files)) {
        if (found.baseName() != QStringLiteral("good")) {
            QTest::newRow(qPrintable(found.baseName())) << found.filePath();
        }
    }
}

void TestFileProbe::hostileFilesAreRefusedWithinMemoryAndTime() {
    QFETCH(QString, file);
    QElapsedTimer clock;
    clock.start();
    {
        record::FileProbe probe(realChild());
        QString complaint = complaintOf(probe, file.toStdString());
        if (complaint.isEmpty()) { // harmless as a whole: then a part is refused in words
            try {
                readAll(file.toStdString());
            } catch (const Error& error) {
                complaint = QString::fromUtf8(error.what());
            }
        }
        QVERIFY2(complaint.contains(file), qPrintable(complaint));
    }
    QVERIFY2(clock.elapsed() < 11'000, qPrintable(QString::number(clock.elapsed())));
    if (record::kAddressSanitizer) { // under which the child has no limit
        return;
    }
    for (const auto whose : {RUSAGE_CHILDREN, RUSAGE_SELF}) {
        rusage usage{};
        getrusage(whose, &usage);
        QVERIFY2(usage.ru_maxrss < 1024 * 1024, qPrintable(QString::number(usage.ru_maxrss)));
    }
}

// Files whose checksums are right and whose structure is not: HDF5 1.10 crashes on some of them.
void TestFileProbe::senselessStructureHarmsNobody() {
    std::mt19937 random(5);
    record::FileProbe probe(realChild());
    int read = 0, refused = 0, died = 0, inspected = 0;
    for (const char* method : {"lp-ft", "lora"}) {
        const auto whole =
            wholeFile(writeTinyRun(at("whole.h5"), {.method = method, .epochs = 1, .rows = 12, .width = 6}));
        const auto blocks = sealedBlocks(whole);
        QVERIFY(blocks.size() > 20);
        for (int i = 0; i < 150; ++i) {
            auto bytes = whole;
            makeSenseless(bytes, blocks, random);
            const auto file = at("senseless.h5");
            std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
            const QString complaint = complaintOf(probe, file);
            ++(complaint.isEmpty() ? read : refused);
            died += complaint.contains(QStringLiteral("crashes")) ? 1 : 0;
            if (complaint.isEmpty()) {
                ++inspected;
                QVERIFY2(survives(file), "the child lived where a later reading does not");
            }
        }
    }
    qInfo("%d read, %d refused, %d of them ended the child", read, refused, died);
    QVERIFY(read > 0 && refused > 30 && inspected == read);
}

void TestFileProbe::aLiveRunIsLookedAtOnceAndAgainWhenItWasReplaced() {
    const auto log = at("log");
    record::FileProbe probe(scriptedChild("echo \"$f\" >> " + log.string() + "; " + kFine));
    const auto looks = [&] { return std::ranges::count(wholeFile(log), '\n'); };
    const auto file = at("live.h5");
    TinyRunWriter writer(file, {.epochs = 3});
    QVERIFY(writer.writeNext());
    record::LiveReader reader(file, {}, &probe);
    QVERIFY(reader.poll());
    QVERIFY(writer.writeNext());
    QVERIFY(reader.poll());
    QCOMPARE(looks(), 1);
    writer.stop(record::Status::failed, "enough");
    QVERIFY(reader.poll());
    QCOMPARE(looks(), 1);
    writeTinyRun(file, {.seed = 2});
    QVERIFY(reader.poll());
    QCOMPARE(looks(), 2);
}

std::vector<std::filesystem::path> TestFileProbe::manyRuns(const std::vector<int>& bad) const {
    std::vector<std::filesystem::path> files;
    for (int seed = 0; seed < kMany; ++seed) {
        const bool isBad = std::ranges::find(bad, seed) != bad.end();
        const auto name = (isBad ? "bad" : "good") + std::to_string(seed) + ".h5";
        files.push_back(writeTinyRun(at(name.c_str()), {.seed = seed, .epochs = 1, .rows = 6, .width = 4}));
    }
    return files;
}

void TestFileProbe::ofManyFilesThoseThatKillAreNamedAndTheOthersAreRead() {
    const std::vector<int> bad{0, 1, 12, 20, 33, kMany - 1};
    const auto files = manyRuns(bad);
    const int descriptors = openDescriptors();
    {
        record::FileProbe probe(scriptedChild("case $f in *bad*) kill -SEGV $$;; *) " + kFine + ";; esac"));
        probe.lookAhead(files);
        for (int seed = 0; seed < kMany; ++seed) {
            const auto& file = files[static_cast<std::size_t>(seed)];
            if (std::ranges::find(bad, seed) == bad.end()) {
                QCOMPARE(probe.readRun(file).seed, seed);
                continue;
            }
            const QString complaint = complaintOf(probe, file);
            QVERIFY2(complaint.startsWith(QString::fromStdString(file.string())) &&
                         complaint.contains(QStringLiteral("crashes (Segmentation fault)")),
                     qPrintable(complaint));
        }
    }
    QCOMPARE(openDescriptors(), descriptors);
    QVERIFY(waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD);
}

void TestFileProbe::manyFilesAreLookedAtBeforeTheyAreAskedFor() {
    if (std::thread::hardware_concurrency() < 2) {
        QSKIP("one core looks at one file at a time");
    }
    const auto files = manyRuns({});
    const auto log = at("ahead.log");
    record::FileProbe probe(scriptedChild("echo \"$f\" >> " + log.string() + "; " + kFine));
    const auto looks = [&] { return std::ranges::count(wholeFile(log), '\n'); };
    probe.lookAhead(files);
    QTRY_COMPARE_WITH_TIMEOUT(looks(), kMany, 30000);
    QTRY_VERIFY(waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD); // no file is left, so no child is
    QCOMPARE(probe.readRun(files[5]).seed, 5);
    QCOMPARE(probe.readRun(files[3]).seed, 3);
    QCOMPARE(looks(), kMany);
    QCOMPARE(probe.readRun(files[3]).seed, 3); // an answer holds once
    QCOMPARE(looks(), kMany + 1);
    writeTinyRun(files[7], {.seed = 700}); // and for the file that it was given for
    QCOMPARE(probe.readRun(files[7]).seed, 700);
    QCOMPARE(looks(), kMany + 2);
}

void TestFileProbe::whileOneFileIsWaitedForTheOthersAreLookedAt() {
    if (std::thread::hardware_concurrency() < 2) {
        QSKIP("one core looks at one file at a time");
    }
    const auto files = manyRuns({});
    const auto log = at("waited.log");
    // The first file is not done before nearly all others are.
    record::FileProbe probe(scriptedChild("echo \"$f\" >> " + log.string() +
                                          "; if [ \"$f\" = " + files[0].string() +
                                          " ]; then while [ $(wc -l < " + log.string() + ") -lt " +
                                          std::to_string(kMany - 5) + " ]; do :; done; fi; " + kFine));
    probe.lookAhead(files);
    QTRY_VERIFY_WITH_TIMEOUT(wholeFile(log).find(files[0].string()) != std::string::npos, 30000);
    QCOMPARE(probe.readRun(files[0]).seed, 0);
}

void TestFileProbe::childrenThatCannotBeStartedAreNoFaultOfTheFiles() {
    const auto files = manyRuns({});
    record::FileProbe probe({"/no/such/program"});
    probe.lookAhead(files);
    for (const auto& file : files) {
        try {
            static_cast<void>(probe.readRun(file));
            QFAIL("nobody looked at the file");
        } catch (const Error& error) {
            QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::internal));
        }
    }
}

void TestFileProbe::aLookAheadIsCancelled() {
    const auto files = manyRuns({});
    const auto log = at("cancelled.log");
    QElapsedTimer clock;
    clock.start();
    {
        record::FileProbe probe(scriptedChild("echo \"$f\" >> " + log.string() + "; exec sleep 100"));
        probe.lookAhead(files);
        std::jthread canceller([&] {
            while (wholeFile(log).empty() && clock.elapsed() < 30000) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            probe.cancel();
        });
        for (const auto& file : files) {
            QVERIFY(complaintOf(probe, file).contains(QStringLiteral("cancelled")));
        }
    }
    QVERIFY2(clock.elapsed() < 60000, qPrintable(QString::number(clock.elapsed())));
    QVERIFY(waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD);
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestFileProbe)
#include "test_file_probe.moc"
#include "tests/core/record/hdf5_leaks.h"
