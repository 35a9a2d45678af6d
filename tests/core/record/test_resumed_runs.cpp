#include "core/record/live_reader.h"
#include "core/record/resumed_rows.h"
#include "core/record/run_reader.h"
#include "core/record/run_writer.h"
#include "tests/support/data.h"
#include "tests/support/python.h"
#include "tests/support/tiny_run.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;
using namespace finescope::record;
using namespace finescope::tests;

namespace {

using Rows = QList<int>; ///< rows of a file, in order

/// The file rows of the finite values of a column whose values are those.
Rows rowsIn(const SeriesTable& table, const char* column = "train_loss") {
    Rows rows;
    for (const double value : table.find(column)->values) {
        if (std::isfinite(value)) {
            rows.append(static_cast<int>(value));
        }
    }
    return rows;
}

int replaced(const SeriesTable& table) {
    return static_cast<int>(table.rowsInFile() - table.rows());
}

} // namespace

/// A run that was resumed: where steps, epochs or stages go back, the later rows count.
class TestResumedRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void laterStepsReplaceEarlierOnes_data();
    void laterStepsReplaceEarlierOnes();
    void aResumptionSaysWhere();
    void rowsOfTwoKindsAtOneStepBothStay();
    void laterEvaluationsReplaceEarlierOnes_data();
    void laterEvaluationsReplaceEarlierOnes();
    void aRunThatGoesOnIsReadAsItIs();
    void sharedCases();
    void aRunThatIsFollowedGoesBack();
    void continuingBitByBitIsTheSame();

private:
    [[nodiscard]] Run run(const QString& name) const {
        return readRun(m_folder.filePath(name + QStringLiteral(".h5")).toStdString());
    }
    QTemporaryDir m_folder;
};

