#include "core/analysis/run/classifier_norms.h"
#include "core/figure/label/run_style.h"
#include "core/figure/training/training_figures.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <cmath>
#include <limits>
#include <set>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Four probing iterations (norms 0, 8, 12, 16), then epochs 0, 1, 2 of fine-tuning at 16, 17, 19.
record::Run probedRun(std::int64_t seed = 1) {
    record::Run run = emptyRun("lp-ft", seed);
    for (int i = 0; i < 4; ++i) {
        addStep(run, i + 1, probing(0), i == 0 ? 0 : 4.0 * (i + 1));
    }
    addStep(run, 10, tuning(1), 17.5);
    addStep(run, 20, tuning(2), 18.5);
    addEpoch(run, probing(0), 0.9);
    addEpoch(run, probing(1), 16);
    addEpoch(run, tuning(0), 16);
    addEpoch(run, tuning(1), 17);
    addEpoch(run, tuning(2), 19);
    return run;
}

record::Run tunedRun(std::int64_t seed, const std::vector<double>& norms) {
    record::Run run = emptyRun("ft", seed);
    for (std::size_t i = 0; i < norms.size(); ++i) {
        addEpoch(run, tuning(static_cast<double>(i)), norms[i]);
    }
    return run;
}

using Values = std::vector<double>;

} // namespace

class TestTrainingFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void probingLiesBeforeZeroOnEpochs();
    void stepsFollowIterations();
    void startCountsFromTheFirstIteration();
    void epochsOfAStageFillMissingSteps();
    void smoothingIsNamedAndKeepsWhatWasRecorded();
    void zeroNormLeavesGapOnLogarithmicAxis();
    void logarithmicXHasNothingBeforeZero();
    void meanAndIntervalMatchNumPy();
    void unequalProbingIsInterpolated();
    void singleSeedHasNoBand();
    void everyPointIsShownAsRecorded();
    void noRunsSayWhatWillBeHere();
    void finalBarsShowReportedNorms();
    void normsFallBackOnSnapshots();
    void selectedRowCounts();
    void trainingHasSixPanels();
    void panelsWithoutDataAreLeftOut();
    void theLowestPanelOfEachColumnHasItsNumbers_data();
    void theLowestPanelOfEachColumnHasItsNumbers();
    void aColumnHasOneRange();
    void theLegendHasEveryRun();
    void rowsThatAreNotFiniteAreMarked_data();
    void rowsThatAreNotFiniteAreMarked();
    void whatWasNeverRecordedIsNoNaN_data();
    void whatWasNeverRecordedIsNoNaN();
    void aDivergedSeedEndsItsMeanAndSaysSo();
    void lossesWithAndWithoutDropoutAreNotJoined();
    void noLineCrossesNaN();
    void meansAreNotJoinedEither();
    void accuracyIsJoined();
    void resumedRunsAreNamed();
    void aNormThatIsNotFiniteHidesNoOther();
    void featuresOverTrainingAreAsRecorded();
    void namesTellRunsApart();
    void importedRunsAreNamedByTheirFileAndNeverGrouped();
    void scaledClassifiersAreNamedAndGroupedApart();
};

void TestTrainingFigures::probingLiesBeforeZeroOnEpochs() {
    const std::vector runs{probedRun(), tunedRun(1, {0.9, 1, 1.1})};
    const Figure figure = classifierNormFigure(runs);
    QCOMPARE(figure.panels.size(), std::size_t{1});
    const Panel& panel = figure.panels.front();
    QCOMPARE(panel.curves.size(), std::size_t{2});
    QCOMPARE(panel.curves[0].name, std::string("FT"));
    QCOMPARE(panel.curves[0].x, (Values{0, 1, 2}));
    QCOMPARE(panel.curves[1].name, std::string("LP-FT"));
    QCOMPARE(panel.curves[1].style.role, std::string("lp-ft"));
    QCOMPARE(panel.curves[1].x, (Values{-0.75, -0.5, -0.25, 0, 0, 1, 2}));
    QCOMPARE(panel.curves[1].y, (Values{0, 8, 12, 16, 16, 17, 19}));
    QCOMPARE(panel.references.size(), std::size_t{1});
    QCOMPARE(panel.references.front().at, 0.0);
    QCOMPARE(panel.references.front().style.role, std::string("switch"));
    QVERIFY(panel.references.front().vertical);
}

void TestTrainingFigures::stepsFollowIterations() {
    const std::vector runs{probedRun()};
    const Figure figure = classifierNormFigure(runs, {.curve = {.xAxis = XAxis::steps}});
    QCOMPARE(figure.panels.front().curves.front().x, (Values{-3, -2, -1, 0, 10, 20}));
    QCOMPARE(figure.panels.front().curves.front().y, (Values{0, 8, 12, 16, 17.5, 18.5}));
    const std::optional<ProbingSpan>& probing = figure.panels.front().curves.front().probing;
    QVERIFY(probing.has_value() && !probing->last);
    QCOMPARE(probing->from, -4.0);
    QCOMPARE(probing->to, 0.0);
    QCOMPARE(probing->iterations, 4.0);
}

