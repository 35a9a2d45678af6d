#include "core/error.h"
#include "core/record/live_reader.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/data.h"
#include "tests/support/python.h"
#include "tests/support/tiny_run.h"

#include <QJsonObject>
#include <QtTest>

#include <cmath>

// A writer that fails before its first row keeps on purpose what closing would crash on (run_writer.cpp).
extern "C" const char* __lsan_default_suppressions() {
    return "leak:RunWriter::State::State";
}

namespace finescope::tests {

using record::EpochKey;
using record::Existing;
using record::RunWriter;
using record::Stage;
using record::Status;

class TestRunFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everythingWrittenIsReadBack();
    void aRunWithoutAClassifierHasNone();
    void inputThatDoesNotFitThePlanLeavesTheFileAsItWas();
    void theConfigGrowsWhileTheRunIsWritten();
    void anExistingFileIsNeverTouchedUnlessAskedTo();
    void anOverwrittenRunIsRefusedUntilItIsReadAgain();
    void aRunThatEndedHoldsNoDescriptorAndNoticesAChange();
    void aRunUnderWayIsReadOnFromTheSameFileOnly();
    void nothingIsLeftBesideAFile();
    void aLongMessageIsCutBetweenCharacters();
    void tinyRunsOfAllMethodsHoldWhatTheyShould_data();
    void tinyRunsOfAllMethodsHoldWhatTheyShould();
    void theLoraMatricesReadBackWithH5py();
    void moreGroupsThanAreKeptOpenAreReadBehindAUserBlock();
    void aForeignFileReadsBack();
    void theLeastForeignFileReads();
    void unequalLengthsAreCutAtTheMarkerAndTheKeys();
    void aFileLeftOpenByItsWriterIsReadInMemory();
    void readingNeverWritesToTheFile();

private:
    [[nodiscard]] std::filesystem::path at(const char* name) const {
        return m_folder.filePath(QLatin1String(name)).toStdString();
    }
    QTemporaryDir m_folder;
};

