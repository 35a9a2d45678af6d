#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <cmath>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;
using analysis::CalibrationData;
using analysis::defaultCalibrationSplit;
using analysis::readCalibration;
using analysis::readFitSplit;

namespace {

/// Not a nested initialiser: GCC 12 takes its string for uninitialised.
Style styleOf(const char* role) {
    Style style;
    style.role = role;
    return style;
}

using Values = std::vector<double>;

/// Four bins: empty; 3 rows under-confident; 5 rows, over-confident; 12 rows, over-confident.
analysis::Reliability handMade() {
    analysis::Reliability result;
    result.count = 20;
    result.bins = {{0, .25, 0, 0, 0}, {.25, .5, 3, 2.0 / 3, .4}, {.5, .75, 5, .4, .7}, {.75, 1, 12, .75, .9}};
    result.ece = .2116;
    result.mce = .3;
    result.mceBin = 2;
    result.nll = 1.3149;
    result.accuracy = .65;
    result.meanConfidence = .775;
    return result;
}

/// Logits of two classes with the first ahead by `margin`.
MatrixF twoClasses(const std::vector<float>& margins) {
    MatrixF logits(static_cast<Eigen::Index>(margins.size()), 2);
    for (std::size_t i = 0; i < margins.size(); ++i) {
        logits.row(static_cast<Eigen::Index>(i)) << margins[i], 0;
    }
    return logits;
}

} // namespace

class TestCalibrationFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void barsStandAtTheBinsEdges();
    void gapsAreShadedByDirection();
    void headerSaysTheNumbers();
    void beforeAndAfterAreBothSaid();
    void histogramSharesSumToOne();
    void manyRunsWrapIntoBlocks();
    void noEntriesSayWhatWillBeHere();
    void entriesUseValidationTemperature();
    void entriesAreOfTheAskedEpoch();
    void splitsAreChosenByRole();
    void unknownSplitIsNamed();
    void curveMarksOptimum();
    void curvesShowTheNumbersAsked();
    void rangeWidensToTheOptimum();
    void curvesByAnotherPathAreThose();
    void temperatureIsFittedOnTheSplitAskedFor();
    void aTemperatureAtTheEndOfItsRangeIsSaid();
    void recipesKeepSplitAndNumbers();
};

void TestCalibrationFigures::barsStandAtTheBinsEdges() {
    const ReliabilityEntry entry{.name = "FT", .style = styleOf("ft"), .current = handMade()};
    const Figure figure = reliabilityFigure(std::span(&entry, 1));
    QCOMPARE(figure.panels.size(), std::size_t{2});
    QVERIFY(figure.sharedColumns && figure.panels[0].square);
    const Bars& bars = figure.panels[0].bars[0];
    QCOMPARE(bars.left, (Values{.25, .5, .75}));
    QCOMPARE(bars.right, (Values{.5, .75, 1}));
    QCOMPARE(bars.base, (Values{0, 0, 0}));
    QCOMPARE(bars.top, (Values{2.0 / 3, .4, .75}));
    QCOMPARE(bars.hatched, (std::vector<bool>{true, true, false}));
    const Line& diagonal = figure.panels[0].curves[0];
    QCOMPARE(diagonal.style.role, std::string("diagonal"));
    QCOMPARE(diagonal.x, diagonal.y);
    const Line& ticks = figure.panels[0].curves.back();
    QCOMPARE(ticks.y[0], .4);
    QVERIFY(ticks.x[0] > .25 && ticks.x[1] < .5);
    QVERIFY(std::isnan(ticks.y[2]));
}

void TestCalibrationFigures::gapsAreShadedByDirection() {
    const ReliabilityEntry entry{.name = "FT", .style = styleOf("ft"), .current = handMade()};
    const Figure figure = reliabilityFigure(std::span(&entry, 1));
    const Bars& over = figure.panels[0].bars[1];
    const Bars& under = figure.panels[0].bars[2];
    QCOMPARE(over.style.role, std::string("over-confidence"));
    QCOMPARE(over.base, (Values{.4, .75}));
    QCOMPARE(over.top, (Values{.7, .9}));
    QCOMPARE(under.style.role, std::string("under-confidence"));
    QCOMPARE(under.base, (Values{.4}));
    QCOMPARE(under.top, (Values{2.0 / 3}));
}