void TestTrainingFigures::startCountsFromTheFirstIteration() {
    const std::vector runs{probedRun()};
    const Figure figure =
        classifierNormFigure(runs, {.curve = {.xAxis = XAxis::steps, .origin = Origin::start}});
    QCOMPARE(figure.panels.front().curves.front().x, (Values{1, 2, 3, 4, 14, 24}));
    QCOMPARE(figure.panels.front().references.front().at, 4.0);
}

void TestTrainingFigures::epochsOfAStageFillMissingSteps() {
    record::Run run = probedRun();
    run.steps.series.push_back({"validation_accuracy", {.5, .6, .7, .8, std::nan(""), std::nan("")}});
    run.epochs.series.push_back({"validation_accuracy", {.5, .8, .8, .82, .84}});
    const RunCurve curve =
        runCurve(run, {{"validation_accuracy"}, {"validation_accuracy"}}, XAxis::steps, Origin::start);
    QCOMPARE(curve.x, (Values{1, 2, 3, 4, 4, 14, 24}));
    QCOMPARE(curve.y, (Values{.5, .6, .7, .8, .8, .82, .84}));
}

void TestTrainingFigures::smoothingIsNamedAndKeepsWhatWasRecorded() {
    const std::vector<record::Run> runs{probedRun()};
    const Figure plain = classifierNormFigure(runs);
    const Figure figure = classifierNormFigure(runs, {.curve = {.smoothing = 0.5}});
    const std::vector<Line>& curves = figure.panels.front().curves;
    QCOMPARE(curves.size(), std::size_t{2});
    QVERIFY(curves[0].y == plain.panels.front().curves.front().y);
    QVERIFY(!curves[0].emphasised && !curves[0].legend);
    QVERIFY(curves[1].legend && curves[1].name.ends_with("smoothed, EMA 0.50"));
    // Probing 0, 8, 12, 16 by hand: 0, 4/0.75, 8.66.../0.875 and so on; fine-tuning starts afresh.
    const auto at = [&](double x) {
        return curves[1].y[static_cast<std::size_t>(std::ranges::find(curves[1].x, x) - curves[1].x.begin())];
    };
    QVERIFY_NEAR(curves[1].y[0], 0.0, 1e-15);
    QVERIFY_NEAR(curves[1].y[1], 4 / 0.75, 1e-12);
    QVERIFY_NEAR(at(1), 17.0, 1e-12);
    QVERIFY_NEAR(at(2), (0.25 * 17 + 0.5 * 19) / 0.75, 1e-12);
    QVERIFY(std::ranges::any_of(figure.notes, [](const std::string& note) {
        return note.find("exponential moving average of weight 0.50") != std::string::npos;
    }));
}

void TestTrainingFigures::zeroNormLeavesGapOnLogarithmicAxis() {
    const std::vector runs{probedRun()};
    const Figure figure = classifierNormFigure(runs, {.curve = {.yScale = Scale::logarithmic}});
    const Line& line = figure.panels.front().curves.front();
    QVERIFY(std::isnan(line.y[0]));
    QCOMPARE(line.y[1], 8.0);
    QCOMPARE(figure.notes.size(), std::size_t{1});
    QVERIFY(figure.notes.front().starts_with("1 point "));
}

void TestTrainingFigures::logarithmicXHasNothingBeforeZero() {
    const std::vector runs{probedRun()};
    const Figure figure =
        classifierNormFigure(runs, {.curve = {.xAxis = XAxis::steps, .xScale = Scale::logarithmic}});
    for (const double x : figure.panels.front().curves.front().x) {
        QVERIFY(x > 0);
    }
}

/// Student's quantile for 2 degrees of freedom in closed form: (2p - 1) / sqrt(2p (1 - p)), p = 0.975. Norms
/// of three seeds at epoch 1: 1.0, 1.5, 2.6: mean 1.7, numpy.std(ddof=1) 0.8185352771872449.
void TestTrainingFigures::meanAndIntervalMatchNumPy() {
    const std::vector runs{tunedRun(1, {1, 1.0}), tunedRun(2, {1, 1.5}), tunedRun(3, {1, 2.6})};
    const Figure figure = classifierNormFigure(runs, {.curve = {.grouping = Grouping::methods}});
    const Panel& panel = figure.panels.front();
    QCOMPARE(panel.bands.size(), std::size_t{1});
    const Band& band = panel.bands.front();
    QCOMPARE(band.name, std::string("FT: mean, 95 % t interval, n = 3"));
    const Line& mean = panel.curves.back();
    QVERIFY(mean.emphasised && mean.legend);
    QCOMPARE(mean.name, band.name);
    QVERIFY_NEAR(mean.y[1], 1.7, 1e-15);
    const double half = 0.95 / std::sqrt(2 * 0.975 * 0.025) * 0.8185352771872449 / std::sqrt(3.0);
    QVERIFY_NEAR(band.low[1], 1.7 - half, 1e-12);
    QVERIFY_NEAR(band.high[1], 1.7 + half, 1e-12);
    QCOMPARE(panel.curves.size(), std::size_t{4});
    for (std::size_t i = 0; i < 3; ++i) {
        QVERIFY(!panel.curves[i].emphasised);
        QVERIFY(!panel.curves[i].legend);
    }
    QVERIFY(figure.notes.front().find("95 % t interval") != std::string::npos);
}

