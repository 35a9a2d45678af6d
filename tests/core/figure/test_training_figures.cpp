#include "core/figure/classifier_norms.h"
#include "core/figure/run_style.h"
#include "core/figure/training_figures.h"
#include "memory_run.h"
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
    const Line line = classifierNormFigure(runs).panels.front().curves.front();
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
    const ClassifierNorms norms = classifierNorms(run);
    QCOMPARE(*norms.weight.reported, 5.0);
    QCOMPARE(*norms.bias.reported, 10.0);
    QVERIFY(!norms.weight.afterLp);
    QVERIFY(!classifierNorms(emptyRun("ft")).weight.reported);
}

void TestTrainingFigures::selectedRowCounts() {
    record::Run run = probedRun();
    run.progress.selected = 3;
    const ClassifierNorms norms = classifierNorms(run);
    QCOMPARE(*norms.weight.initial, 0.9);
    QCOMPARE(*norms.weight.afterLp, 16.0);
    QCOMPARE(*norms.weight.reported, 17.0);
}

void TestTrainingFigures::trainingHasSixPanels() {
    const std::vector runs{probedRun()};
    const Figure figure = trainingFigure(runs);
    QCOMPARE(figure.panels.size(), std::size_t{6});
    QVERIFY(figure.sharedColumns);
    QVERIFY(figure.panels[3].emptyText.empty());
    QVERIFY(!figure.panels[0].emptyText.empty());
    QCOMPARE(figure.panels[4].x.label, std::string("fine-tuning epoch"));
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

/// PAPER E5: runs of different scales are no seeds of one thing.
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