void TestCalibrationFigures::headerSaysTheNumbers() {
    const ReliabilityEntry entry{.name = "FT", .style = styleOf("ft"), .current = handMade()};
    const Panel panel = reliabilityFigure(std::span(&entry, 1)).panels[0];
    QCOMPARE(panel.header, std::string("FT, n = 20"));
    QCOMPARE(panel.lines, (std::vector<std::string>{"ECE 21.2 %  MCE 30.0 % (bin 3, n = 5)  NLL 1.31"}));
}

void TestCalibrationFigures::beforeAndAfterAreBothSaid() {
    ReliabilityEntry entry{.name = "FT", .style = styleOf("ft"), .current = handMade(), .before = handMade()};
    entry.current.ece = .051;
    entry.current.nll = .5;
    entry.current.temperature = 1.7342;
    const Panel panel = reliabilityFigure(std::span(&entry, 1)).panels[0];
    QCOMPARE(panel.header, std::string("FT, n = 20"));
    QCOMPARE(panel.lines[0], std::string("ECE 21.2 \u2192 5.1 %"));
    QCOMPARE(panel.lines[2], std::string("NLL 1.31 \u2192 0.50  T = 1 \u2192 1.73"));
}

void TestCalibrationFigures::histogramSharesSumToOne() {
    const ReliabilityEntry entry{.name = "FT", .style = styleOf("ft"), .current = handMade()};
    const Panel panel = reliabilityFigure(std::span(&entry, 1)).panels[1];
    QCOMPARE(panel.bars[0].top, (Values{0, .15, .25, .6}));
    QCOMPARE(panel.bars[0].note.front(), std::string("bin 1 (0.000, 0.250]: no rows"));
    QVERIFY(panel.bars[0].note[1].starts_with("bin 2 (0.250, 0.500]: n = 3, accuracy 66.7"));
    QCOMPARE(panel.y.range->high, .75);
    QCOMPARE(panel.references[0].at, .65);
    QCOMPARE(panel.references[0].style.role, std::string("accuracy"));
    QCOMPARE(panel.references[1].at, .775);
}

void TestCalibrationFigures::manyRunsWrapIntoBlocks() {
    const ReliabilityEntry one{.name = "FT", .style = styleOf("ft"), .current = handMade()};
    const std::vector<ReliabilityEntry> entries(5, one);
    const Figure figure = reliabilityFigure(entries, {.maxColumns = 4});
    QCOMPARE(figure.columns, 3);
    QCOMPARE(figure.panels.size(), std::size_t{12});
    QCOMPARE(figure.rowHeights, (Values{3, 1, 3, 1}));
    QVERIFY(figure.panels[8].blank && figure.panels[11].blank);
    QVERIFY(figure.panels[7].square && !figure.panels[10].square);
}

void TestCalibrationFigures::noEntriesSayWhatWillBeHere() {
    QVERIFY(!reliabilityFigure({}).panels.front().emptyText.empty());
    QVERIFY(!temperatureCurveFigure({}).panels.front().emptyText.empty());
}