/// Probing took 4 iterations in one seed and 2 in the other: at -0.25 the second lies half-way between its
/// points.
void TestTrainingFigures::unequalProbingIsInterpolated() {
    record::Run other = emptyRun("lp-ft", 2);
    addStep(other, 1, probing(0), 10);
    addStep(other, 2, probing(0), 14);
    addEpoch(other, tuning(0), 14);
    addEpoch(other, tuning(1), 15);
    addEpoch(other, tuning(2), 15);
    const std::vector runs{probedRun(), other};
    const Figure figure = classifierNormFigure(runs, {.curve = {.grouping = Grouping::methods}});
    const Line& mean = figure.panels.front().curves.back();
    QCOMPARE(mean.x, (Values{-0.5, -0.25, 0, 1, 2}));
    QCOMPARE(mean.y, (Values{(8 + 10) / 2.0, (12 + 12) / 2.0, (16 + 14) / 2.0, 16, 17}));
}

void TestTrainingFigures::singleSeedHasNoBand() {
    const std::vector runs{tunedRun(1, {1, 2})};
    const Figure figure = classifierNormFigure(runs, {.curve = {.grouping = Grouping::methods}});
    QVERIFY(figure.panels.front().bands.empty());
    QCOMPARE(figure.panels.front().curves.size(), std::size_t{1});
    QCOMPARE(figure.panels.front().curves.front().name, std::string("FT, n = 1"));
}

void TestTrainingFigures::everyPointIsShownAsRecorded() {
    const Values norms{1, 1e6, std::nan(""), 3, 0.1 + 0.2};
    const std::vector runs{tunedRun(1, norms)};
    Line line = classifierNormFigure(runs).panels.front().curves.front();
    QVERIFY(std::isnan(line.y.at(2))); // and no line joins 1 and 3
    line.x.erase(line.x.begin() + 2);
    line.y.erase(line.y.begin() + 2);
    QCOMPARE(line.x, (Values{0, 1, 3, 4}));
    QCOMPARE(line.y, (Values{1, 1e6, 3, 0.1 + 0.2}));
}

void TestTrainingFigures::noRunsSayWhatWillBeHere() {
    const std::vector<record::Run> none;
    QCOMPARE(classifierNormFigure(none).panels.front().emptyText, std::string("No runs chosen."));
    for (const Panel& panel : trainingFigure(none).panels) {
        QVERIFY(!panel.emptyText.empty());
    }
    QVERIFY(!classifierNormFigure(none, {.finalBars = true}).panels.front().emptyText.empty());
    const std::vector silent{emptyRun("ft")};
    QCOMPARE(classifierNormFigure(silent).panels.front().emptyText,
             std::string("No run has recorded the classifier weight norm."));
}

void TestTrainingFigures::finalBarsShowReportedNorms() {
    const std::vector runs{tunedRun(1, {1, 2}), tunedRun(2, {1, 4}), probedRun()};
    const Figure figure = classifierNormFigure(runs, {.finalBars = true});
    const Panel& panel = figure.panels.front();
    QCOMPARE(panel.x.categories, (std::vector<std::string>{"FT", "LP-FT"}));
    QCOMPARE(panel.bars.size(), std::size_t{2});
    QCOMPARE(panel.bars[0].top, (Values{3}));
    QCOMPARE(panel.bars[1].top, (Values{19}));
    QCOMPARE(panel.bars[0].left.front() + panel.bars[0].right.front(), 0.0);
    QVERIFY_NEAR(panel.bars[1].left.front() + panel.bars[1].right.front(), 2.0, 1e-12);
    QCOMPARE(panel.scatters.front().y, (Values{2, 4}));
}

void TestTrainingFigures::normsFallBackOnSnapshots() {
    record::Run run = emptyRun("ft");
    auto parts = std::make_shared<MemoryParts>();
    record::ClassifierSnapshot snapshot{.key = tuning(3), .weight = MatrixF(2, 2), .bias = VectorF(2)};
    snapshot.weight << 3, 0, 0, 4;
    snapshot.bias << 6, 8;
    parts->snapshots = {snapshot};
    run.parts = parts;
    run.classifierKeys = {tuning(3)};
    const analysis::RunNorms norms = analysis::runNorms(run);
    QCOMPARE(*norms.weight.reported, 5.0);
    QCOMPARE(*norms.bias.reported, 10.0);
    QVERIFY(!norms.weight.afterLp);
    QVERIFY(!analysis::runNorms(emptyRun("ft")).weight.reported);
    // The weights themselves count more than what was recorded of them.
    run.epochs.keys = {tuning(3)};
    run.epochs.series = {{"classifier_weight_norm", {7}}};
    QCOMPARE(*analysis::runNorms(run).weight.reported, 5.0);
    run.classifierKeys.clear();
    QCOMPARE(*analysis::runNorms(run).weight.reported, 7.0);
}

