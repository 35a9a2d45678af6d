#include "core/figure/accuracy/accuracy_figures.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <algorithm>
#include <numeric>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Logits of rows of class 0, of which the first `right` are classified rightly.
MatrixF logitsWith(int rows, int right) {
    MatrixF logits(rows, 2);
    for (int row = 0; row < rows; ++row) {
        logits.row(row) << (row < right ? 1.0F : 0.0F), 0.5F;
    }
    return logits;
}

/// A run that classifies `right` of `rows` rows of "test" rightly.
record::Run accurateRun(const std::string& method, std::int64_t seed, int right, int rows = 4) {
    record::Run run = emptyRun(method, seed);
    addSplit(run, "test", "test", tuning(1), logitsWith(rows, right),
             Labels(static_cast<std::size_t>(rows), 0));
    return run;
}

/// A run that predicts these classes on a split with these labels.
record::Run predictingRun(const std::string& task, const Labels& predicted, const Labels& labels,
                          const std::string& role = "test") {
    record::Run run = emptyRun("ft", 1, task);
    MatrixF logits = MatrixF::Zero(static_cast<Eigen::Index>(labels.size()), 2);
    for (std::size_t row = 0; row < labels.size(); ++row) {
        logits(static_cast<Eigen::Index>(row), predicted[row]) = 1;
    }
    addSplit(run, role, role, tuning(1), logits, labels);
    return run;
}

Figure figureOf(const std::vector<record::Run>& runs, const AccuracyOptions& options = {}) {
    return accuracyFigure(runs, accuracyEntries(runs), options);
}

Table tableOf(const std::vector<record::Run>& runs) {
    return accuracyTable(runs, accuracyEntries(runs));
}

const Bars* barsOf(const Panel& panel, const std::string& name) {
    const auto found = std::ranges::find(panel.bars, name, &Bars::name);
    return found == panel.bars.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& notes) {
    return std::accumulate(notes.begin(), notes.end(), std::string());
}

} // namespace

class TestAccuracyFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void barsAreMeansOverSeeds();
    void tiesGoToTheLowestClass();
    void chosenSplitsAreShown();
    void everyDataSetHasItsPanel();
    void colaIsScoredByMatthews();
    void tableIsInPercent();
    void boldOnlyWithoutOverlap();
    void scalesAreGroupsOfTheirOwn();
    void collapsedRunsAreFlagged();
    void oneClassIsNoCollapseWhereThereIsNoOther();
    void labelsOutsideTheClassesAreRefused();
};

void TestAccuracyFigures::barsAreMeansOverSeeds() {
    const Figure figure =
        figureOf({accurateRun("lp-ft", 1, 3), accurateRun("ft", 1, 1), accurateRun("ft", 2, 2)},
                 {.spread = analysis::Spread::range});
    const Panel& panel = figure.panels.at(0);
    QVERIFY(panel.y.ticks == TickStyle::percent);
    QCOMPARE(barsOf(panel, "FT")->top.at(0), 0.375);
    QCOMPARE(barsOf(panel, "LP-FT")->top.at(0), 0.75);
    QCOMPARE(panel.curves.at(0).y.at(0), 0.25); // the whisker
    QCOMPARE(panel.curves.at(0).y.at(1), 0.5);
    QVERIFY(joined(figure.notes).find("range, n up to 2") != std::string::npos);
    QCOMPARE(figureOf({}).panels[0].emptyText, std::string("No runs chosen."));
    QVERIFY(!figureOf({emptyRun("ft")}).panels[0].emptyText.empty());
}

void TestAccuracyFigures::tiesGoToTheLowestClass() {
    record::Run run = emptyRun("ft");
    MatrixF logits(4, 2);
    logits << 0, 0, 0, 0, 1, 0, -1, 0;
    addSplit(run, "test", "test", tuning(1), logits, {0, 1, 0, 0});
    const auto entries = accuracyEntries(std::vector{run});
    QCOMPARE(entries.size(), std::size_t(1));
    QCOMPARE(entries[0].value, 0.5);
}

