#include "core/error.h"
#include "core/record/live_reader.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/data.h"
#include "tests/support/tiny_run.h"

#include <QtTest>

#include <unistd.h>

namespace finescope::tests {

using record::Liveness;
using record::LiveReader;
using record::Status;
using namespace std::chrono_literals;

namespace {

bool waitFor(QProcess& child, const QByteArray& line) {
    for (;;) {
        while (child.canReadLine()) {
            if (child.readLine().trimmed() == line) {
                return true;
            }
        }
        if (!child.waitForReadyRead(30000)) {
            return false;
        }
    }
}

} // namespace

class TestLiveReader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLiveWriterInAnotherProcessIsSeenEpochByEpoch();
    void aKilledWriterIsKnownAtOnce();
    void aQuietFileIsNotReadAgain();
    void whatComesTogetherWithStepsIsNotMissed();
    void silenceOfAMinuteIsAStall();
    void aFileThatGoesAndComesBackIsFollowed();
    void theExampleScriptIsReadBackAndFollowed();

private:
    [[nodiscard]] QString at(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    QTemporaryDir m_folder;
};

void TestLiveReader::aLiveWriterInAnotherProcessIsSeenEpochByEpoch() {
    const auto file = at("tailed.h5");
    QProcess child;
    child.start(QStringLiteral(WRITER_CHILD), {QStringLiteral("on-demand"), file});
    QVERIFY(waitFor(child, "0 0"));
    LiveReader reader(file.toStdString());
    QVERIFY(reader.poll()->epochs.rows() == 0);
    QVERIFY(reader.state().liveness == Liveness::live);
    for (std::size_t epoch = 1; epoch <= 30; ++epoch) {
        QVERIFY(child.write("go\n") == 3);
        const auto steps = epoch * static_cast<std::size_t>(pattern::kStepsPerEpoch);
        QVERIFY(waitFor(child, QByteArray::number(static_cast<qulonglong>(steps)) + ' ' +
                                   QByteArray::number(static_cast<qulonglong>(epoch))));
        const auto run = reader.poll();
        QVERIFY2(run, "the reader did not see that something was committed");
        QCOMPARE(run->epochs.rows(), epoch);
        QCOMPARE(run->steps.rows(), steps);
        for (std::size_t row = 0; row < steps; ++row) {
            QCOMPARE(run->steps.series[1].values[row], pattern::stepValue(static_cast<std::int64_t>(row), 1));
        }
        const auto expected = pattern::epochRow(static_cast<std::int64_t>(epoch) - 1);
        const auto& test = *run->split("test");
        QVERIFY(run->parts->logits(test, test.logitKeys.size() - 1) == expected.logits.at("test"));
        QVERIFY(!reader.poll());
    }
    child.closeWriteChannel();
    QVERIFY(child.waitForFinished(30000));
    const auto run = reader.poll();
    QVERIFY(run && run->progress.status == Status::complete);
    QVERIFY(reader.state().liveness == Liveness::ended);
}

void TestLiveReader::aKilledWriterIsKnownAtOnce() {
    const auto file = at("killed.h5");
    QProcess child;
    child.start(QStringLiteral(WRITER_CHILD), {QStringLiteral("on-demand"), file});
    QVERIFY(child.waitForReadyRead(30000));
    LiveReader reader(file.toStdString());
    QVERIFY(reader.poll());
    QVERIFY(reader.state().liveness == Liveness::live && !reader.state().processMissing);
    child.kill();
    QVERIFY(child.waitForFinished(30000));
    static_cast<void>(reader.poll());
    QVERIFY(reader.state().liveness == Liveness::stalled && reader.state().processMissing);
}

void TestLiveReader::aQuietFileIsNotReadAgain() {
    const auto file = writeTinyRun(at("quiet.h5").toStdString(), {});
    record::LiveClock clock;
    clock.wall = [] { return std::chrono::system_clock::now() + 1h; }; // long after its last change
    LiveReader reader(file, clock);
    QVERIFY(reader.poll());
    // What cannot be opened any more can still be polled, as long as nothing about it changed.
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 1000; ++i) {
        QVERIFY(!reader.poll());
    }
    QVERIFY2(timer.elapsed() < 1000, "a poll of a quiet file costs more than a stat");
}