void TestTrainingFigures::selectedRowCounts() {
    record::Run run = probedRun();
    run.progress.selected = 3;
    const analysis::RunNorms norms = analysis::runNorms(run);
    QCOMPARE(*norms.weight.initial, 0.9);
    QCOMPARE(*norms.weight.afterLp, 16.0);
    QCOMPARE(*norms.weight.reported, 17.0);
}

void TestTrainingFigures::trainingHasSixPanels() {
    std::vector runs{probedRun()};
    for (const char* name :
         {"train_loss", "validation_loss", "validation_accuracy", "classifier_bias_norm", "logit_norm"}) {
        runs[0].epochs.series.push_back({name, {.5, .4, .3, .2, .1}});
    }
    const Figure figure = trainingFigure(runs);
    QCOMPARE(figure.panels.size(), std::size_t{6});
    QVERIFY(figure.sharedColumns);
    QVERIFY(figure.panels[3].emptyText.empty());
    QVERIFY(figure.panels[0].emptyText.empty());
    QCOMPARE(figure.panels[4].x.label, std::string("fine-tuning epoch"));
}

void TestTrainingFigures::panelsWithoutDataAreLeftOut() {
    const Figure figure = trainingFigure(std::vector{probedRun()}); // has the weight norm alone
    QCOMPARE(figure.panels.size(), std::size_t{1});
    QCOMPARE(figure.columns, 1);
    QCOMPARE(figure.panels.front().y.label, std::string("classifier weight norm"));
    QVERIFY(figure.panels.front().legend == Legend::below);
    QVERIFY(figure.panels.front().x.tickLabels && !figure.panels.front().x.label.empty());
}

void TestTrainingFigures::theLowestPanelOfEachColumnHasItsNumbers_data() {
    QTest::addColumn<QStringList>("recorded");
    QTest::newRow("as the example recorder") << QStringList{"train_loss", "validation_accuracy"};
    QTest::newRow("one column short") << QStringList{"train_loss", "validation_loss"};
    QTest::newRow("two") << QStringList{"logit_norm"};
    QTest::newRow("five") << QStringList{"train_loss", "validation_loss", "validation_accuracy",
                                         "logit_norm"};
    QTest::newRow("all but the first") << QStringList{"validation_loss", "classifier_bias_norm"};
}

void TestTrainingFigures::theLowestPanelOfEachColumnHasItsNumbers() {
    QFETCH(QStringList, recorded);
    std::vector runs{tunedRun(1, {.9, 1, 1.1})};
    for (const QString& name : recorded) {
        runs[0].epochs.series.push_back({name.toStdString(), {.5, .4, .3}});
    }
    const Figure figure = trainingFigure(runs);
    const std::size_t count = figure.panels.size(), columns = static_cast<std::size_t>(figure.columns);
    QCOMPARE(count, static_cast<std::size_t>(recorded.size() + 1));
    for (std::size_t i = 0; i < count; ++i) {
        const bool lowest = i + columns >= count;
        QCOMPARE(figure.panels[i].x.tickLabels, lowest);
        QCOMPARE(!figure.panels[i].x.label.empty(), lowest);
    }
    QVERIFY(figure.panels[(count - 1) / columns * columns].legend == Legend::below);
}

void TestTrainingFigures::aColumnHasOneRange() {
    std::vector runs{tunedRun(1, {.9, 1, 1.1, 1.2, 1.3})};
    const double nan = std::nan("");
    for (const char* name : {"validation_loss", "validation_accuracy", "logit_norm"}) {
        runs[0].epochs.series.push_back({name, {.5, .4, nan, nan, nan}}); // shorter than the norm
    }
    const Figure figure = trainingFigure(runs);
    QCOMPARE(figure.panels.size(), std::size_t{4});
    for (std::size_t i = 0; i < 4; ++i) {
        QVERIFY(figure.panels[i].x.range.has_value());
        QCOMPARE(*figure.panels[i].x.range, *figure.panels[i % 2].x.range);
    }
    QVERIFY(figure.panels[0].x.range->high >= 4);
}

void TestTrainingFigures::theLegendHasEveryRun() {
    std::vector runs{tunedRun(1, {.9, 1}), emptyRun("lora")};
    runs[1].epochs.keys = {tuning(0), tuning(1)};
    runs[1].epochs.series = {{"validation_loss", {.5, .4}}}; // nothing in the lowest panel
    const Figure figure = trainingFigure(runs);
    const auto below = std::ranges::find(figure.panels, Legend::below, &Panel::legend);
    QVERIFY(below != figure.panels.end());
    std::set<std::string> names;
    for (const Line& line : below->curves) {
        if (line.legend) {
            names.insert(line.name);
        }
    }
    QCOMPARE(names, (std::set<std::string>{"FT", "LoRA"}));
}