void TestRunFile::initTestCase() {
    QProcess python;
    const auto script =
        QString::fromStdString((sourceRoot() / "tests/core/record/write_foreign.py").string());
    python.start(QStringLiteral("/usr/bin/python3"), {script, m_folder.path()});
    QVERIFY(python.waitForFinished(60000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
}

void TestRunFile::everythingWrittenIsReadBack() {
    auto plan = pattern::plan();
    plan.config = std::string(200000, 'x'); // more than an attribute may hold by itself
    plan.name = "Übung \"1\"";
    plan.seed = -3;
    plan.method = "lora";
    plan.splits[1].pretrainedFeatureWidth = pattern::kWidth;
    plan.lora = {{3, MatrixF::Constant(2, pattern::kWidth, 4), MatrixF::Constant(2, pattern::kWidth, 5)}};
    const auto file = at("round.h5");
    {
        RunWriter writer(file, plan, Existing::refuse);
        writer.writeFeatures("test", RunWriter::Features::pretrained, 2 * pattern::features());
        writer.appendSteps(std::vector{pattern::stepRow(0), pattern::stepRow(1)});
        writer.appendSteps(std::vector{pattern::stepRow(2)});
        auto first = pattern::epochRow(0);
        first.logits.erase("test");
        writer.appendEpoch(first);
        writer.appendEpoch(pattern::epochRow(1));
        writer.appendLogits("test", first.key, pattern::epochRow(5).logits["test"]);
        writer.setProgress(2, 9);
        writer.setSelected(1);
        QCOMPARE(record::readRun(file).splits[1].featureWidth, 0);
        writer.writeFeatures("test", RunWriter::Features::final, pattern::features());
        writer.finish(Status::cancelled, "stöpped");
    }
    const auto run = record::readRun(file);
    QVERIFY(run.file == file && run.runId == plan.runId && run.name == plan.name &&
            run.created == plan.created);
    QVERIFY(run.creator == plan.creator && run.method == plan.method && run.task == plan.task);
    QVERIFY(run.model == plan.model && run.config == plan.config && run.classNames == plan.classNames);
    QCOMPARE(run.seed, plan.seed);
    QCOMPARE(run.pid, static_cast<std::int64_t>(QCoreApplication::applicationPid()));
    QVERIFY(!run.host.empty());
    QCOMPARE(static_cast<int>(run.progress.status), static_cast<int>(Status::cancelled));
    QVERIFY(run.progress.message == "stöpped");
    QCOMPARE(run.progress.step, 2);
    QCOMPARE(run.progress.totalSteps, 9);
    QCOMPARE(run.progress.selected, 1);
    QVERIFY(run.progress.heartbeat > 1.7e9);
    QCOMPARE(run.steps.rows(), 3U);
    QVERIFY((run.steps.step == std::vector<std::int64_t>{0, 1, 2}));
    QCOMPARE(run.steps.find("gradient_norm")->values[2], pattern::stepValue(2, 2));
    QCOMPARE(run.epochs.rows(), 2U);
    QVERIFY(run.epochs.step.empty());
    QCOMPARE(run.epochs.find("test_loss")->values[1], pattern::epochValue(1, 1));
    QVERIFY(run.epochs.find("nothing") == nullptr);
    QCOMPARE(run.classifierWidth, pattern::kWidth);
    QVERIFY(run.parts->classifier(1).weight == pattern::epochRow(1).weight);
    QVERIFY(run.parts->classifier(1).bias == pattern::epochRow(1).bias);
    QVERIFY((run.parts->classifier(1).key == EpochKey{1, Stage::fineTuning}));

    const auto& test = *run.split("test");
    QCOMPARE(test.pretrainedFeatureWidth, pattern::kWidth);
    QVERIFY(run.parts->labels(test) == plan.splits[1].labels);
    QVERIFY(run.parts->pretrainedFeatures(test) == 2 * pattern::features());
    QVERIFY(run.parts->features(test) == pattern::features());
    QCOMPARE(run.split("validation")->pretrainedFeatureWidth, 0);
    // The row that came late is found by its key, not by its place.
    QVERIFY((test.logitKeys == std::vector<EpochKey>{{1, Stage::fineTuning}, {0, Stage::fineTuning}}));
    QVERIFY(run.parts->logits(test, 1) == pattern::epochRow(5).logits["test"]);
    QCOMPARE(run.reportedLogits(test).value(), 0U);
}

void TestRunFile::aRunWithoutAClassifierHasNone() {
    auto plan = pattern::plan();
    plan.classifierWidth = 0;
    auto row = pattern::epochRow(0);
    const auto file = at("headless.h5");
    {
        RunWriter writer(file, plan, Existing::refuse);
        QVERIFY_EXCEPTION_THROWN(writer.appendEpoch(row), finescope::Error);
        row.weight = {};
        row.bias = {};
        writer.appendEpoch(row);
        writer.finish(Status::complete);
    }
    const auto run = record::readRun(file);
    QVERIFY(run.classifierKeys.empty());
    QCOMPARE(run.classifierWidth, 0);
    QCOMPARE(run.epochs.rows(), 1U);
    QVERIFY(run.parts->logits(*run.split("test"), 0) == row.logits["test"]);
}

void TestRunFile::inputThatDoesNotFitThePlanLeavesTheFileAsItWas() {
    const auto file = at("fit.h5");
    RunWriter writer(file, pattern::plan(), Existing::refuse);
    auto step = pattern::stepRow(0);
    step.values.pop_back();
    auto wideLogits = pattern::epochRow(0);
    wideLogits.logits["test"] = MatrixF::Zero(pattern::kRows, pattern::kClasses + 1);
    auto unknownSplit = pattern::epochRow(0);
    unknownSplit.logits["nowhere"] = wideLogits.logits["test"];
    auto smallClassifier = pattern::epochRow(0);
    smallClassifier.weight = MatrixF::Zero(1, 1);
    using Call = std::function<void()>;
    const std::vector<Call> calls{
        [&] { writer.appendSteps(std::vector{step}); },
        [&] { writer.appendEpoch(wideLogits); },
        [&] { writer.appendEpoch(unknownSplit); },
        [&] { writer.appendEpoch(smallClassifier); },
        [&] { writer.setSelected(0); },
        [&] { writer.writeFeatures("test", RunWriter::Features::pretrained, pattern::features()); },
        [&] { writer.writeFeatures("test", RunWriter::Features::final, MatrixF::Zero(1, 1)); },
        [&] {
            writer.appendLogits("test", {7, Stage::fineTuning}, pattern::epochRow(0).logits["test"]);
        },
    };
    for (std::size_t i = 0; i < calls.size(); ++i) {
        try {
            calls[i]();
            QFAIL(qPrintable(QStringLiteral("call %1 was accepted").arg(i)));
        } catch (const Error& error) {
            QVERIFY2(error.kind() == ErrorKind::badInput, error.what());
        }
    }
    writer.appendEpoch(pattern::epochRow(0));
    QVERIFY_EXCEPTION_THROWN(writer.appendEpoch(pattern::epochRow(0)), Error);
    writer.finish(Status::complete);
    QVERIFY_EXCEPTION_THROWN(writer.setProgress(1, 1), Error);
    const auto problem = pattern::check(file, 0, 1);
    QVERIFY2(problem.empty(), problem.c_str());
    QCOMPARE(record::readRun(file).epochs.rows(), 1U);
}

void TestRunFile::theConfigGrowsWhileTheRunIsWritten() {
    const auto file = at("growing.h5");
    auto plan = pattern::plan();
    plan.config = "{\"\u00e9\": 1}";
    plan.configRoom = 4000;
    const auto config = [&file] { return record::readRun(file).config; };
    RunWriter writer(file, plan, Existing::refuse);
    QCOMPARE(config(), plan.config);
    const std::string longer = plan.config + std::string(4000, ' ');
    writer.setConfig(longer);
    QCOMPARE(config(), longer); // while it is being written
    writer.setConfig("{}");
    QVERIFY_EXCEPTION_THROWN(writer.setConfig(longer + ' '), finescope::Error);
    QCOMPARE(config(), std::string("{}"));
    writer.finish(Status::complete);
    QCOMPARE(config(), std::string("{}"));

    plan.configRoom = 0;
    RunWriter fixed(file, plan, Existing::overwrite);
    QVERIFY_EXCEPTION_THROWN(fixed.setConfig("{}"), finescope::Error);
    QCOMPARE(config(), plan.config);
}

void TestRunFile::anExistingFileIsNeverTouchedUnlessAskedTo() {
    const auto file = at("existing.h5");
    QFile existing(QString::fromStdString(file.string()));
    QVERIFY(existing.open(QIODevice::WriteOnly) && existing.write("precious") == 8);
    existing.close();
    try {
        const RunWriter writer(file, pattern::plan(), Existing::refuse);
        QFAIL("an existing file was replaced");
    } catch (const Error& error) {
        QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::badInput));
    }
    QVERIFY(existing.open(QIODevice::ReadOnly));
    QCOMPARE(existing.readAll(), QByteArray("precious"));
}

