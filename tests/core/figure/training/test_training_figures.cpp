#include "core/analysis/run/classifier_norms.h"
#include "core/figure/training/training_figures.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <cmath>
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
    void resumedRunsAreNamed();
    void aNormThatIsNotFiniteHidesNoOther();
    void featuresOverTrainingAreAsRecorded();
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

QTEST_GUILESS_MAIN(TestTrainingFigures)
#include "test_training_figures.moc"