/// Validation margins +1 (three right, one wrong): the NLL is least where sigmoid(1 / T) = 3/4, T = 1 / ln 3.
void TestCalibrationFigures::entriesUseValidationTemperature() {
    record::Run run = emptyRun("ft");
    addEpoch(run, tuning(1), 1);
    addSplit(run, "validation", "validation", tuning(1), twoClasses({1, 1, 1, 1}), {0, 0, 0, 1});
    addSplit(run, "test", "test", tuning(1), twoClasses({3, -2}), {0, 0});
    const CalibrationData data = readCalibration(run);
    QCOMPARE(data.split, std::string("test"));
    QCOMPARE(data.fittedOn, std::string("validation"));
    QVERIFY(!data.inSample);
    const double expected = 1 / std::log(3.0);
    QVERIFY_NEAR(data.fitted->value, expected, 1e-8);
    const auto entries = reliabilityEntries(std::span(&run, 1), "test", {.fitted = true}, true);
    QVERIFY_NEAR(entries.front().current.temperature, expected, 1e-8);
    QCOMPARE(entries.front().before->temperature, 1.0);
    const double conf3 = 1 / (1 + std::exp(-3.0)), conf2 = 1 / (1 + std::exp(-2.0));
    QVERIFY_NEAR(entries.front().before->meanConfidence, (conf3 + conf2) / 2, 1e-7);
    QVERIFY(readCalibration(run, "validation").inSample);
}

void TestCalibrationFigures::entriesAreOfTheAskedEpoch() {
    record::Run run = emptyRun("ft");
    addEpoch(run, tuning(1), 1);
    addEpoch(run, tuning(2), 1);
    addSplit(run, "test", "test", tuning(1), twoClasses({3, -2}), {0, 0});
    addSplit(run, "late", "test", tuning(2), twoClasses({1, 1}), {0, 0});
    const auto accuracyAt = [&run](double epoch, const char* split) {
        return reliabilityEntries(std::span(&run, 1), split, {.value = 1}, false, {}, tuning(epoch))
            .front()
            .current.accuracy;
    };
    QCOMPARE(accuracyAt(1, "test"), 0.5);
    QCOMPARE(accuracyAt(2, "late"), 1.0);
    QVERIFY_THROWS_EXCEPTION(Error, (void)accuracyAt(2, "test"));
    const auto entries = reliabilityEntries(std::span(&run, 1), "test", {.value = 1}, false, {}, tuning(1));
    const Figure figure = reliabilityFigure(entries, {.split = "test", .epoch = tuning(1)});
    QVERIFY(figure.notes.front().starts_with("test split, fine-tuning epoch 1, "));
}

void TestCalibrationFigures::splitsAreChosenByRole() {
    record::Run run = emptyRun("ft");
    QVERIFY(defaultCalibrationSplit(run) == nullptr);
    addSplit(run, "far", "ood", tuning(1), twoClasses({1}), {0});
    QCOMPARE(defaultCalibrationSplit(run)->name, std::string("far"));
    addSplit(run, "dev", "validation", tuning(1), twoClasses({1}), {0});
    QCOMPARE(defaultCalibrationSplit(run)->name, std::string("dev"));
}

void TestCalibrationFigures::unknownSplitIsNamed() {
    record::Run run = emptyRun("ft");
    addSplit(run, "test", "test", tuning(1), twoClasses({1}), {0});
    try {
        (void)readCalibration(run, "tset");
        QFAIL("an unknown split was accepted");
    } catch (const Error& error) {
        QCOMPARE(error.kind(), ErrorKind::badInput);
        QCOMPARE(std::string(error.what()),
                 std::string("ft.h5: no logits for split 'tset'; it has them for: test"));
    }
    QVERIFY_THROWS_EXCEPTION(Error,
                             (void)reliabilityEntries(std::span(&run, 1), "test", {.fitted = true}, false));
}