void TestResumedRuns::initTestCase() {
    QProcess python;
    const auto script =
        QString::fromStdString((sourceRoot() / "tests/core/record/write_resumed.py").string());
    python.start(pythonProgram(), {script, m_folder.path()});
    QVERIFY(python.waitForFinished(60000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
}

void TestResumedRuns::laterStepsReplaceEarlierOnes_data() {
    QTest::addColumn<Rows>("kept");
    QTest::addColumn<int>("times");
    QTest::newRow("steps_back") << Rows{0, 1, 2, 6, 7, 8, 9} << 1;
    QTest::newRow("steps_back_epochs_on") << Rows{0, 1, 2, 6, 7, 8, 9} << 1;
    QTest::newRow("epochs_back_steps_on") << Rows{0, 1, 4, 5, 6} << 1;
    QTest::newRow("steps_back_twice") << Rows{0, 7, 8, 9, 10, 11} << 2;
    QTest::newRow("to_the_start") << Rows{3, 4} << 1;
    QTest::newRow("between_steps") << Rows{0, 1, 3, 4} << 1;
    QTest::newRow("last_step_again") << Rows{0, 1, 3, 4} << 1;
    QTest::newRow("stages_back") << Rows{4, 5, 6, 7} << 1;
}

void TestResumedRuns::laterStepsReplaceEarlierOnes() {
    QFETCH(Rows, kept);
    QFETCH(int, times);
    const SeriesTable steps = run(QLatin1String(QTest::currentDataTag())).steps;
    QCOMPARE(rowsIn(steps), kept);
    QCOMPARE(steps.step.size(), steps.rows());
    QCOMPARE(steps.resumed.size(), static_cast<std::size_t>(times));
    for (std::size_t row = 1; row < steps.rows(); ++row) {
        QVERIFY(steps.keys[row].stage > steps.keys[row - 1].stage || steps.step[row] > steps.step[row - 1]);
    }
}

void TestResumedRuns::aResumptionSaysWhere() {
    const SeriesTable steps = run(QStringLiteral("steps_back")).steps;
    QCOMPARE(steps.resumed.front().step, std::int64_t{3});
    QCOMPARE(steps.resumed.front().replaced, std::size_t{3});
    QCOMPARE(replaced(steps), 3);
    const SeriesTable epochs = run(QStringLiteral("epochs_back")).epochs;
    QCOMPARE(epochs.resumed.front().key, (EpochKey{2, Stage::fineTuning}));
    QCOMPARE(epochs.resumed.front().replaced, std::size_t{2});
}

/// As a log that has a row for the loss of a step and one for its evaluation.
void TestResumedRuns::rowsOfTwoKindsAtOneStepBothStay() {
    const SeriesTable steps = run(QStringLiteral("two_kinds_of_rows")).steps;
    QCOMPARE(rowsIn(steps), (Rows{0, 1, 3}));
    QCOMPARE(rowsIn(steps, "validation_loss"), (Rows{5}));
    QCOMPARE(steps.rows(), std::size_t{4});
    QVERIFY(steps.resumed.empty());
}

void TestResumedRuns::laterEvaluationsReplaceEarlierOnes_data() {
    QTest::addColumn<Rows>("kept");
    QTest::addColumn<int>("selected"); ///< row of the table
    QTest::newRow("epochs_back") << Rows{0, 1, 4, 5, 6} << 4;
    QTest::newRow("last_epoch_again") << Rows{0, 2, 3} << 1;
    QTest::newRow("first_try_selected") << Rows{0, 4, 5} << -1;
    QTest::newRow("stages_back") << Rows{4, 5, 6, 7} << 3;
}

void TestResumedRuns::laterEvaluationsReplaceEarlierOnes() {
    QFETCH(Rows, kept);
    QFETCH(int, selected);
    const Run run = this->run(QLatin1String(QTest::currentDataTag()));
    QCOMPARE(rowsIn(run.epochs), kept);
    QCOMPARE(run.progress.selected, std::int64_t{selected});
    QVERIFY(run.epochs.keys == run.classifierKeys);
    const SplitInfo& test = run.splits.front();
    QVERIFY(run.epochs.keys == test.logitKeys);
    for (std::size_t row = 0; row < run.epochs.rows(); ++row) { // what is read is what the key says
        const auto file = static_cast<float>(kept[static_cast<qsizetype>(row)]);
        QCOMPARE(run.parts->classifier(row).weight(1, 2), file);
        QCOMPARE(run.parts->classifier(row).key, run.epochs.keys[row]);
        QCOMPARE(run.parts->logits(test, row)(3, 1), file);
    }
}

void TestResumedRuns::aRunThatGoesOnIsReadAsItIs() {
    const Run run = this->run(QStringLiteral("onward"));
    QVERIFY(run.steps.resumed.empty() && run.epochs.resumed.empty());
    QCOMPARE(rowsIn(run.steps), (Rows{0, 1, 2}));
    QCOMPARE(run.progress.selected, std::int64_t{1});
}

void TestResumedRuns::sharedCases() {
    const auto folder = sharedData().parent_path() / "cases" / "22-restart";
    if (!std::filesystem::exists(folder)) {
        QSKIP("the shared cases are not beside the sources");
    }
    const Run steps = readRun(folder / "steps-back.h5");
    QCOMPARE(steps.steps.step, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
    const Run epochs = readRun(folder / "epochs-back.h5");
    QCOMPARE(epochs.epochs.rows(), std::size_t{5});
    QCOMPARE(epochs.progress.selected, std::int64_t{4});
}

void TestResumedRuns::aRunThatIsFollowedGoesBack() {
    const std::filesystem::path file = m_folder.filePath(QStringLiteral("live.h5")).toStdString();
    RunPlan plan;
    plan.runId = std::string("live");
    plan.method = std::string("ft");
    plan.classNames = {"no", "yes"};
    plan.classifierWidth = 2;
    plan.stepSeries = {"train_loss"};
    RunWriter writer(file, plan, Existing::refuse);
    LiveReader reader(file);
    const auto append = [&](std::vector<std::int64_t> steps, double first) {
        std::vector<StepRow> rows;
        for (const std::int64_t step : steps) {
            rows.push_back({step, {0.1 * static_cast<double>(step), Stage::fineTuning}, {first++}});
        }
        writer.appendSteps(rows);
    };
    append({1, 2, 3, 4}, 0);
    QCOMPARE(rowsIn(reader.poll()->steps), (Rows{0, 1, 2, 3}));
    append({3, 4}, 4); // as many rows as before, other ones
    const auto second = reader.poll();
    QVERIFY(second.has_value());
    QCOMPARE(rowsIn(second->steps), (Rows{0, 1, 4, 5}));
    append({5}, 6);
    const auto third = reader.poll();
    QVERIFY(third.has_value());
    QCOMPARE(rowsIn(third->steps), (Rows{0, 1, 4, 5, 6}));
    QCOMPARE(rowsIn(readRun(file).steps), (Rows{0, 1, 4, 5, 6}));
}

void TestResumedRuns::continuingBitByBitIsTheSame() {
    const std::vector<std::int64_t> steps{1, 2, 3, 4, 2, 3, 3, 5, 1, 2, 9, 8, 8, 10};
    SeriesTable bits, whole;
    for (std::size_t row = 0; row < steps.size(); ++row) {
        SeriesTable one{.step = {steps[row]},
                        .keys = {{0, Stage::fineTuning}},
                        .series = {{"train_loss", {static_cast<double>(row)}}}};
        whole.step.push_back(steps[row]);
        whole.keys.push_back(one.keys.front());
        whole.series.resize(1);
        whole.series.front().name = "train_loss";
        whole.series.front().values.push_back(static_cast<double>(row));
        bits = continued(std::move(bits), std::move(one));
    }
    whole = continued({}, std::move(whole));
    QCOMPARE(rowsIn(bits), rowsIn(whole));
    QCOMPARE(rowsIn(whole), (Rows{8, 9, 12, 13}));
    QCOMPARE(bits.rowsInFile(), steps.size());
    QCOMPARE(bits.resumed.size(), whole.resumed.size());
}

QTEST_GUILESS_MAIN(TestResumedRuns)
#include "test_resumed_runs.moc"