void TestAccuracyFigures::chosenSplitsAreShown() {
    record::Run run = accurateRun("ft", 1, 4);
    for (const char* name : {"shifted", "ood"}) {
        addSplit(run, name, "ood", tuning(1), logitsWith(2, 1), {0, 0});
    }
    addSplit(run, "train", "train", tuning(1), logitsWith(2, 1), {0, 0});
    QCOMPARE(figureOf({run}).panels[0].x.categories,
             (std::vector<std::string>{"test", "shifted (OOD)", "ood"}));
    const Figure one = figureOf({run}, {.splits = {"ood"}});
    QCOMPARE(one.panels[0].x.categories, std::vector<std::string>{"ood"});
    QCOMPARE(one.panels[0].bars.at(0).top.at(0), 0.5);
}

void TestAccuracyFigures::everyDataSetHasItsPanel() {
    record::Run other = accurateRun("lp-ft", 1, 3);
    other.task = "cb";
    const Figure figure = figureOf({accurateRun("ft", 1, 1), other});
    QCOMPARE(figure.panels.size(), std::size_t(2));
    QCOMPARE(figure.columns, 2);
    QCOMPARE(figure.panels[0].header, std::string("cb"));
    QCOMPARE(figure.panels[1].header, std::string("rte"));
    // Both name both methods, so that one legend does for all.
    QCOMPARE(figure.panels[0].bars.size(), std::size_t(2));
    QVERIFY(barsOf(figure.panels[0], "FT")->top.empty());
    QCOMPARE(barsOf(figure.panels[0], "LP-FT")->top.at(0), 0.75);
    QVERIFY(figure.panels[0].legend == Legend::below && figure.panels[1].legend == Legend::none);
}

/// The example in scikit-learn's documentation of matthews_corrcoef: -0.33.
void TestAccuracyFigures::colaIsScoredByMatthews() {
    const Labels labels{1, 1, 1, 0}, predicted{1, 0, 1, 1};
    const std::vector runs{predictingRun("cola", predicted, labels)};
    const Panel panel = figureOf(runs).panels.at(0);
    QCOMPARE(panel.y.label, std::string("Matthews correlation"));
    QVERIFY_NEAR(panel.bars.at(0).top.at(0), -1.0 / 3, 1e-12);
    QVERIFY(panel.y.range->low <= -1.0 / 3);
    const Table table = tableOf(runs);
    QCOMPARE(table.rows[0][0].text, std::string("cola (MCC)"));
    QCOMPARE(table.rows[0][2].text, std::string("\u221233.33"));
    QVERIFY(joined(table.notes).find("Matthews correlation x 100") != std::string::npos);
    record::Run own = predictingRun("mine", predicted, labels); // a task whose task.json says so
    own.config = R"({"metric": "matthews"})";
    QCOMPARE(tableOf({own}).rows[0][0].text, std::string("mine (MCC)"));
    QCOMPARE(tableOf({own}).rows[0][2].text, std::string("\u221233.33"));
    const Table others = tableOf({predictingRun("rte", predicted, labels)});
    QCOMPARE(others.rows[0][2].text, std::string("50.00"));
    QVERIFY(joined(others.notes).find("Matthews") == std::string::npos);
}

void TestAccuracyFigures::tableIsInPercent() {
    record::Run lpFt = emptyRun("lp-ft");
    addSplit(lpFt, "ood", "ood", tuning(1), logitsWith(8, 7), Labels(8, 0));
    const Table table = tableOf({accurateRun("ft", 1, 2, 3), lpFt});
    QCOMPARE(table.columns, (std::vector<std::string>{"Data", "Split", "FT", "LP-FT"}));
    QCOMPARE(table.rows[0][1].text, std::string("test"));
    QCOMPARE(table.rows[0][2].text, std::string("66.67"));
    QCOMPARE(table.rows[0][3].text, std::string("\u2013"));
    QCOMPARE(table.rows[1][1].text, std::string("ood"));
    QCOMPARE(table.rows[1][3].text, std::string("87.50"));
    QVERIFY(joined(table.notes).find("One run per cell.") != std::string::npos);
}