void TestCalibrationFigures::curveMarksOptimum() {
    record::Run run = emptyRun("ft");
    addSplit(run, "validation", "validation", tuning(1), twoClasses({1, 1, 1, 1}), {0, 0, 0, 1});
    TemperatureCurve curve = temperatureCurve(readCalibration(run), 0.1, 10, 21);
    QCOMPARE(curve.temperature.size(), std::size_t{21});
    QVERIFY_NEAR(curve.temperature[10], 1.0, 1e-12);
    QVERIFY_NEAR(curve.temperature.back(), 10.0, 1e-12);
    const double atOne =
        std::log1p(std::exp(-1.0)) + 0.25; // mean of three times ln(1+1/e) and once that plus 1
    QVERIFY_NEAR(curve.nll[10], atOne, 1e-7);
    // One minus the label's probability, squared; over both classes twice that.
    const auto loss = [](double margin) { return std::pow(1 / (1 + std::exp(margin)), 2); };
    QVERIFY(std::ranges::min(curve.nll) >= curve.optimum->nll);
    QVERIFY_NEAR(curve.brier[10], 2 * (3 * loss(1) + loss(-1)) / 4, 1e-7);
    QVERIFY(curve.caution.find("in-sample") != std::string::npos);
    curve.name = "FT";
    const Figure figure = temperatureCurveFigure(std::span(&curve, 1), {.current = 2.0});
    QCOMPARE(figure.panels.size(), std::size_t{4});
    QCOMPARE(figure.panels[3].y.label, std::string("Brier score"));
    QCOMPARE(figure.panels[3].curves.front().y, curve.brier);
    QCOMPARE(figure.panels[3].curves.front().name, std::string("FT"));
    QCOMPARE(figure.panels[2].x.scale, Scale::logarithmic);
    for (const Panel& panel : figure.panels) {
        QCOMPARE(panel.scatters.front().x.front(), curve.optimum->temperature);
        QCOMPARE(panel.references[0].at, 2.0);
        QCOMPARE(panel.references[0].style.role, std::string("current"));
        QCOMPARE(panel.references[1].at, 1.0);
        QVERIFY(panel.references[1].dashed);
    }
    QVERIFY(figure.panels[2].legend == Legend::below); // of the last row: as wide as the figure
    QVERIFY(figure.notes.front().find("on the validation split; dashed: T = 1; solid: T = 2.") !=
            std::string::npos);
}

void TestCalibrationFigures::curvesShowTheNumbersAsked() {
    TemperatureCurve curve;
    curve.name = "FT";
    curve.temperature = {1, 2};
    curve.ece = {.1, .2};
    curve.nll = {3, 4};
    const Figure figure = temperatureCurveFigure(std::span(&curve, 1),
                                                 {.quantities = {CurveQuantity::nll, CurveQuantity::ece}});
    QCOMPARE(figure.panels.size(), std::size_t{2});
    QCOMPARE(figure.panels[0].y.label, std::string("NLL"));
    QCOMPARE(figure.panels[0].curves.front().y, (Values{3, 4}));
    QCOMPARE(figure.panels[1].curves.front().y, (Values{.1, .2}));
    QVERIFY(figure.panels[0].scatters.empty());
    QVERIFY(figure.notes.front().starts_with("no temperature was fitted"));
    QCOMPARE(figure.altText, std::string("Calibration over temperature: NLL, ECE."));
}

void TestCalibrationFigures::rangeWidensToTheOptimum() {
    CalibrationData inside, low, high;
    inside.fitted = analysis::FittedTemperature{.value = 2};
    low.fitted = analysis::FittedTemperature{.value = 0.01};
    high.fitted = analysis::FittedTemperature{.value = 40};
    QCOMPARE(temperatureRange(std::span(&inside, 1)), (Range{.05, 20}));
    QCOMPARE(temperatureRange(std::vector<CalibrationData>(1)), (Range{.05, 20}));
    QCOMPARE(temperatureRange(std::vector{inside, low, high}), (Range{.005, 80}));
}

void TestCalibrationFigures::curvesByAnotherPathAreThose() {
    record::Run run = emptyRun("ft");
    addSplit(run, "validation", "validation", tuning(1), twoClasses({1, 1, 1, 1}), {0, 0, 0, 1});
    const CalibrationData data = readCalibration(run);
    std::vector<double> asked;
    const TemperatureCurve curve = temperatureCurve(
        data,
        [&asked](double temperature) {
            asked.push_back(temperature);
            analysis::Reliability numbers;
            numbers.ece = temperature;
            return numbers;
        },
        {0.1, 10}, 3);
    QCOMPARE(asked.size(), std::size_t{3});
    QCOMPARE(curve.ece, asked);
    QVERIFY_NEAR(curve.optimum->temperature, 1 / std::log(3.0), 1e-8);
}

