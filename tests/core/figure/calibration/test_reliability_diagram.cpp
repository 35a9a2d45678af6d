#include "core/analysis/calibration/calibration_error.h"
#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/reliability_diagram.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <algorithm>
#include <cmath>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;
using analysis::Binning;
using analysis::CalibrationData;
using analysis::Convention;

namespace {

/// 200 rows of three classes, of no special calibration.
CalibrationData sample() {
    CalibrationData data;
    data.logits.resize(200, 3);
    for (Eigen::Index row = 0; row < 200; ++row) {
        const auto at = static_cast<float>(row);
        data.logits.row(row) << 2 * std::sin(at), 1.5F * std::cos(2 * at), std::sin(3 * at + 1);
        data.labels.push_back(row % 3);
    }
    data.classNames = {"no", "maybe", "yes"};
    return data;
}

/// Confidences of exactly 1/2 (on an edge of two bins) and 1, in turn; every third row is wrong.
CalibrationData onEdges() {
    CalibrationData data;
    data.logits.resize(12, 3);
    for (Eigen::Index row = 0; row < 12; ++row) {
        data.logits.row(row) << (row % 2 == 0 ? 0.0F : 1e30F), 0, -1e30F;
        data.labels.push_back(row % 3 == 0 ? 1 : 0);
    }
    data.classNames = {"a", "b", "c"};
    return data;
}

std::int64_t rowsIn(const std::vector<analysis::ReliabilityBin>& bins) {
    std::int64_t rows = 0;
    for (const analysis::ReliabilityBin& bin : bins) {
        rows += bin.count;
    }
    return rows;
}

bool holds(const std::vector<std::string>& lines, const std::string& part) {
    return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(part) != line.npos; });
}

} // namespace

class TestReliabilityDiagram : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theDefaultIsReliability();
    void equalMassHasAsManyRowsInEachBin();
    void oneClassIsItsProbability();
    void conventionsDifferOnEdges();
    void netcalScoresTheSecondOfTwoClasses();
    void whiskersHoldTheAccuracy();
    void aCalibratedModelLiesInItsConsistencyBars();
    void whatDoesNotGoTogetherIsRefused();
    void diagramsSayWhatTheyAre();
    void recipesKeepTheChoice();
    void beforeAndAfterWithTheirChange();
};

void TestReliabilityDiagram::theDefaultIsReliability() {
    const CalibrationData data = sample();
    const ReliabilityEntry entry = diagramAt(data, 1.7, {.binCount = 10});
    const analysis::Reliability expected = analysis::reliability(data.logits, data.labels, 1.7, 10);
    QCOMPARE(entry.current.ece, expected.ece);
    QCOMPARE(entry.current.mce, expected.mce);
    QCOMPARE(entry.current.nll, expected.nll);
    QCOMPARE(entry.current.bins.size(), std::size_t{10});
    QVERIFY(entry.intervals.empty());
}

void TestReliabilityDiagram::equalMassHasAsManyRowsInEachBin() {
    const CalibrationData data = sample();
    const ReliabilityEntry entry = diagramAt(data, 1, {.binCount = 8, .binning = Binning::equalMass});
    QCOMPARE(entry.current.bins.size(), std::size_t{8});
    for (const analysis::ReliabilityBin& bin : entry.current.bins) {
        QCOMPARE(bin.count, std::int64_t{25});
    }
    QCOMPARE(entry.current.ece, analysis::calibrationError(entry.current.bins).ece);
    // What does not depend on the bins stays.
    QCOMPARE(entry.current.nll, analysis::reliability(data.logits, data.labels).nll);
}

void TestReliabilityDiagram::oneClassIsItsProbability() {
    const CalibrationData data = sample();
    const ReliabilityEntry entry = diagramAt(data, 2, {.binCount = 12, .ofClass = "maybe"});
    const auto all = analysis::classWiseCalibration(data.logits, data.labels, 2, 12);
    QVERIFY_NEAR(entry.current.ece, all.classes[1].ece, 1e-15);
    for (std::size_t bin = 0; bin < 12; ++bin) {
        QCOMPARE(entry.current.bins[bin].count, all.classes[1].bins[bin].count);
    }
    QVERIFY_NEAR(entry.current.meanConfidence, analysis::softmax(data.logits, 2).col(1).mean(), 1e-14);
    QVERIFY_NEAR(entry.current.accuracy, 67.0 / 200, 1e-14); // rows 1, 4, ..., 199
    QVERIFY(std::isnan(entry.current.nll) && std::isnan(entry.current.brier));
    const std::vector<std::string> numbers = reliabilityNumbers(entry);
    QCOMPARE(numbers.size(), std::size_t{2}); // no NLL that is none
}