/// t(0.975, 1) = 12.706: means 60 and 90 with deviations of 1.414 (n = 2) have intervals of +- 12.7 that stay
/// apart, with deviations of 7.07 of +- 63.5 that do not.
void TestAccuracyFigures::boldOnlyWithoutOverlap() {
    const auto rowOf = [](const std::vector<int>& ft, const std::vector<int>& lpFt) {
        std::vector<record::Run> runs;
        for (const auto& [method, sample] : {std::pair("ft", ft), std::pair("lp-ft", lpFt)}) {
            for (std::size_t seed = 0; seed < sample.size(); ++seed) {
                runs.push_back(accurateRun(method, static_cast<std::int64_t>(seed), sample[seed], 100));
            }
        }
        return tableOf(runs).rows[0];
    };
    const auto apart = rowOf({59, 61}, {89, 91});
    QVERIFY(!apart[2].emphasised && apart[3].emphasised);
    const auto near = rowOf({55, 65}, {85, 95});
    QVERIFY(!near[2].emphasised && !near[3].emphasised);
    const auto single = rowOf({60}, {90}); // one seed proves nothing
    QVERIFY(!single[2].emphasised && !single[3].emphasised);
    QVERIFY(!rowOf({59, 61}, {})[2].emphasised);
}

void TestAccuracyFigures::scalesAreGroupsOfTheirOwn() {
    std::vector<record::Run> runs{accurateRun("ft", 1, 4), accurateRun("ft", 1, 2)};
    setScale(runs[1], 10);
    const Table table = tableOf(runs);
    QCOMPARE(table.columns, (std::vector<std::string>{"Data", "Split", "FT", "FT, scale 10"}));
    QCOMPARE(table.rows[0][2].text, std::string("100.00"));
    QCOMPARE(table.rows[0][3].text, std::string("50.00"));
    QCOMPARE(figureOf(runs).panels[0].bars.size(), std::size_t(2));
}

void TestAccuracyFigures::collapsedRunsAreFlagged() {
    const std::vector runs{predictingRun("wsc", {1, 1, 1}, {0, 1, 1})};
    const Table table = tableOf(runs);
    QCOMPARE(table.rows[0][2].text, std::string("66.67 \u2020"));
    QVERIFY(joined(table.notes).find("FT on test (yes)") != std::string::npos);
    QVERIFY(joined(figureOf(runs).notes).find("Collapsed") != std::string::npos);
    QVERIFY(joined(figureOf({predictingRun("wsc", {1, 0, 1}, {0, 1, 1})}).notes).find("Collapsed") ==
            std::string::npos);
}

void TestAccuracyFigures::oneClassIsNoCollapseWhereThereIsNoOther() {
    QVERIFY(!accuracyEntries(std::vector{predictingRun("wsc", {1, 1}, {1, 1})})[0].collapsed);
    QVERIFY(!accuracyEntries(std::vector{predictingRun("wsc", {1, 1}, {0, 1}, "validation")})[0].collapsed);
    QCOMPARE(accuracyEntries(std::vector{predictingRun("wsc", {1, 1}, {0, 1}, "ood")})[0].collapsed.value(),
             std::string("yes"));
}

/// A label that is no class is no wrong prediction.
void TestAccuracyFigures::labelsOutsideTheClassesAreRefused() {
    const std::vector runs{predictingRun("rte", {0, 1}, {0, 5})};
    Problems problems;
    QVERIFY(accuracyEntries(runs, &problems).empty());
    QCOMPARE(problems.all().size(), std::size_t{1});
    QVERIFY(problems.all().front().find("split 'test'") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestAccuracyFigures)
#include "test_accuracy_figures.moc"