void TestRunFile::anOverwrittenRunIsRefusedUntilItIsReadAgain() {
    const auto file = writeTinyRun(at("over.h5"), {.method = "ft"});
    const auto before = record::readRun(file);
    QVERIFY(before.parts->logits(before.splits[1], 0).rows() > 0);
    record::LiveReader follower(file);
    QVERIFY(follower.poll()->method == "ft");
    QVERIFY(!follower.poll());

    writeTinyRun(file, {.method = "lp", .seed = 2});
    const auto refused = [&before](const char* why, const auto& read) {
        try {
            static_cast<void>(read());
        } catch (const Error& error) {
            const auto message = QString::fromUtf8(error.what());
            return error.kind() == ErrorKind::badFile && message.contains(QLatin1String(why)) &&
                   message.contains(QString::fromStdString(before.file.string()));
        }
        return false;
    };
    QVERIFY(refused("was replaced", [&] { return before.parts->logits(before.splits[1], 0); }));
    QVERIFY(refused("was replaced", [&] { return before.parts->features(before.splits[1]); }));
    QVERIFY(record::readRun(file).method == "lp");
    const auto replaced = follower.poll();
    QVERIFY(replaced && replaced->method == "lp" && replaced->seed == 2);
    QVERIFY(!follower.poll());
    std::filesystem::remove(file);
    QVERIFY(refused("does not exist", [&] { return replaced->parts->labels(replaced->splits[1]); }));
}

