#include "core/figure/classifier/classifier_figures.h"

#include "core/figure/classifier/classifier_rows.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/write/write_csv.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <algorithm>
#include <cmath>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

void addSnapshot(record::Run& run, record::EpochKey key, const MatrixF& weight) {
    auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
    parts->snapshots.push_back({key, weight, VectorF::Zero(weight.rows())});
    run.parts = parts;
    run.classifierKeys.push_back(key);
    addEpoch(run, key, weight.norm());
}

/// Two classes "no" and "yes" whose rows are `length` and 2 x `length` long and at right angles.
MatrixF rightAngle(float length) {
    MatrixF weight = MatrixF::Zero(2, 3);
    weight(0, 0) = length;
    weight(1, 1) = 2 * length;
    return weight;
}

record::Run fineTuned(std::int64_t seed = 1, float last = 3) {
    record::Run run = emptyRun("ft", seed);
    addSnapshot(run, tuning(0), rightAngle(1));
    addSnapshot(run, tuning(1), rightAngle(last));
    return run;
}

record::Run probedThenTuned() {
    record::Run run = emptyRun("lp-ft");
    addSnapshot(run, probing(0), rightAngle(1));
    MatrixF opposite = MatrixF::Zero(2, 3);
    opposite(0, 2) = 5;
    opposite(1, 2) = -5;
    addSnapshot(run, probing(1), opposite);
    addSnapshot(run, tuning(0), 2 * opposite);
    addSnapshot(run, tuning(1), 2.5 * opposite);
    return run;
}

record::Run manyClasses(std::int64_t classes) {
    record::Run run = emptyRun("ft");
    MatrixF weight = MatrixF::Identity(classes, classes);
    for (Eigen::Index k = 0; k < classes; ++k) {
        weight.row(k) *= static_cast<float>(k + 1);
    }
    addSnapshot(run, tuning(0), weight);
    addSnapshot(run, tuning(1), 2 * weight);
    return run;
}

const Line& lineOf(const Panel& panel, const std::string& name) {
    static const Line none;
    const auto found = std::ranges::find(panel.curves, name, &Line::name);
    return found == panel.curves.end() ? none : *found;
}

const Cell& cellAt(const Table& table, std::size_t row, const std::string& column) {
    const auto found = std::ranges::find(table.columns, column);
    return table.rows.at(row).at(static_cast<std::size_t>(found - table.columns.begin()));
}

using Values = std::vector<double>;

} // namespace

class TestClassifierFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPanelForEachClassAndACurveForEachRun() {
        const std::vector<record::Run> runs{fineTuned(), probedThenTuned()};
        const Figure figure = classNormsFigure(runs, classifierEntries(runs));
        QCOMPARE(figure.kind, std::string("class-norms"));
        QCOMPARE(figure.panels.size(), std::size_t{2});
        QCOMPARE(figure.panels[0].header, std::string("no"));
        QCOMPARE(figure.panels[1].header, std::string("yes"));
        QCOMPARE(lineOf(figure.panels[1], "FT").x, (Values{0, 1}));
        QCOMPARE(lineOf(figure.panels[1], "FT").y, (Values{2, 6}));
        // Linear probing lies before 0, where the scale of the classifier makes a step.
        const Line& both = lineOf(figure.panels[0], "LP-FT");
        QCOMPARE(both.x, (Values{-1, 0, 0, 1}));
        QCOMPARE(both.y, (Values{1, 5, 10, 12.5}));
        QCOMPARE(both.style.role, std::string("lp-ft"));
        QCOMPARE(figure.panels[0].references.at(0).at, 0.0);
        QCOMPARE(figure.panels[0].references.at(0).label, std::string("fine-tuning starts"));
        QVERIFY(figure.panels[0].y.range == figure.panels[1].y.range); // classes compare at sight
        QVERIFY(figure.panels[0].legend == Legend::below && figure.panels[1].legend == Legend::none);
        const Figure fromStart =
            classNormsFigure(runs, classifierEntries(runs), {.curve = {.origin = Origin::start}});
        QCOMPARE(lineOf(fromStart.panels[0], "LP-FT").x, (Values{0, 1, 1, 2}));
    }

    void onStepsEvaluationsStandWhereTheirEpochEnds() {
        record::Run run = fineTuned();
        addStep(run, 20, tuning(0.5), 1);
        addStep(run, 40, tuning(1), 1);
        const Figure figure =
            classNormsFigure({&run, 1}, classifierEntries({&run, 1}), {.curve = {.xAxis = XAxis::steps}});
        QCOMPARE(figure.panels[0].curves.at(0).x, (Values{0, 40}));
    }

    void anglesAreInDegreesForEachPair() {
        const std::vector<record::Run> runs{probedThenTuned()};
        const Figure figure = classAnglesFigure(runs, classifierEntries(runs));
        QCOMPARE(figure.panels.size(), std::size_t{1});
        QCOMPARE(figure.panels[0].header, std::string("no, yes"));
        const Line& line = lineOf(figure.panels[0], "LP-FT");
        QVERIFY_NEAR(line.y.at(0), 90, 1e-12);
        QVERIFY_NEAR(line.y.at(1), 180, 1e-12);
        const std::vector<record::Run> more{manyClasses(4)};
        const auto entries = classifierEntries(more);
        QCOMPARE(classAnglesFigure(more, entries).panels.size(), std::size_t{6});
        // A class by itself: its angles to the others.
        const Figure one = classAnglesFigure(more, entries, {.classes = {"class 2"}});
        QCOMPARE(one.panels.size(), std::size_t{3});
        QCOMPARE(one.panels[2].header, std::string("class 2, class 3"));
        QVERIFY(one.panels[2].lines.empty());
        QCOMPARE(classAnglesFigure(more, entries, {.classes = {"no", "yes", "class 2"}}).panels.size(),
                 std::size_t{3});
    }

    void aLongPairIsNamedOnce() { // the layout breaks a heading that is too wide
        record::Run run = fineTuned();
        run.classNames = {"entailment", "contradiction"};
        const Figure figure = classAnglesFigure({&run, 1}, classifierEntries({&run, 1}));
        QCOMPARE(figure.panels[0].header, std::string("entailment, contradiction"));
        QVERIFY(figure.panels[0].lines.empty());
    }

    void manyClassesAreAMeanAndTheirRange() {
        const std::vector<record::Run> runs{manyClasses(150)};
        const auto entries = classifierEntries(runs);
        const Figure figure = classNormsFigure(runs, entries);
        QCOMPARE(figure.panels.size(), std::size_t{1});
        const Panel& panel = figure.panels[0];
        QCOMPARE(panel.header, std::string("mean over 150 classes"));
        QCOMPARE(panel.curves.at(0).y, (Values{75.5, 151}));
        QCOMPARE(panel.bands.at(0).low, (Values{1, 2}));
        QCOMPARE(panel.bands.at(0).high, (Values{150, 300}));
        QCOMPARE(panel.bands.at(0).name, panel.curves.at(0).name); // one entry of the legend
        QVERIFY(figure.notes.at(0).find("smallest to the largest") != std::string::npos);
        QCOMPARE(classAnglesFigure(runs, entries).panels.at(0).header,
                 std::string("mean over 11175 pairs of classes"));
        const Figure chosen = classNormsFigure(runs, entries, {.classes = {"class 7"}});
        QCOMPARE(chosen.panels.at(0).curves.at(0).y, (Values{8, 16}));
        QVERIFY(classNormsFigure(runs, entries, {.classes = {"none"}}).panels.at(0).emptyText.find("class") !=
                std::string::npos);
    }

    void methodsAreMeansOverSeeds() {
        const std::vector<record::Run> runs{fineTuned(1, 3), fineTuned(2, 5)};
        const Figure figure =
            classNormsFigure(runs, classifierEntries(runs),
                             {.curve = {.grouping = Grouping::methods, .spread = analysis::Spread::range}});
        const Line& mean = lineOf(figure.panels[0], "FT: mean, range, n = 2");
        QCOMPARE(mean.y, (Values{1, 4}));
        QCOMPARE(figure.panels[0].bands.at(0).high, (Values{1, 5}));
    }

    void theDerivativeSaysWhichSplitItIsOf() {
        record::Run run = fineTuned();
        MatrixF logits(2, 2);
        logits << static_cast<float>(std::log(3.0)), 0, 0, 0;
        addSplit(run, "test", "test", tuning(0), logits, {1, 0});
        const auto entries = normDerivativeEntries({&run, 1}, "test");
        const Figure figure = normDerivativeFigure({&run, 1}, entries, "test");
        QCOMPARE(figure.panels[0].y.label, std::string("derivative of the loss (test) by the norm"));
        QVERIFY(figure.notes.at(0).starts_with("Of the mean cross-entropy of the split test, n = 2,"));
        // p = (3/4, 1/4) and y = 1 in the first row, no projection in the second: (3/4 ln 3) / 2 / ||v_0||.
        QVERIFY_NEAR(figure.panels[0].curves.at(0).y.at(0), 0.75 * std::log(3.0) / 2, 1e-7);
        QVERIFY_NEAR(figure.panels[1].curves.at(0).y.at(0), 0, 1e-15);
        const auto zero = std::ranges::find(figure.panels[0].references, false, &ReferenceLine::vertical);
        QVERIFY(zero != figure.panels[0].references.end() && zero->at == 0);
        QVERIFY(figure.panels[0].y.scale == Scale::linear);
        const FigureRequest request{.kind = "norm-derivative", .files = {"ft.h5"}, .splits = {"test"}};
        QCOMPARE(csv(buildFigure(request, {&run, 1})), csv(figure));
    }

    void rowsBeforeAndAfterAsBarsAndTable() {
        const std::vector<record::Run> runs{fineTuned(1, 3), fineTuned(2, 5), probedThenTuned()};
        const auto entries = classifierEntries(runs);
        const Figure figure = classifierRowsFigure(runs, entries);
        QCOMPARE(figure.panels.size(), std::size_t{4});
        QCOMPARE(figure.panels[0].x.categories, (std::vector<std::string>{"no", "yes"}));
        const auto& after = figure.panels[1].bars;
        QCOMPARE(after.at(0).name, std::string("FT"));
        QCOMPARE(after.at(0).top, (Values{4, 8}));
        QCOMPARE(after.at(1).top, (Values{12.5, 12.5}));
        QVERIFY_NEAR(figure.panels[2].bars.at(1).top.at(0), 1, 1e-12);
        QVERIFY_NEAR(figure.panels[3].bars.at(1).top.at(0), 0.25, 1e-12); // from 10 to 12.5
        const Figure sinceStart = classifierRowsFigure(runs, entries, {.before = Origin::start});
        QVERIFY_NEAR(sinceStart.panels[2].bars.at(1).top.at(0), 0, 1e-12);
        QVERIFY(sinceStart.notes.at(0).find("start of the run") != std::string::npos);

        const Table table = classifierRowsTable(runs, entries);
        QCOMPARE(table.rows.size(), std::size_t{6});
        QCOMPARE(table.rows[1][1].text, std::string("yes"));
        QVERIFY_NEAR(cellAt(table, 1, "Displacement").value.value(), 6, 1e-12); // of 4 and 8
        QCOMPARE(cellAt(table, 1, "Displacement").count, std::int64_t{2});
        // All rows as one: ||3 V - V|| / ||V|| and ||5 V - V|| / ||V||.
        QVERIFY_NEAR(cellAt(table, 2, "Relative").value.value(), 3, 1e-12);
        QVERIFY_NEAR(cellAt(table, 2, "Norm before").value.value(), std::sqrt(5.0), 1e-12);
        QVERIFY_NEAR(cellAt(table, 5, "Cosine").value.value(), 1, 1e-12);
        QCOMPARE(classifierRowsTable(runs, entries, {.classes = {"no"}}).rows.size(), std::size_t{2});
        const std::vector<record::Run> many{manyClasses(20)};
        const Figure summed = classifierRowsFigure(many, classifierEntries(many));
        QCOMPARE(summed.panels[1].x.categories, std::vector<std::string>{"mean over 20 classes"});
        QVERIFY_NEAR(summed.panels[1].bars.at(0).top.at(0), 21, 1e-12);
    }

    void whatIsMissingIsSaid() {
        const std::vector<record::Run> runs{emptyRun("ft")};
        for (const Figure& figure :
             {classNormsFigure(runs, {}), classAnglesFigure(runs, {}), classifierRowsFigure(runs, {})}) {
            QVERIFY2(figure.panels.at(0).emptyText.find("No run has recorded") == 0,
                     figure.panels.at(0).emptyText.c_str());
        }
        const Figure derivative = normDerivativeFigure(runs, {}, "");
        QVERIFY(derivative.panels.at(0).emptyText.find("logits") != std::string::npos);
        QVERIFY(derivative.notes.empty());
    }

    /// Tasks with other classes side by side: a class has the runs that know it.
    void classesAreMatchedByName() {
        std::vector<record::Run> runs{fineTuned(), fineTuned()};
        runs[1].task = "cb";
        runs[1].classNames = {"maybe", "no"};
        const Figure figure = classNormsFigure(runs, classifierEntries(runs));
        QCOMPARE(figure.panels.size(), std::size_t{3}); // no, yes, maybe
        const Figure angles = classAnglesFigure(runs, classifierEntries(runs));
        QCOMPARE(angles.panels.size(), std::size_t{2}); // no run has both yes and maybe
        QCOMPARE(figure.panels[0].curves.size(), std::size_t{2});
        QCOMPARE(lineOf(figure.panels[0], "FT, cb").y, (Values{2, 6}));
        QCOMPARE(figure.panels[1].curves.size(), std::size_t{1});
        // The legend, below the last row, has them all; what the panel does not know is without a point.
        const Panel& last = figure.panels[2];
        QVERIFY(last.legend == Legend::below);
        QCOMPARE(lineOf(last, "FT, cb").y, (Values{1, 3}));
        QCOMPARE(lineOf(last, "FT, rte").y.size(), std::size_t{1});
        QVERIFY(std::isnan(lineOf(last, "FT, rte").y.at(0)));
        QVERIFY(figure.panels[0].x.range == figure.panels[2].x.range);
    }
};

QTEST_GUILESS_MAIN(TestClassifierFigures)
#include "test_classifier_figures.moc"