void TestLiveReader::whatComesTogetherWithStepsIsNotMissed() {
    const auto file = at("together.h5");
    QProcess child;
    child.start(QStringLiteral(WRITER_CHILD), {QStringLiteral("on-demand"), file});
    QVERIFY(waitFor(child, "0 0"));
    record::LiveClock clock;
    clock.wall = [] { return std::chrono::system_clock::now() + 1h; }; // its stamp alone would be trusted
    LiveReader reader(file.toStdString(), clock);
    QVERIFY(reader.poll());

    QVERIFY(child.write("features and steps\n") > 0 && waitFor(child, "40 0"));
    const auto withSteps = reader.poll();
    QVERIFY(withSteps && withSteps->steps.rows() == 40);
    QVERIFY(withSteps->classNames == pattern::plan().classNames);
    QVERIFY(withSteps->parts->labels(*withSteps->split("test")) == pattern::plan().splits[1].labels);
    QCOMPARE(withSteps->split("test")->featureWidth, 0); // new steps are all that such a look is for
    const auto withFeatures = reader.poll();
    QVERIFY2(withFeatures, "the features that came with the steps are never seen");
    QCOMPARE(withFeatures->split("test")->featureWidth, pattern::kWidth);
    QVERIFY(!reader.poll());

    QVERIFY(child.write("go\n") > 0 && waitFor(child, "80 1"));
    const auto withEpoch = reader.poll();
    QVERIFY(withEpoch && withEpoch->steps.rows() == 80 && withEpoch->classifierKeys.size() == 1);
    QCOMPARE(withEpoch->split("test")->logitKeys.size(), 1U);
    child.closeWriteChannel();
    QVERIFY(child.waitForFinished(30000));
}

void TestLiveReader::silenceOfAMinuteIsAStall() {
    const auto file = at("silent.h5").toStdString();
    auto steady = std::chrono::steady_clock::now();
    auto wall = std::chrono::system_clock::now();
    const record::LiveClock clock{.steady = [&] { return steady; }, .wall = [&] { return wall; }};
    record::RunWriter writer(file, pattern::plan(), record::Existing::refuse);
    LiveReader reader(file, clock);
    QVERIFY(reader.state().liveness == Liveness::ended); // nothing is known yet
    QVERIFY(reader.poll());
    steady += 59s;
    QVERIFY(reader.state().liveness == Liveness::live);
    steady += 2s;
    QVERIFY(reader.state().liveness == Liveness::stalled && !reader.state().processMissing);

    // Seen for the first time an hour after its last heartbeat it is no live run, whatever it says itself.
    wall += 1h;
    LiveReader late(file, clock);
    QVERIFY(late.poll());
    QVERIFY(late.state().liveness == Liveness::stalled);
    writer.finish(Status::failed, "because");
    const auto run = late.poll();
    QVERIFY(run && run->progress.message == "because");
    QVERIFY(late.state().liveness == Liveness::ended);
}

void TestLiveReader::aFileThatGoesAndComesBackIsFollowed() {
    const auto file = at("comes.h5").toStdString();
    LiveReader reader(file);
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(reader.poll()), Error);
    writeTinyRun(file, {.method = "ft"});
    QVERIFY(reader.poll()->method == "ft");
    std::filesystem::remove(file);
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(reader.poll()), Error);
    writeTinyRun(file, {.method = "lora"});
    QVERIFY(reader.poll()->method == "lora");
}

void TestLiveReader::theExampleScriptIsReadBackAndFollowed() {
    const auto script = QString::fromStdString((sourceRoot() / "resources/examples/record_run.py").string());
    const auto file = at("example.h5");
    QProcess python;
    python.start(QStringLiteral("/usr/bin/python3"), {script, file});
    QVERIFY(python.waitForStarted());
    // It says "epoch N" when a row is committed; the pipe is read as it comes, so the file is read while it
    // grows.
    std::optional<LiveReader> reader;
    std::size_t seen = 0;
    while (python.waitForReadyRead(30000) || python.canReadLine()) {
        while (python.canReadLine()) {
            const auto words = python.readLine().trimmed().split(' ');
            if (words.size() != 2 || words[0] != "epoch") {
                continue;
            }
            if (!reader) {
                reader.emplace(file.toStdString());
            }
            if (const auto run = reader->poll()) {
                seen = run->epochs.rows();
                QVERIFY(run->progress.status == Status::running || run->progress.status == Status::complete);
            }
            QVERIFY2(seen > words[1].toULongLong(), "a committed epoch is not seen");
        }
    }
    QVERIFY(python.waitForFinished(30000) || python.state() == QProcess::NotRunning);
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    const auto run = record::readRun(file.toStdString());
    QVERIFY(run.progress.status == Status::complete && run.progress.selected >= 0);
    QCOMPARE(run.epochs.rows(), seen);
    QVERIFY(run.steps.rows() > 0 && run.steps.find("train_loss") != nullptr);
    for (const auto* role : {"validation", "test"}) {
        const auto* split = run.splitWithRole(role);
        QVERIFY(split != nullptr && split->logitKeys.size() == run.epochs.rows());
        const auto logits = run.parts->logits(*split, *run.reportedLogits(*split));
        const auto labels = run.parts->labels(*split);
        const auto head = run.parts->classifier(*run.classifierRow(*run.reportedKey()));
        const MatrixF again =
            (run.parts->features(*split) * head.weight.transpose()).rowwise() + head.bias.transpose();
        QVERIFY((again - logits).cwiseAbs().maxCoeff() < 1e-3F);
        QVERIFY(labels.size() == static_cast<std::size_t>(logits.rows()));
    }
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestLiveReader)
#include "test_live_reader.moc"