void TestRunFile::aRunThatEndedHoldsNoDescriptorAndNoticesAChange() {
    const auto open = [] { return QDir(QStringLiteral("/proc/self/fd")).entryList().size(); };
    const auto file = writeTinyRun(at("ended.h5"), {});
    std::filesystem::last_write_time(file,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const auto before = open();
    const auto run = record::readRun(file);
    record::LiveReader follower(file);
    const auto followed = follower.poll();
    QVERIFY(run.parts->labels(run.splits[1]) == followed->parts->labels(followed->splits[1]));
    QCOMPARE(open(), before);
    // Written to in place: the same inode, another time.
    std::filesystem::last_write_time(file,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::minutes(1));
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(run.parts->labels(run.splits[1])), Error);
    const auto again = record::readRun(file);
    QVERIFY(!again.parts->labels(again.splits[1]).empty());
}

void TestRunFile::aRunUnderWayIsReadOnFromTheSameFileOnly() {
    const auto file = at("going.h5");
    TinyRunWriter writer(file, {.epochs = 2});
    QVERIFY(writer.writeNext());
    const auto early = record::readRun(file);
    while (writer.writeNext()) {
    }
    QVERIFY(early.parts->logits(*early.split("test"), 0).rows() > 0);
    writer.finish();
    QVERIFY(early.parts->logits(*early.split("test"), 0).rows() > 0);
    // Another run, in place: the inode stays, and is no proof.
    const auto other = writeTinyRun(at("other.h5"), {.seed = 2});
    std::filesystem::copy_file(other, file, std::filesystem::copy_options::overwrite_existing);
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(early.parts->logits(*early.split("test"), 0)), Error);
}

void TestRunFile::nothingIsLeftBesideAFile() {
    QTemporaryDir folder;
    const auto file = folder.filePath(QStringLiteral("a.h5")).toStdString();
    writeTinyRun(file, {});
    auto repeated = pattern::plan();
    repeated.stepSeries.push_back(repeated.stepSeries.front()); // fails half-way through creating the file
    QVERIFY_EXCEPTION_THROWN(
        RunWriter(folder.filePath(QStringLiteral("b.h5")).toStdString(), repeated, Existing::refuse), Error);
    QVERIFY_EXCEPTION_THROWN(RunWriter(file, pattern::plan(), Existing::refuse), Error);
    QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{QStringLiteral("a.h5")});
}

void TestRunFile::aLongMessageIsCutBetweenCharacters() {
    const auto file = at("message.h5");
    RunWriter writer(file, pattern::plan(), Existing::refuse);
    std::string message = "a"; // so that the 1024th byte is the first half of a character
    for (int i = 0; i < 1000; ++i) {
        message += "ü";
    }
    writer.finish(Status::failed, message);
    QVERIFY(record::readRun(file).progress.message == message.substr(0, 1023));
}

void TestRunFile::tinyRunsOfAllMethodsHoldWhatTheyShould_data() {
    QTest::addColumn<QString>("method");
    QTest::addColumn<QList<double>>("epochs");
    QTest::addColumn<int>("probingRows");
    QTest::newRow("lp") << "lp" << QList<double>{0, 1} << 2;
    QTest::newRow("ft") << "ft" << QList<double>{0, 1, 2} << 0;
    QTest::newRow("lora") << "lora" << QList<double>{0, 1, 2} << 0;
    QTest::newRow("lp-ft") << "lp-ft" << QList<double>{0, 1, 0, 1, 2} << 2;
    QTest::newRow("lp-lora") << "lp-lora" << QList<double>{0, 1, 0, 1, 2} << 2;
}

