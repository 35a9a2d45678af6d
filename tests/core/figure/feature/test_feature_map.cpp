#include "core/error.h"
#include "core/figure/feature/feature_distributions_figure.h"
#include "core/figure/feature/feature_map.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <cmath>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Six samples of two classes along the first axis; after fine-tuning the axis is five times as long. The
/// classifier's rows go from (1, 0), (-1, 0) to (3, 4), (-1, 0).
record::Run mapRun(const std::string& method, std::int64_t seed = 1) {
    record::Run run = emptyRun(method, seed);
    addEpoch(run, tuning(0), 1);
    addEpoch(run, tuning(1), 2);
    run.progress.selected = 1;
    addSplit(run, "validation", "validation", tuning(1), MatrixF::Zero(6, 2), {0, 1, 0, 1, 0, 1});
    addSplit(run, "test", "test", tuning(1), MatrixF::Zero(6, 2), {0, 1, 0, 1, 0, 1});
    MatrixF features(6, 3);
    features << 1, 2, 0, 4, 2, 0, 2, 2, 0.5F, 5, 2, 0.5F, 3, 2, 0, 6, 2, 0.25F;
    MatrixF after = features;
    after.col(0) *= 5;
    setFeatures(run, "test", features, after);
    auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
    MatrixF first(2, 3), last(2, 3);
    first << 1, 0, 0, -1, 0, 0;
    last << 3, 4, 0, -1, 0, 0;
    parts->snapshots = {{tuning(0), first, VectorF::Zero(2)}, {tuning(1), last, VectorF::Zero(2)}};
    run.parts = parts;
    run.classifierKeys = {tuning(0), tuning(1)};
    return run;
}

const Scatter* scatterOf(const Panel& panel, const std::string& name) {
    const auto found = std::ranges::find(panel.scatters, name, &Scatter::name);
    return found == panel.scatters.end() ? nullptr : &*found;
}

} // namespace

class TestFeatureMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pcaKeepsDistancesInItsPlane() {
        const std::vector<record::Run> runs{mapRun("ft")};
        const auto maps = featureMaps(runs);
        QCOMPARE(maps.size(), std::size_t(1));
        const FeatureMap& map = maps.front();
        QCOMPARE(map.split, std::string("test")); // the validation split has no features
        QVERIFY(!map.pretrained);
        const MatrixF features = runs[0].parts->features(*runs[0].split("test"));
        // The second coordinate is the same in all rows: the plane of the other two holds everything.
        for (Eigen::Index i = 1; i < 6; ++i) {
            QVERIFY_NEAR((map.samples.row(i) - map.samples.row(0)).norm(),
                         (features.row(i) - features.row(0)).cast<double>().norm(), 1e-6);
        }
        QVERIFY_NEAR(map.shares.at(0) + map.shares.at(1), 1, 1e-12);
        // Of the moves of the rows, (2, 4, 0) and none, the plane holds (2, 0).
        QVERIFY_NEAR((map.rowsAfter.row(0) - map.rowsBefore.row(0)).norm(), 2, 1e-6);
        QVERIFY((map.rowsAfter.row(1) - map.rowsBefore.row(1)).norm() < 1e-12);
        QVERIFY_NEAR(map.displacement.value(), std::sqrt(20.0 / 2), 1e-6);
    }

    void panelsShowClassesAndRows() {
        const std::vector<record::Run> runs{mapRun("lp-ft"), mapRun("ft")};
        const FeatureMapOptions options{.beforeAfter = true};
        const Figure figure = featureMapFigure(featureMaps(runs, options), options);
        QCOMPARE(figure.panels.size(), std::size_t(4));
        QCOMPARE(figure.columns, 2);
        QCOMPARE(figure.panels[0].header, std::string("FT, before"));
        QCOMPARE(figure.panels[3].header, std::string("LP-FT, after"));
        const Scatter* yes = scatterOf(figure.panels[1], "yes");
        QVERIFY(yes != nullptr);
        QCOMPARE(yes->samples, (std::vector<std::int64_t>{1, 3, 5}));
        QCOMPARE(yes->x.size(), std::size_t(3));
        QCOMPARE(yes->style.role, std::string("class-2"));
        QCOMPARE(scatterOf(figure.panels[0], "no")->samples, (std::vector<std::int64_t>{0, 2, 4}));
        int legendEntries = 0;
        for (const Scatter& scatter : figure.panels[1].scatters) {
            legendEntries += scatter.legend ? 1 : 0;
        }
        QCOMPARE(legendEntries, 4); // two classes, rows before and after
        QVERIFY(figure.panels[2].legend == Legend::below);
    }

    void samplesOfDifferentDataHaveDifferentNumbers() {
        std::vector<record::Run> runs{mapRun("ft"), mapRun("lp-ft"), mapRun("lora")};
        runs[2].task = "another";
        const auto maps = featureMaps(runs);
        const Figure figure = featureMapFigure(maps);
        const auto samplesOf = [&](std::size_t run) {
            const auto map = std::ranges::find(maps, run, &FeatureMap::run);
            return scatterOf(figure.panels[static_cast<std::size_t>(map - maps.begin())], "yes")->samples;
        };
        QCOMPARE(samplesOf(0).at(1) - samplesOf(0).at(0), 2);
        QCOMPARE(samplesOf(1), samplesOf(0));
        const std::vector<std::int64_t> first = samplesOf(0);
        for (const std::int64_t sample : samplesOf(2)) {
            QCOMPARE(std::ranges::count(first, sample), 0);
        }
    }

    void runsTogetherHaveAxesInCommon() {
        const std::vector<record::Run> runs{mapRun("ft"), mapRun("lp-ft")};
        const FeatureMapOptions options{.beforeAfter = true, .together = true};
        const auto maps = featureMaps(runs, options);
        QCOMPARE(maps.size(), std::size_t(3)); // the pre-trained features once
        const Figure figure = featureMapFigure(maps, options);
        QCOMPARE(figure.panels.size(), std::size_t(1));
        const Panel& panel = figure.panels.front();
        const Scatter* before = scatterOf(panel, "Pre-trained");
        const Scatter* ft = scatterOf(panel, "FT");
        const Scatter* lpFt = scatterOf(panel, "LP-FT");
        QVERIFY(before != nullptr && ft != nullptr && lpFt != nullptr);
        QCOMPARE(before->style.role, std::string("pretrained"));
        QCOMPARE(ft->style.role, std::string("ft"));
        QCOMPARE(ft->samples, lpFt->samples); // linked, in the same places as the features are the same
        QCOMPARE(ft->x, lpFt->x);
        QCOMPARE(ft->note.at(1), std::string("yes, row 1"));
        // Fine-tuning moves sample i by four times its first coordinate, 1 to 6: seen in full in one plane.
        for (std::size_t i = 0; i < 6; ++i) {
            const double first =
                runs[0].parts->pretrainedFeatures(*runs[0].split("test"))(static_cast<Eigen::Index>(i), 0);
            QVERIFY_NEAR(std::hypot(ft->x[i] - before->x[i], ft->y[i] - before->y[i]), 4 * first, 1e-5);
        }
        QCOMPARE(std::ranges::count_if(panel.scatters, &Scatter::legend),
                 5); // three sets, rows before, after
        QVERIFY(featureMapFigure(
                    featureMaps(runs, {.projection = Projection::tsne, .perplexity = 3, .together = true}),
                    {.projection = Projection::tsne, .together = true})
                    .panels.front()
                    .square);
        QVERIFY(
            figure.notes.front().find("all runs in one map: principal components of all of their features") !=
            std::string::npos);
        std::vector<record::Run> tasks{mapRun("ft"), mapRun("lp-ft")};
        tasks[1].task = "cb";
        const Figure both = featureMapFigure(featureMaps(tasks, options), options);
        QVERIFY(scatterOf(both.panels.front(), "Pre-trained, cb") != nullptr); // those of each task
        std::vector<record::Run> different{mapRun("ft"), mapRun("lp-ft")};
        setFeatures(different[1], "test", MatrixF::Random(6, 4), MatrixF::Random(6, 4));
        QVERIFY_THROWS_EXCEPTION(Error, (void)featureMaps(different, options));
        QCOMPARE(featureMaps(different).size(), std::size_t(2));
    }

    void tsneHoldsEverythingInOneSquare() {
        const std::vector<record::Run> runs{mapRun("ft")};
        const FeatureMapOptions options{.projection = Projection::tsne, .perplexity = 3};
        const auto maps = featureMaps(runs, options);
        QVERIFY(maps.front().divergence.has_value());
        const Figure figure = featureMapFigure(maps, options);
        const Panel& panel = figure.panels.front();
        QVERIFY(panel.square);
        QVERIFY_NEAR(panel.x.range->high - panel.x.range->low, panel.y.range->high - panel.y.range->low,
                     1e-12);
        for (const Scatter& scatter : panel.scatters) {
            for (std::size_t i = 0; i < scatter.x.size(); ++i) {
                QVERIFY(scatter.x[i] > panel.x.range->low && scatter.x[i] < panel.x.range->high);
                QVERIFY(scatter.y[i] > panel.y.range->low && scatter.y[i] < panel.y.range->high);
            }
        }
        QVERIFY(figure.notes.at(0).find("perplexity 3") != std::string::npos);
    }

    void whatIsMissingIsSaid() {
        std::vector<record::Run> runs{mapRun("ft"), emptyRun("lp")};
        QCOMPARE(featureMaps(runs).size(), std::size_t(1));
        try {
            (void)featureMaps(runs, {.split = "train"});
            QFAIL("made a map of nothing");
        } catch (const Error& error) {
            QVERIFY(std::string(error.what()).find("'train'") != std::string::npos);
        }
        QVERIFY_THROWS_EXCEPTION(Error, (void)featureMaps(std::vector{emptyRun("lp")}));
        QVERIFY(!featureMapFigure({}).panels.front().emptyText.empty());
        // Without snapshots there are no rows, but a map.
        runs.front().classifierKeys.clear();
        QCOMPARE(featureMaps(runs).front().rowsAfter.rows(), 0);
    }

    void labelsBeyondTheClassNamesHaveNames() {
        const record::Run run = emptyRun("ft");
        QCOMPARE(classNamesFor(run, {0, 3}).at(3), std::string("class 3"));
        QCOMPARE(classNamesFor(run, {0}).size(), std::size_t(2));
    }

    void distributionsAreStepsOverSamples() {
        const std::vector<record::Run> runs{mapRun("ft"), mapRun("lp-ft")};
        const auto entries = featureDistributionEntries(runs);
        QCOMPARE(entries.size(), std::size_t(2));
        const Figure figure = featureDistributionsFigure(entries);
        QCOMPARE(figure.panels.size(), std::size_t(4));
        QCOMPARE(figure.panels[0].curves.size(), std::size_t(3)); // the pre-trained features once
        const Line& differences = figure.panels[1].curves.at(0);
        // Each sample moves by four times its first coordinate, 1 to 6.
        QCOMPARE(differences.x, (std::vector<double>{4, 4, 8, 8, 12, 12, 16, 16, 20, 20, 24, 24}));
        QVERIFY_NEAR(differences.y.back(), 1, 1e-15);
        QVERIFY_NEAR(differences.y[1], 1.0 / 6, 1e-15);
        QCOMPARE(figure.panels[2].x.categories, (std::vector<std::string>{"Pre-trained", "FT", "LP-FT"}));
        QVERIFY(std::ranges::any_of(figure.notes, [](const std::string& note) {
            return note.find("FT 14.0 [") != std::string::npos;
        }));
        QVERIFY(!featureDistributionsFigure({}).panels[0].emptyText.empty());
    }

    void tableHasARowPerClass() {
        const std::vector<record::Run> runs{mapRun("ft")};
        const Table table = featureClassesTable(featureDistributionEntries(runs));
        QCOMPARE(table.rows.size(), std::size_t(3));
        QCOMPARE(table.rows[0].size(), table.columns.size());
        QVERIFY_NEAR(table.rows[0][7].value.value(), 14, 1e-6);
        QVERIFY_NEAR(table.rows[1][7].value.value(), 8, 1e-6); // 4, 8, 12
        QVERIFY_NEAR(table.rows[1][9].value.value() + table.rows[2][9].value.value(),
                     table.rows[0][9].value.value(), 1e-9);
        QVERIFY(table.rows[0][7].text.find('[') != std::string::npos);
        // The mean of the whole matrix of cosines, 36 of all and 9 of a class.
        const auto whole = [](double pairs, double n) { return (n * (n - 1) * pairs + n) / (n * n); };
        QVERIFY_NEAR(table.rows[0][6].value.value(), whole(table.rows[0][4].value.value(), 6), 1e-12);
        QVERIFY_NEAR(table.rows[1][5].value.value(), whole(table.rows[1][3].value.value(), 3), 1e-12);
        QVERIFY(table.notes.front().find("n = 6, h = 3, rank within classes 2, ridge 0") !=
                std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestFeatureMap)
#include "test_feature_map.moc"