void TestReliabilityDiagram::conventionsDifferOnEdges() {
    const CalibrationData data = onEdges();
    const auto numbers = [&](Convention convention) {
        return diagramAt(data, 1, {.binCount = 2, .convention = convention}).current;
    };
    // (lo, hi]: 1/2 lies in the first bin. [lo, hi): in the second, with what is 1.
    const analysis::Reliability ours = numbers(Convention::finescope);
    const analysis::Reliability netcal = numbers(Convention::netcal);
    QCOMPARE(ours.bins[0].count, std::int64_t{6});
    QCOMPARE(netcal.bins[0].count, std::int64_t{0});
    QCOMPARE(netcal.bins[1].count, std::int64_t{12});
    // Of six rows at 1/2 two are wrong, of six at 1 two: |4/6 - 1/2| and |4/6 - 1|; together |8/12 - 3/4|.
    QVERIFY_NEAR(ours.ece, 0.5 / 6 + 0.5 / 3, 1e-15);
    QVERIFY_NEAR(netcal.ece, 1.0 / 12, 1e-15);
    const analysis::Reliability torch = numbers(Convention::torchmetrics);
    QCOMPARE(torch.bins.size(), std::size_t{3});
    QCOMPARE(torch.bins[2].low, 1.0);
    QCOMPARE(torch.bins[2].high, 1.0);
    QCOMPARE(torch.bins[2].count, std::int64_t{6});
    for (const Convention convention : analysis::allConventions()) {
        QCOMPARE(rowsIn(numbers(convention).bins), std::int64_t{12}); // none is at 0
    }
    const analysis::Reliability noMce = numbers(Convention::scikitLearn);
    QVERIFY(std::isnan(noMce.mce) && !noMce.mceBin);
}

void TestReliabilityDiagram::netcalScoresTheSecondOfTwoClasses() {
    // Four rows that give the second class 1/4, three of which are of it.
    CalibrationData data;
    data.logits.resize(4, 2);
    data.logits.col(0).setConstant(std::log(3.0F));
    data.logits.col(1).setZero();
    data.labels = {1, 1, 1, 0};
    data.classNames = {"a", "b"};
    const DiagramChoice choice{.binCount = 10, .convention = Convention::netcal};
    const ReliabilityEntry entry = diagramAt(data, 1, choice);
    QVERIFY_NEAR(entry.current.ece, 0.5, 1e-7);
    QCOMPARE(entry.current.bins[2].count, std::int64_t{4});
    QVERIFY_NEAR(entry.current.accuracy, 0.75, 1e-15);
    QVERIFY_NEAR(entry.current.meanConfidence, 0.25, 1e-7);
    QVERIFY(std::isnan(entry.current.nll));
    QVERIFY(binsNote(choice).find("of the second") != std::string::npos);
    // Other tools take it only where they are given it.
    const DiagramChoice other{.binCount = 10, .convention = Convention::torchmetrics};
    QVERIFY_NEAR(diagramAt(data, 1, other).current.meanConfidence, 0.75, 1e-7);
    const DiagramChoice named{.binCount = 10, .convention = Convention::netcal, .ofClass = "a"};
    QVERIFY_NEAR(diagramAt(data, 1, named).current.meanConfidence, 0.75, 1e-7);
}

void TestReliabilityDiagram::whiskersHoldTheAccuracy() {
    const CalibrationData data = sample();
    for (const AccuracyIntervals intervals : {AccuracyIntervals::wilson, AccuracyIntervals::bootstrap}) {
        for (const Binning binning : {Binning::equalWidth, Binning::equalMass}) {
            const ReliabilityEntry entry =
                diagramAt(data, 1, {.binCount = 6, .binning = binning, .intervals = intervals});
            QCOMPARE(entry.intervals.size(), entry.current.bins.size());
            for (std::size_t bin = 0; bin < entry.intervals.size(); ++bin) {
                QCOMPARE(entry.intervals[bin].has_value(), entry.current.bins[bin].count > 0);
                if (const auto& interval = entry.intervals[bin]) {
                    QVERIFY(interval->low <= entry.current.bins[bin].accuracy);
                    QVERIFY(interval->high >= entry.current.bins[bin].accuracy);
                    QVERIFY(interval->high > interval->low || entry.current.bins[bin].accuracy == 0);
                }
            }
        }
    }
}

void TestReliabilityDiagram::aCalibratedModelLiesInItsConsistencyBars() {
    // 400 rows that claim 3/4, of which 3/4 are right, and then none.
    CalibrationData data;
    data.logits.resize(400, 2);
    data.logits.col(0).setConstant(std::log(3.0F));
    data.logits.col(1).setZero();
    for (int row = 0; row < 400; ++row) {
        data.labels.push_back(row % 4 == 0 ? 1 : 0);
    }
    data.classNames = {"a", "b"};
    const DiagramChoice choice{.intervals = AccuracyIntervals::consistency};
    const auto inside = [&] {
        const ReliabilityEntry entry = diagramAt(data, 1, choice);
        const std::size_t bin = entry.current.mceBin.value();
        return entry.intervals[bin]->low <= entry.current.bins[bin].accuracy &&
               entry.intervals[bin]->high >= entry.current.bins[bin].accuracy;
    };
    QVERIFY(inside());
    std::ranges::fill(data.labels, 1);
    QVERIFY(!inside());
}