void TestRunFile::tinyRunsOfAllMethodsHoldWhatTheyShould() {
    QFETCH(const QString, method);
    QFETCH(const QList<double>, epochs);
    QFETCH(const int, probingRows);
    const auto file = writeTinyRun(at("tiny.h5"), {.method = method.toStdString(), .epochs = 2});
    const auto run = record::readRun(file);
    QCOMPARE(run.epochs.rows(), static_cast<std::size_t>(epochs.size()));
    for (std::size_t i = 0; i < run.epochs.rows(); ++i) {
        QCOMPARE(run.epochs.keys[i].epoch, epochs[static_cast<qsizetype>(i)]);
        QCOMPARE(run.epochs.keys[i].stage == Stage::linearProbing, static_cast<int>(i) < probingRows);
        QVERIFY(run.classifierRow(run.epochs.keys[i]).has_value());
    }
    QVERIFY(run.progress.status == Status::complete && run.progress.selected >= 0);
    QVERIFY(run.reportedKey()->epoch > 0);
    const std::vector<std::string> names{"train", "validation", "test", "shifted"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& split = run.splits.at(i);
        QVERIFY(split.name == names[i]);
        const auto reported = run.reportedLogits(split);
        QVERIFY(reported && split.logitKeys[*reported] == *run.reportedKey());
        const auto logits = run.parts->logits(split, *reported);
        QVERIFY(logits.rows() == static_cast<Eigen::Index>(run.parts->labels(split).size()));
        if (split.role != "train") { // logits are features times classifier, as in a real run
            const auto head = run.parts->classifier(*run.classifierRow(*run.reportedKey()));
            const MatrixF again =
                (run.parts->features(split) * head.weight.transpose()).rowwise() + head.bias.transpose();
            QVERIFY((again - logits).cwiseAbs().maxCoeff() < 1e-3F * logits.cwiseAbs().maxCoeff());
        }
    }
}

void TestRunFile::moreGroupsThanAreKeptOpenAreReadBehindAUserBlock() {
    const auto layers = record::readRun(at("many_layers.h5")).parts->lora();
    QCOMPARE(layers.size(), 300U);
    for (int i = 0; i < 300; ++i) {
        const auto& layer = layers[static_cast<std::size_t>(i)];
        const auto value = static_cast<float>(i + 1);
        QCOMPARE(layer.layer, i);
        QVERIFY(layer.queryA == MatrixF::Constant(2, 3, value) &&
                layer.valueA == MatrixF::Constant(2, 3, -value));
    }
}

void TestRunFile::theLoraMatricesReadBackWithH5py() {
    // No two values are equal, and r != h: a row taken for a column, or a query for a value, shows.
    constexpr Eigen::Index kRank = 2;
    const auto matrix = [](double first) -> MatrixF {
        return MatrixF::NullaryExpr(kRank, pattern::kWidth, [first](Eigen::Index i, Eigen::Index j) {
            return static_cast<float>(first + static_cast<double>(i * pattern::kWidth + j) / 8);
        });
    };
    auto plan = pattern::plan();
    plan.method = "lora";
    plan.lora = {{0, matrix(100), matrix(-200)}, {11, matrix(300), matrix(-400)}};
    const auto file = at("lora.h5");
    RunWriter(file, plan, Existing::refuse).finish(Status::complete);

    const auto readBack = record::readRun(file).parts->lora();
    QCOMPARE(readBack.size(), plan.lora.size());
    for (std::size_t i = 0; i < readBack.size(); ++i) {
        QCOMPARE(readBack[i].layer, plan.lora[i].layer);
        QVERIFY(readBack[i].queryA == plan.lora[i].queryA && readBack[i].valueA == plan.lora[i].valueA);
    }
    QVERIFY(record::readRun(at("complete.h5")).parts->lora().empty());

    const auto read = runPython(QStringLiteral("tests/core/record/read_group.py"),
                                {QString::fromStdString(file.string()), QStringLiteral("lora")});
    QVERIFY(!read.isNull());
    QJsonObject expected;
    for (const auto& layer : plan.lora) {
        for (const auto& [name, a] : {std::pair{"query", &layer.queryA}, std::pair{"value", &layer.valueA}}) {
            QJsonArray rows;
            for (Eigen::Index i = 0; i < a->rows(); ++i) {
                QJsonArray row;
                for (Eigen::Index j = 0; j < a->cols(); ++j) {
                    row.append(static_cast<double>((*a)(i, j)));
                }
                rows.append(row);
            }
            const auto path = QStringLiteral("lora/%1/%2/A").arg(layer.layer).arg(QLatin1String(name));
            expected[path] = QJsonObject{{QStringLiteral("type"), QStringLiteral("float32")},
                                         {QStringLiteral("values"), rows}};
        }
    }
    QCOMPARE(read.object(), expected);
}