void TestTrainingFigures::rowsThatAreNotFiniteAreMarked_data() {
    QTest::addColumn<QList<double>>("losses"); ///< of steps 10, 20, ...
    QTest::addColumn<QString>("said");
    QTest::addColumn<QList<double>>("marks"); ///< x of them
    const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
    QTest::newRow("to the end") << QList<double>{3, 2, nan, nan} << "first NaN at step 30, 2 of 4 rows"
                                << QList<double>{30};
    QTest::newRow("from the first") << QList<double>{nan, nan, nan} << "first NaN at step 10, 3 of 3 rows"
                                    << QList<double>{};
    QTest::newRow("once") << QList<double>{3, nan, 2, 1} << "first NaN at step 20, 1 of 4 rows"
                          << QList<double>{20};
    QTest::newRow("infinity") << QList<double>{3, infinity, nan, 1}
                              << "first infinity at step 20, 2 of 4 rows" << QList<double>{20};
    QTest::newRow("minus infinity") << QList<double>{3, 2, -infinity}
                                    << "first infinity at step 30, 1 of 3 rows" << QList<double>{30};
    QTest::newRow("twice") << QList<double>{3, nan, 2, nan, 1} << "first NaN at step 20, 2 of 5 rows"
                           << QList<double>{20, 40};
    QTest::newRow("at the start") << QList<double>{nan, 3, 2} << "first NaN at step 10, 1 of 3 rows"
                                  << QList<double>{10};
}

void TestTrainingFigures::rowsThatAreNotFiniteAreMarked() {
    QFETCH(QList<double>, losses);
    QFETCH(QString, said);
    QFETCH(QList<double>, marks);
    record::Run run = emptyRun("ft");
    run.steps.series = {{"train_loss", {}}, {"classifier_weight_norm", {}}};
    for (qsizetype i = 0; i < losses.size(); ++i) {
        run.steps.keys.push_back(tuning(0.1 * static_cast<double>(i + 1)));
        run.steps.step.push_back(10 * (i + 1));
        run.steps.series[0].values.push_back(losses[i]);
        run.steps.series[1].values.push_back(1);
    }
    const std::vector runs{run};
    const Figure figure = trainingFigure(runs, {.curve = {.xAxis = XAxis::steps}});
    QVERIFY(std::ranges::any_of(figure.notes, [&](const std::string& note) {
        return QString::fromStdString(note).contains(QStringLiteral("FT")) &&
               QString::fromStdString(note).contains(QStringLiteral("training loss: ") + said);
    }));
    const Panel& panel = figure.panels.front();
    if (marks.empty()) {
        QCOMPARE(panel.y.label,
                 std::string("classifier weight norm")); // of the loss there is nothing to draw
        return;
    }
    QCOMPARE(panel.scatters.size(), std::size_t{1});
    const Scatter& crosses = panel.scatters.front();
    QCOMPARE(crosses.style.role, std::string("not-finite"));
    QCOMPARE(QList<double>(crosses.x.begin(), crosses.x.end()), marks);
    for (const double y : crosses.y) {
        QVERIFY(std::isfinite(y));
    }
    QVERIFY(crosses.note.front().starts_with("first "));
    QVERIFY(figure.panels.back().scatters.empty()); // the norm is finite
    const Figure grouped = trainingFigure(runs, {.curve = {.grouping = Grouping::methods}});
    QVERIFY(std::ranges::any_of(
        grouped.notes, [&](const std::string& note) { return QString::fromStdString(note).contains(said); }));
}

void TestTrainingFigures::whatWasNeverRecordedIsNoNaN_data() {
    QTest::addColumn<QList<double>>("steps");
    QTest::addColumn<QList<double>>("epochs");
    const double nan = std::nan("");
    QTest::newRow("epoch 0 has no batches") << QList<double>{} << QList<double>{nan, 3, 2, 1};
    QTest::newRow("the other table has the stage")
        << QList<double>{nan, nan, nan} << QList<double>{nan, 3, 2, 1};
    QTest::newRow("now and then") << QList<double>{3, nan, nan, 2, nan, nan, 1, nan, nan, .5, nan}
                                  << QList<double>{};
    QTest::newRow("every second") << QList<double>{nan, 3, nan, 2, nan, 1, nan, .5} << QList<double>{};
}

void TestTrainingFigures::whatWasNeverRecordedIsNoNaN() {
    QFETCH(QList<double>, steps);
    QFETCH(QList<double>, epochs);
    record::Run run = emptyRun("ft");
    const auto fill = [](record::SeriesTable& table, const QList<double>& values, double perEpoch) {
        table.series = {{"train_loss", {values.begin(), values.end()}}};
        for (qsizetype i = 0; i < values.size(); ++i) {
            table.keys.push_back(tuning(static_cast<double>(i) / perEpoch));
        }
    };
    fill(run.steps, steps, 3);
    fill(run.epochs, epochs, 1);
    for (qsizetype i = 0; i < steps.size(); ++i) {
        run.steps.step.push_back(i);
    }
    for (const XAxis axis : {XAxis::steps, XAxis::epochs}) {
        const Figure figure = trainingFigure(std::vector{run}, {.curve = {.xAxis = axis}});
        QVERIFY2(figure.notes.empty(), figure.notes.empty() ? "" : figure.notes.front().c_str());
        QVERIFY(figure.panels.front().scatters.empty());
    }
    if (steps.size() > 4) { // what comes after silence longer than any before is another thing
        run.steps.series[0].values.insert(run.steps.series[0].values.end(), 5, std::nan(""));
        for (int i = 0; i < 5; ++i) {
            run.steps.keys.push_back(run.steps.keys.back());
            run.steps.step.push_back(run.steps.step.back() + 1);
        }
        QVERIFY(!trainingFigure(std::vector{run}).notes.empty());
    }
}