void TestReliabilityDiagram::whatDoesNotGoTogetherIsRefused() {
    const CalibrationData data = sample();
    const auto refused = [&](const DiagramChoice& choice) {
        try {
            (void)diagramAt(data, 1, choice);
        } catch (const Error& error) {
            return error.kind() == ErrorKind::badInput;
        }
        return false;
    };
    QVERIFY(refused({.binCount = 0}));
    QVERIFY(refused({.ofClass = "perhaps"}));
    QVERIFY(refused({.binning = Binning::equalMass, .convention = Convention::netcal}));
    QVERIFY(refused({.convention = Convention::netcal, .intervals = AccuracyIntervals::bootstrap}));
    QVERIFY(!refused({.convention = Convention::netcal, .intervals = AccuracyIntervals::wilson}));
}

void TestReliabilityDiagram::diagramsSayWhatTheyAre() {
    const CalibrationData data = sample();
    const DiagramChoice choice{
        .binning = Binning::equalMass, .ofClass = "yes", .intervals = AccuracyIntervals::wilson};
    ReliabilityEntry entry = diagramAt(data, 1, choice);
    entry.name = "FT";
    const Figure figure = reliabilityFigure(std::vector{entry}, {.split = "test", .choice = choice});
    QVERIFY(holds(figure.panels[0].lines, "class yes, bins of equal mass"));
    QCOMPARE(figure.panels[0].y.label, std::string("share of the class"));
    QCOMPARE(figure.panels[1].x.label, std::string("probability of the class"));
    QVERIFY(holds(figure.notes,
                  "Bins (low, high] of as many rows each, at most 15 on the probability of class yes"));
    QVERIFY(holds(figure.notes, "Wilson"));
    const Line& whiskers = figure.panels[0].curves.back();
    QVERIFY(whiskers.whiskers);
    QCOMPARE(whiskers.x.size(), 3 * entry.current.bins.size());
    // A run with nothing special says nothing special.
    const DiagramChoice plain;
    const Figure usual = reliabilityFigure(std::vector{diagramAt(data, 1, plain)});
    QVERIFY(!holds(usual.panels[0].lines, "class"));
    QVERIFY(std::ranges::none_of(usual.panels[0].curves, &Line::whiskers));
}

void TestReliabilityDiagram::recipesKeepTheChoice() {
    FigureRequest request{.kind = "reliability", .classes = {"yes"}};
    request.binning = Binning::equalMass;
    request.intervals = AccuracyIntervals::consistency;
    const FigureRequest read = requestFromJson(requestToJson(request), "r.json");
    QVERIFY(diagramChoice(read) == diagramChoice(request));
    request.binning = Binning::equalWidth;
    request.convention = Convention::relplot;
    QVERIFY(requestFromJson(requestToJson(request), "r.json").convention == Convention::relplot);
    QVERIFY_THROWS_EXCEPTION(Error, validate(request)); // resampled whiskers in another's bins
    QVERIFY_THROWS_EXCEPTION(
        Error, (void)requestFromJson(R"({"finescope_recipe": 1, "convention": "mine"})", "r.json"));
}

void TestReliabilityDiagram::beforeAndAfterWithTheirChange() {
    const CalibrationData data = sample();
    const std::vector<LensEntry> entries{{.name = "FT", .data = &data, .temperature = 3}};
    const Table table = beforeAfterTable(entries);
    QCOMPARE(table.columns.size(), std::size_t{17});
    QCOMPARE(table.rows.size(), std::size_t{1});
    const auto value = [&](const std::string& column) {
        const auto found = std::ranges::find(table.columns, column);
        return table.rows[0][static_cast<std::size_t>(found - table.columns.begin())].value.value();
    };
    const analysis::Reliability before = analysis::reliability(data.logits, data.labels, 1);
    const analysis::Reliability after = analysis::reliability(data.logits, data.labels, 3);
    QVERIFY_NEAR(value("ECE before"), 100 * before.ece, 1e-10);
    QVERIFY_NEAR(value("ECE change"), 100 * (after.ece - before.ece), 1e-10);
    QVERIFY_NEAR(value("NLL after"), after.nll, 1e-12);
    QCOMPARE(value("Accuracy change"), 0.0); // a temperature changes no prediction
    const Cell& change = table.rows[0][4];
    QVERIFY(change.text.find('[') != std::string::npos);
}

QTEST_GUILESS_MAIN(TestReliabilityDiagram)
#include "test_reliability_diagram.moc"