void TestRunFile::aForeignFileReadsBack() {
    const auto run = record::readRun(at("complete.h5"));
    QVERIFY(run.name == "théorie" && run.task == "größer" && run.method == "lp-ft" &&
            run.host == "elsewhere");
    QCOMPARE(run.seed, 1001);
    QVERIFY((run.classNames == std::vector<std::string>{"no", "maybe", "yes"}));
    QVERIFY(run.progress.message == "schön" && run.progress.status == Status::complete);
    QCOMPARE(run.steps.rows(), 8U);
    QCOMPARE(run.steps.step[7], 7);
    QCOMPARE(run.steps.keys[7].epoch, 1.75);
    QCOMPARE(run.steps.find("train_loss")->values[7], 3.5);
    QCOMPARE(run.steps.find("my_own_series")->values[7], 7.0);
    QCOMPARE(run.epochs.find("test_loss")->values[0], 3.0);
    QCOMPARE(run.parts->classifier(2).weight(1, 3), 213.0F);
    QCOMPARE(run.parts->classifier(2).bias(1), 21.0F);
    std::vector<std::string> names;
    for (const auto& split : run.splits) {
        names.push_back(split.name);
        QVERIFY((run.parts->labels(split) == Labels{0, 1, 2, 0, 1, 2}));
        QCOMPARE(run.parts->logits(split, 2)(5, 1), 251.0F);
        QCOMPARE(run.parts->features(split)(5, 3), 53.0F);
        QCOMPARE(split.pretrainedFeatureWidth, 0); // a length of 0 is absence
    }
    QVERIFY((names == std::vector<std::string>{"train", "validation", "test", "far"}));
    QCOMPARE(run.reportedLogits(run.splits[0]).value(), 1U);

    QVERIFY(run.kernelStates == std::vector<std::string>{"pretrained"});
    const auto kernel = run.parts->kernel("pretrained");
    QVERIFY(kernel.adapted == "full" && kernel.classes == 3);
    QVERIFY((kernel.trainIndex == std::vector<std::int64_t>{4, 2}) && (kernel.trainLabels == Labels{1, 0}));
    QCOMPARE(kernel.fTrain(5, 4), 54.0);
    QCOMPARE(kernel.trainResiduals(1, 2), 12.0);
    QVERIFY(kernel.pTrain == MatrixD::Identity(2, 2));
    QVERIFY(kernel.spectrum && (*kernel.spectrum)(2, 5) == 25.0);
    QVERIFY(!kernel.regression);
}

void TestRunFile::theLeastForeignFileReads() {
    const auto run = record::readRun(at("least.h5"));
    QVERIFY((run.classNames == std::vector<std::string>{"no", "maybe", "yes"}));
    QVERIFY(run.name == "least"); // for want of a name the file's
    QVERIFY(run.progress.status == Status::complete && !run.reportedKey());
    QCOMPARE(run.steps.rows() + run.epochs.rows(), 0U);
    QCOMPARE(run.reportedLogits(run.splits.at(0)).value(), 0U);
    QCOMPARE(run.parts->logits(run.splits[0], 0)(5, 2), 52.0F);
}

void TestRunFile::unequalLengthsAreCutAtTheMarkerAndTheKeys() {
    const auto run = record::readRun(at("unequal.h5"));
    QCOMPARE(run.steps.rows(), 4U);
    QCOMPARE(run.steps.find("train_loss")->values.size(), 4U);
    const auto& shorter = run.steps.find("gradient_norm")->values;
    QVERIFY(shorter.size() == 4 && shorter[1] == 1.0 && std::isnan(shorter[2]));
    QVERIFY(run.steps.find("learning_rate") == nullptr);
    QCOMPARE(run.splits.at(0).logitKeys.size(), 2U);
}

void TestRunFile::aFileLeftOpenByItsWriterIsReadInMemory() {
    const auto run = record::readRun(at("left_open.h5"));
    QVERIFY(run.method == "lp-ft" && run.splits.empty());
}

void TestRunFile::readingNeverWritesToTheFile() {
    for (const char* name : {"complete.h5", "left_open.h5"}) {
        QFile file(QString::fromStdString(at(name).string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto before = file.readAll();
        QVERIFY(file.setPermissions(QFile::ReadOwner));
        QVERIFY(!record::readRun(at(name)).method.empty());
        file.seek(0);
        QVERIFY(file.readAll() == before);
    }
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestRunFile)
#include "test_run_file.moc"