void TestTrainingFigures::aDivergedSeedEndsItsMeanAndSaysSo() {
    const double nan = std::nan("");
    const std::vector runs{tunedRun(1, {1, 2, 3, 4}), tunedRun(2, {1, 2, nan, nan})};
    const Figure figure = classifierNormFigure(runs, {.curve = {.grouping = Grouping::methods}});
    const Panel& panel = figure.panels.front();
    QCOMPARE(panel.curves.back().x, (Values{0, 1}));
    const auto says = [&](const char* words) {
        return std::ranges::any_of(
            figure.notes, [&](const std::string& note) { return note.find(words) != std::string::npos; });
    };
    QVERIFY(says("first NaN at epoch 2, 2 of 4 rows"));
    QVERIFY(says("FT: the mean ends where seed 2 does"));
}

namespace {

/// Two iterations of probing, the start of fine-tuning and two epochs of it.
record::Run lossRun(double lossAtStart, std::int64_t seed = 1) {
    record::Run run = emptyRun("lp-ft", seed);
    run.steps.series = {{"train_loss", {}}, {"validation_accuracy", {}}};
    const auto step = [&](std::int64_t at, record::EpochKey key, double loss, double accuracy) {
        run.steps.step.push_back(at);
        run.steps.keys.push_back(key);
        run.steps.series[0].values.push_back(loss);
        run.steps.series[1].values.push_back(accuracy);
    };
    step(1, probing(0), .7, .5);
    step(2, probing(0), .4, .8);
    step(1, tuning(.5), 5.9, std::nan(""));
    step(2, tuning(1), 5.5, std::nan(""));
    run.epochs.keys = {tuning(0), tuning(1), tuning(2)};
    run.epochs.series = {{"train_loss", {lossAtStart, 5.7, 5.1}}, {"validation_accuracy", {.8, .8, .9}}};
    return run;
}

/// Whether a NaN interrupts the line between two of its neighbouring points.
bool interrupted(const Line& line, double before, double after) {
    const auto first = static_cast<std::size_t>(std::ranges::find(line.y, before) - line.y.begin());
    const auto second = static_cast<std::size_t>(std::ranges::find(line.y, after) - line.y.begin());
    return second < line.y.size() && first + 2 == second && std::isnan(line.y[first + 1]);
}

} // namespace

void TestTrainingFigures::lossesWithAndWithoutDropoutAreNotJoined() {
    const auto saysWhy = [](const Figure& figure) {
        return std::ranges::any_of(figure.notes, [](const std::string& note) {
            return note.find("dropout") != std::string::npos && note.find("jump") != std::string::npos;
        });
    };
    for (const XAxis axis : {XAxis::steps, XAxis::epochs}) {
        const Figure figure = trainingFigure(std::vector{lossRun(std::nan(""))}, {.curve = {.xAxis = axis}});
        QVERIFY(interrupted(figure.panels.front().curves.front(), .4, axis == XAxis::steps ? 5.9 : 5.7));
        QVERIFY(saysWhy(figure));
    }
    // A loss that somebody evaluated at epoch 0 belongs to probing's, not to that of the batches.
    const Figure evaluated = trainingFigure(std::vector{lossRun(.4001)});
    QVERIFY(interrupted(evaluated.panels.front().curves.front(), .4001, 5.7));
    QVERIFY(!interrupted(evaluated.panels.front().curves.front(), .4, .4001));
    const Figure smooth = trainingFigure(std::vector{lossRun(.4001)}, {.curve = {.smoothing = .9}});
    const std::vector<double>& averages = smooth.panels.front().curves.back().y; // the batches begin afresh
    QVERIFY(std::ranges::any_of(averages, [](double value) { return std::abs(value - 5.7) < 1e-12; }));
    record::Run without = lossRun(.4001);
    without.config = R"({"dropout": {"hidden": 0.0, "attention": 0, "classifier": 0.0}})";
    QVERIFY(!saysWhy(trainingFigure(std::vector{without})));
    without.config = R"({"dropout": {"hidden": 0.0, "attention": 0.1, "classifier": 0.0}})";
    QVERIFY(saysWhy(trainingFigure(std::vector{without})));
    record::Run tuned = emptyRun("ft");
    tuned.epochs.keys = {tuning(0), tuning(1)};
    tuned.epochs.series = {{"train_loss", {std::nan(""), .5}}};
    QVERIFY(!saysWhy(trainingFigure(std::vector{tuned})));
}