void TestCalibrationFigures::temperatureIsFittedOnTheSplitAskedFor() {
    record::Run run = emptyRun("ft");
    addEpoch(run, tuning(1), 8);
    addSplit(run, "validation", "validation", tuning(1), twoClasses({1, 1, 1, 1}), {0, 0, 0, 1});
    addSplit(run, "test", "test", tuning(1), twoClasses({2, 2, 2, 2}), {0, 0, 0, 1});
    addSplit(run, "late", "test", tuning(2), twoClasses({2}), {0});
    const CalibrationData own = readCalibration(run, "test", std::nullopt, "test");
    QCOMPARE(own.fittedOn, std::string("test"));
    QVERIFY(own.inSample);
    QVERIFY_NEAR(own.fitted->value, 2 / std::log(3.0), 1e-8);
    QCOMPARE(own.classifierNorm.value(), 8.0);
    QVERIFY(fitCaution(own).find("(in-sample)") != std::string::npos);
    QCOMPARE(fitCaution(readCalibration(run, "test")), std::string());
    QCOMPARE(readFitSplit(run)->split, std::string("validation"));
    QCOMPARE(readFitSplit(run, "test")->labels.size(), std::size_t{4});
    QVERIFY_THROWS_EXCEPTION(Error, (void)readCalibration(run, "test", std::nullopt, "nowhere"));
    QVERIFY_THROWS_EXCEPTION(Error, (void)readCalibration(run, "test", std::nullopt, "late"));

    const auto entries =
        reliabilityEntries(std::span(&run, 1), "test", {.fitted = true}, true, {}, std::nullopt, "test");
    const Figure figure = reliabilityFigure(entries);
    QCOMPARE(figure.cautions.size(), std::size_t{1});
    QCOMPARE(figure.notes.back(), figure.cautions.front());
    QVERIFY(figure.cautions.front().find("the test split (in-sample)") != std::string::npos);
    // At a given temperature nothing was fitted that could flatter anything.
    QVERIFY(reliabilityFigure(
                reliabilityEntries(std::span(&run, 1), "test", {.value = 2}, true, {}, std::nullopt, "test"))
                .cautions.empty());
}

void TestCalibrationFigures::aTemperatureAtTheEndOfItsRangeIsSaid() {
    std::vector<record::Run> runs{emptyRun("ft"), emptyRun("lora")};
    for (record::Run& run : runs) {
        addSplit(run, "validation", "validation", tuning(1), twoClasses({1, 1}), {0, 0});
        addSplit(run, "test", "test", tuning(1), twoClasses({2, 2}), {0, 1});
    }
    const Figure figure = buildFigure({.kind = "temperature-curve", .temperature = {.fitted = true}}, runs);
    QCOMPARE(figure.cautions.size(), std::size_t{1}); // one sentence for both
    QVERIFY(figure.cautions.front().starts_with("FT, LoRA: T = 0.01 is the end of its range: "));
    QCOMPARE(figure.panels.front().curves.front().x.front(), 0.005);
}

void TestCalibrationFigures::recipesKeepSplitAndNumbers() {
    FigureRequest request{.kind = "temperature-curve",
                          .fitOn = "test",
                          .quantities = {CurveQuantity::brier, CurveQuantity::mce}};
    const FigureRequest read = requestFromJson(requestToJson(request), "r.json");
    QCOMPARE(read.fitOn, std::string("test"));
    QVERIFY(read.quantities == request.quantities);
    QVERIFY_THROWS_EXCEPTION(
        Error, (void)requestFromJson(R"({"finescope_recipe": 1, "quantities": ["acc"]})", "r.json"));
}

QTEST_GUILESS_MAIN(TestCalibrationFigures)
#include "test_calibration_figures.moc"
