#include "core/figure/feature/feature_neighbours.h"

#include "core/error.h"
#include "core/figure/feature/feature_figures.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <cmath>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Five samples on a line, of which fine-tuning changes the places, and a classifier that doubles.
record::Run lineRun(const std::string& method, std::int64_t seed, bool moved) {
    record::Run run = emptyRun(method, seed);
    addEpoch(run, tuning(0), 1);
    addEpoch(run, tuning(1), 2);
    run.progress.selected = 1;
    addSplit(run, "test", "test", tuning(1), MatrixF::Zero(5, 2), {0, 0, 1, 1, 0});
    MatrixF before(5, 1), after(5, 1);
    before << 0, 1, 3, 7, 15; // nearest: 1, 0, 1, 2, 3
    after << 0, 10, 1, 8, 20; // nearest: 2, 3, 0, 1, 1
    setFeatures(run, "test", before, moved ? after : before);
    auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
    const MatrixF weight = MatrixF::Constant(2, 1, 0.5F);
    parts->snapshots = {{tuning(0), weight, VectorF::Zero(2)}, {tuning(1), 2 * weight, VectorF::Zero(2)}};
    run.parts = parts;
    run.classifierKeys = {tuning(0), tuning(1)};
    return run;
}

} // namespace

class TestFeatureNeighbours : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void entriesByHand() {
        const std::vector<record::Run> runs{lineRun("ft", 1, true), lineRun("lp", 1, false)};
        const auto entries = neighbourEntries(runs, {.numbers = {.k = 1}});
        QCOMPARE(entries.size(), std::size_t(2));
        QCOMPARE(entries[0].name, std::string("LP"));
        QVERIFY_NEAR(entries[0].numbers.overlap->value, 1, 1e-15);
        QVERIFY_NEAR(entries[1].numbers.overlap->value, 0, 1e-15);
        QVERIFY_NEAR(entries[1].numbers.purityBefore.value(), 3.0 / 5, 1e-15);
        QVERIFY_NEAR(entries[1].numbers.purityAfter.value(), 1.0 / 5, 1e-15); // only of the last row
        QVERIFY_NEAR(entries[1].displacement.value(), 1, 1e-6);
    }

    void figureHasABarPerMethod() {
        const std::vector<record::Run> runs{lineRun("ft", 1, true), lineRun("ft", 2, false),
                                            lineRun("lp", 1, false)};
        const NeighbourFigureOptions options{.numbers = {.k = 1}, .spread = analysis::Spread::range};
        const Figure figure = featureNeighboursFigure(runs, neighbourEntries(runs, options), options);
        QCOMPARE(figure.kind, std::string("feature-neighbours"));
        QCOMPARE(figure.panels.size(), std::size_t(3));
        QCOMPARE(figure.panels[0].x.categories, (std::vector<std::string>{"LP", "FT"}));
        QVERIFY_NEAR(figure.panels[0].bars.at(1).top.at(0), 0.5, 1e-12); // 0 and 1
        QVERIFY_NEAR(figure.panels[0].references.at(0).at, 1.0 / 4, 1e-12);
        QCOMPARE(figure.panels[1].x.categories, (std::vector<std::string>{"Pre-trained", "LP", "FT"}));
        QVERIFY(figure.panels[2].y.scale == Scale::logarithmic);
        QVERIFY(figure.notes.at(0).find("of the 1 samples nearest") != std::string::npos);
        QVERIFY(!featureNeighboursFigure({}, {}).panels[0].emptyText.empty());
    }

    void everyTaskHasItsPretrainedFeatures() {
        std::vector<record::Run> runs{lineRun("ft", 1, true), lineRun("ft", 1, true)};
        runs[1].task = "another";
        const NeighbourFigureOptions options{.numbers = {.k = 1}};
        const Figure figure = featureNeighboursFigure(runs, neighbourEntries(runs, options), options);
        QCOMPARE(figure.panels[1].x.categories.size(), std::size_t(4));
        const Figure bars = featuresFigure(featureEntries(runs));
        QCOMPARE(std::ranges::count(bars.panels[1].bars, std::string("pretrained"),
                                    [](const Bars& each) { return each.style.role; }),
                 0); // pre-trained features differ from themselves by nothing
        QCOMPARE(std::ranges::count(bars.panels[0].bars, std::string("pretrained"),
                                    [](const Bars& each) { return each.style.role; }),
                 2);
    }

    void tableSaysWhatIsMissing() {
        std::vector<record::Run> runs{lineRun("ft", 1, true)};
        runs[0].classifierKeys.clear();
        const Table table = featureNeighboursTable(neighbourEntries(runs)); // 10 neighbours of 5 samples
        QCOMPARE(table.rows.size(), std::size_t(1));
        QCOMPARE(table.rows[0].size(), table.columns.size());
        QCOMPARE(table.rows[0][1].value.value(), 5.0);
        for (std::size_t column = 2; column < table.columns.size(); ++column) {
            QCOMPARE(table.rows[0][column].text, std::string("\u2013"));
            QVERIFY(!table.rows[0][column].value);
        }
        QVERIFY(neighbourEntries(std::vector{emptyRun("lp")}).empty());
        QVERIFY(featureNeighboursTable({}).rows.empty());
    }

    void cancelledWorkEnds() {
        const std::vector<record::Run> runs{lineRun("ft", 1, true)};
        QVERIFY_THROWS_EXCEPTION(
            Error, (void)neighbourEntries(runs, {}, {.onProgress = {}, .cancelled = [] { return true; }}));
    }
};

QTEST_GUILESS_MAIN(TestFeatureNeighbours)
#include "test_feature_neighbours.moc"