void TestTrainingFigures::noLineCrossesNaN() {
    const double nan = std::nan("");
    record::Run run = emptyRun("ft");
    run.steps.series = {{"train_loss", {.9, .8, nan, nan, .3, .2}},
                        {"gradient_norm", {4, nan, 3, nan, 2, nan}}};
    for (std::int64_t step = 1; step <= 6; ++step) {
        run.steps.step.push_back(step);
        run.steps.keys.push_back(tuning(static_cast<double>(step) / 6));
    }
    const Figure figure = trainingFigure(std::vector{run}, {.curve = {.xAxis = XAxis::steps}});
    QVERIFY(interrupted(figure.panels.front().curves.front(), .8, .3));
    QVERIFY(!interrupted(figure.panels.front().curves.front(), .9, .8));
    run.steps.series[0].values = {.9, nan, .8, nan, .7, nan, .6, nan}; // recorded at every other step
    run.steps.step.insert(run.steps.step.end(), {7, 8});
    run.steps.keys.insert(run.steps.keys.end(), {tuning(1), tuning(1)});
    run.steps.series.pop_back();
    const Figure sparse = trainingFigure(std::vector{run}, {.curve = {.xAxis = XAxis::steps}});
    QVERIFY(!interrupted(sparse.panels.front().curves.front(), .9, .8));
}

void TestTrainingFigures::meansAreNotJoinedEither() {
    for (const XAxis axis : {XAxis::steps, XAxis::epochs}) {
        record::Run longer = lossRun(std::nan(""), 2);
        longer.steps.step.insert(longer.steps.step.begin() + 2, 3); // one more iteration of probing
        longer.steps.keys.insert(longer.steps.keys.begin() + 2, probing(0));
        longer.steps.series[0].values.insert(longer.steps.series[0].values.begin() + 2, .4);
        longer.steps.series[1].values.insert(longer.steps.series[1].values.begin() + 2, .8);
        for (const record::Run& other : {lossRun(std::nan(""), 2), longer}) {
            const std::vector runs{lossRun(std::nan("")), other};
            const Figure figure =
                trainingFigure(runs, {.curve = {.xAxis = axis, .grouping = Grouping::methods}});
            const Panel& panel = figure.panels.front();
            QVERIFY(interrupted(panel.curves.back(), .4, axis == XAxis::steps ? 5.9 : 5.7));
            const Band& band = panel.bands.front();
            QCOMPARE(band.x.size(), panel.curves.back().x.size());
            QVERIFY(std::ranges::any_of(band.low, [](double value) { return std::isnan(value); }));
        }
    }
}

void TestTrainingFigures::accuracyIsJoined() {
    const Figure figure = trainingFigure(std::vector{lossRun(std::nan(""))});
    const auto panel =
        std::ranges::find(figure.panels, "validation accuracy", [](const Panel& of) { return of.y.label; });
    QVERIFY(panel != figure.panels.end());
    for (const double value : panel->curves.front().y) {
        QVERIFY(std::isfinite(value));
    }
}

void TestTrainingFigures::resumedRunsAreNamed() {
    std::vector runs{tunedRun(1, {1, 2, 3}), tunedRun(2, {1, 2, 3})};
    runs[1].epochs.resumed = {{.key = tuning(2), .replaced = 4}};
    runs[1].steps.resumed = {{.key = tuning(1.5), .step = 30, .replaced = 1}};
    const Figure figure = classifierNormFigure(runs);
    QCOMPARE(figure.notes.size(), std::size_t{2});
    QVERIFY(figure.notes[0].starts_with("FT, seed 2 was resumed: its rows from epoch 2 on"));
    QVERIFY(figure.notes[0].find("4 earlier rows are left out") != std::string::npos);
    QVERIFY(figure.notes[1].find("from step 30 on") != std::string::npos);
    QVERIFY(figure.notes[1].find("1 earlier row is left out") != std::string::npos);
}

void TestTrainingFigures::aNormThatIsNotFiniteHidesNoOther() {
    std::vector runs{tunedRun(1, {1, 2}), tunedRun(2, {1, std::nan("")})};
    auto parts = std::make_shared<MemoryParts>();
    parts->snapshots = {{.key = tuning(1), .weight = MatrixF::Constant(2, 2, NAN), .bias = VectorF::Zero(2)}};
    runs[1].parts = parts;
    runs[1].classifierKeys = {tuning(1)};
    runs[1].file = "diverged.h5";
    const Figure figure = classifierNormFigure(runs, {.finalBars = true});
    QCOMPARE(figure.panels.front().bars.front().top, (Values{2}));
    QCOMPARE(figure.problems.size(), std::size_t{1});
    QVERIFY(figure.problems.front().starts_with("diverged.h5: "));
    QVERIFY(figure.problems.front().find("not finite") != std::string::npos);
}

void TestTrainingFigures::featuresOverTrainingAreAsRecorded() {
    record::Run run = emptyRun("ft");
    run.epochs.keys = {tuning(0), tuning(1)};
    run.epochs.series = {{"feature_difference", {0, 3.5}}, {"feature_cosine_similarity", {0.99, 0.4}}};
    const Figure figure = featureCurvesFigure(std::vector{run, emptyRun("lp")});
    QCOMPARE(figure.panels.size(), std::size_t{2});
    QCOMPARE(figure.panels[0].y.label, std::string("feature difference"));
    QCOMPARE(figure.panels[0].curves.size(), std::size_t{1});
    QCOMPARE(figure.panels[0].curves[0].y, (Values{0, 3.5}));
    QCOMPARE(figure.panels[1].curves[0].y, (Values{0.99, 0.4}));
    QVERIFY(!featureCurvesFigure(std::vector{emptyRun("lp")}).panels[1].emptyText.empty());
}

void TestTrainingFigures::namesTellRunsApart() {
    std::vector runs{emptyRun("ft", 2), emptyRun("ft", 1), emptyRun("lora", 1)};
    const auto names = [](const std::vector<RunLabel>& labels) {
        std::vector<std::string> all;
        for (const RunLabel& label : labels) {
            all.push_back(label.name);
        }
        return all;
    };
    const auto labels = labelRuns(runs);
    QCOMPARE(names(labels), (std::vector<std::string>{"FT, seed 2", "FT, seed 1", "LoRA"}));
    QCOMPARE(labels[0].style.shade, 1);
    QCOMPARE(labels[1].style.shade, 0);
    QCOMPARE(labels[1].style.shades, 2);
    runs.push_back(emptyRun("ft", 1));
    const auto repeated = names(labelRuns(runs));
    QCOMPARE(std::set<std::string>(repeated.begin(), repeated.end()).size(), runs.size());
    runs.back().task = "cb";
    QCOMPARE(names(labelRuns(runs)).back(), std::string("FT, cb"));
    QCOMPARE(groupRuns(runs).size(), std::size_t{3});
}

/// definitions.md, Norm scaling: runs of different scales are no seeds of one thing.
void TestTrainingFigures::scaledClassifiersAreNamedAndGroupedApart() {
    std::vector runs{emptyRun("ft", 1), emptyRun("ft", 2), emptyRun("ft", 1), emptyRun("ft", 2)};
    for (record::Run& run : runs) {
        addEpoch(run, tuning(0), 1);
        addEpoch(run, tuning(1), 1);
    }
    setScale(runs[2], 10);
    setScale(runs[3], 0.5);
    QCOMPARE(labelRuns(runs)[2].name, std::string("FT, scale 10"));
    QCOMPARE(labelRuns(runs)[0].name, std::string("FT, seed 1"));
    const auto groups = groupRuns(runs);
    QCOMPARE(groups.size(), std::size_t{3});
    QCOMPARE(groups[0].name, std::string("FT, scale 0.5"));
    QCOMPARE(groups[1].members, (std::vector<std::size_t>{0, 1}));
    const Figure figure = classifierNormFigure(runs, {.curve = {.grouping = Grouping::methods}});
    QCOMPARE(figure.panels[0].bands.size(), std::size_t{1}); // over the two seeds that were not scaled
    QCOMPARE(legendOrder(runs), (std::vector<std::size_t>{3, 0, 1, 2}));
}

/// Nothing says that two files hold seeds of one method.
void TestTrainingFigures::importedRunsAreNamedByTheirFileAndNeverGrouped() {
    const auto import = [](const char* file, const char* method = "imported") {
        record::Run run = emptyRun(method, 0, std::filesystem::path(file).stem().string());
        run.name = run.task;
        run.model.clear();
        run.config = std::string(R"({"imported": {"file": ")") + file + "\"}}";
        return run;
    };
    std::vector runs{import("/a/good.npz"), import("/a/good.csv"),       import("/a/other.csv"),
                     import("/b/good.npz"), import("/a/mine.npz", "ft"), emptyRun("ft", 1, "good")};
    runs[2].name = "a teacher"; // as import --name says
    const std::vector<std::string> expected{"a/good.npz", "good.csv",     "a teacher",
                                            "b/good.npz", "FT, mine.npz", "FT, good"};
    const std::vector<RunLabel> labels = labelRuns(runs);
    for (std::size_t index = 0; index < runs.size(); ++index) {
        QCOMPARE(labels[index].name, expected[index]);
    }
    const std::vector<RunGroup> groups = groupRuns(runs);
    QCOMPARE(groups.size(), runs.size());
    for (const RunGroup& group : groups) {
        QCOMPARE(group.members.size(), std::size_t{1});
        QCOMPARE(group.name, expected[group.members.front()]);
    }
    QCOMPARE(variantsOf(runs).size(), runs.size());
    QCOMPARE(labels[4].style, (Style{.role = "ft", .shade = 1, .shades = 2})); // a method that somebody gave
    std::set<std::string> roles;
    for (const std::size_t index : {0, 1, 2, 3}) {
        roles.insert(labels[index].style.role);
    }
    QCOMPARE(roles, (std::set<std::string>{"imported-1", "imported-2", "imported-3", "imported-4"}));
    QCOMPARE(memberStyle("imported", 7, 8), (Style{.role = "imported-2", .shade = 1, .shades = 2}));
    runs[3] = runs[0]; // one file imported twice
    QCOMPARE(groupRuns(runs).size(), runs.size());
}

QTEST_GUILESS_MAIN(TestTrainingFigures)
#include "test_training_figures.moc"
