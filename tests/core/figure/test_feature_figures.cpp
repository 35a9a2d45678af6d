#include "core/figure/feature_figures.h"
#include "memory_run.h"
#include "tests/support/near.h"

#include <cmath>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Four samples of two classes whose statistics are told by hand: the pre-trained features are (1,0), (2,0),
/// (0,1), (0,2); the final ones are `scale` times as long.
record::Run featureRun(const std::string& method, std::int64_t seed, float scale) {
    record::Run run = emptyRun(method, seed);
    MatrixF logits(4, 2);
    logits << 1, 0, 1, 0, 0, 1, 0, 1;
    addSplit(run, "test", "test", tuning(1), logits, {0, 0, 1, 1});
    auto& parts = static_cast<MemoryParts&>(const_cast<record::RunParts&>(*run.parts));
    MatrixF features(4, 2);
    features << 1, 0, 2, 0, 0, 1, 0, 2;
    parts.splits["test"].pretrained = features;
    parts.splits["test"].features = scale * features;
    run.splits.front().pretrainedFeatureWidth = 2;
    run.splits.front().featureWidth = 2;
    return run;
}

/// A run that classifies `right` of four rows of "test" rightly.
record::Run accurateRun(const std::string& method, std::int64_t seed, int right) {
    record::Run run = emptyRun(method, seed);
    MatrixF logits(4, 2);
    for (int row = 0; row < 4; ++row) {
        logits.row(row) << (row < right ? 1.0F : 0.0F), 0.5F;
    }
    addSplit(run, "test", "test", tuning(1), logits, {0, 0, 0, 0});
    return run;
}

const Bars* barsOf(const Panel& panel, const std::string& name) {
    const auto found = std::ranges::find(panel.bars, name, &Bars::name);
    return found == panel.bars.end() ? nullptr : &*found;
}

} // namespace

class TestFeatureFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void entriesAreTheStatisticsByHand();
    void whatTheFileLacksStaysAbsent();
    void whatIsUndefinedTakesNothingElseAway();
    void barsAreMeansOverSeeds();
    void fisherStandsOnDecades();
    void noFeaturesSayWhatIsMissing();
    void accuracyCountsRightRows();
    void chosenSplitsAreShown();
};

void TestFeatureFigures::entriesAreTheStatisticsByHand() {
    const std::vector<record::Run> runs{featureRun("ft", 1, 4)};
    const auto entries = featureEntries(runs);
    QCOMPARE(entries.size(), std::size_t(1));
    const FeatureEntry& entry = entries.front();
    QCOMPARE(entry.method, std::string("ft"));
    QCOMPARE(entry.split, std::string("test"));
    // Six pairs: two of the same direction, four at right angles.
    QVERIFY_NEAR(entry.cosinePretrained.value(), 2.0 / 6, 1e-7);
    QVERIFY_NEAR(entry.cosineFinal.value(), 2.0 / 6, 1e-7);
    // Each row moves by three times its length, 1 or 2.
    QVERIFY_NEAR(entry.difference.value(), 4.5, 1e-6);
    // Scatter within classes: 1/2 along each axis; between them: 9/4 along each axis. No scale is left.
    QVERIFY_NEAR(entry.fisherPretrained->value, 2 * (9.0 / 4) / (1.0 / 2), 1e-6);
    QVERIFY_NEAR(entry.fisherFinal->value, entry.fisherPretrained->value, 1e-6);
    QCOMPARE(entry.fisherFinal->samples, std::int64_t(4));
    QCOMPARE(entry.fisherFinal->width, std::int64_t(2));
}

void TestFeatureFigures::whatTheFileLacksStaysAbsent() {
    std::vector<record::Run> runs{featureRun("ft", 1, 2), emptyRun("lp")};
    runs.front().splits.front().pretrainedFeatureWidth = 0;
    const auto entries = featureEntries(runs);
    QCOMPARE(entries.size(), std::size_t(1)); // LP has no features at all
    QVERIFY(!entries.front().cosinePretrained && !entries.front().difference &&
            !entries.front().fisherPretrained);
    QVERIFY(entries.front().cosineFinal.has_value());
}

void TestFeatureFigures::whatIsUndefinedTakesNothingElseAway() {
    record::Run collapsed = featureRun("ft", 1, 1);
    auto& parts = static_cast<MemoryParts&>(const_cast<record::RunParts&>(*collapsed.parts));
    parts.splits["test"].features << 3, 0, 3, 0, 0, 4, 0, 4; // one point for each class
    const std::vector<record::Run> runs{collapsed, featureRun("lora", 1, 2)};
    const auto entries = featureEntries(runs);
    QCOMPARE(entries.size(), std::size_t(2));
    QVERIFY(entries[0].fisherPretrained && !entries[0].fisherFinal);
    QVERIFY_NEAR(entries[0].cosineFinal.value(), 2.0 / 6, 1e-7);
    QVERIFY(entries[1].fisherFinal.has_value());
}

void TestFeatureFigures::barsAreMeansOverSeeds() {
    const std::vector<record::Run> runs{featureRun("ft", 1, 4), featureRun("ft", 2, 6),
                                        featureRun("lp-ft", 1, 2)};
    const Figure figure =
        featuresFigure(featureEntries(runs), {.spread = analysis::Spread::standardDeviation});
    QCOMPARE(figure.panels.size(), std::size_t(4)); // three statistics and the legend
    const Panel& difference = figure.panels[1];
    QCOMPARE(difference.x.categories, std::vector<std::string>{"test"});
    // Differences 4.5 and 7.5: mean 6, sample deviation 3 / sqrt(2); LP-FT moved by 1.5.
    QVERIFY_NEAR(barsOf(difference, "FT")->top.at(0), 6, 1e-6);
    QVERIFY_NEAR(barsOf(difference, "LP-FT")->top.at(0), 1.5, 1e-6);
    QVERIFY(barsOf(difference, "Pre-trained") == nullptr);
    const Line& whiskers = difference.curves.at(0);
    QCOMPARE(whiskers.y.size(), std::size_t(3)); // LP-FT, with one seed, has none
    QVERIFY_NEAR(whiskers.y[0], 6 - 3 / std::sqrt(2.0), 1e-6);
    QVERIFY_NEAR(whiskers.y[1], 6 + 3 / std::sqrt(2.0), 1e-6);
    QVERIFY(std::isnan(whiskers.y[2]));
    QCOMPARE(difference.scatters.at(0).y.size(), std::size_t(2)); // every seed as it was measured
    // The pre-trained features are the same in all runs: one bar and no spread.
    QVERIFY_NEAR(barsOf(figure.panels[0], "Pre-trained")->top.at(0), 2.0 / 6, 1e-7);
    QVERIFY(figure.panels[3].blank);
    QCOMPARE(figure.panels[3].bars.size(), std::size_t(3));
    QVERIFY(figure.notes.at(0).find("n up to 2") != std::string::npos);
}

void TestFeatureFigures::fisherStandsOnDecades() {
    FeatureEntry low{.method = "ft", .task = "rte", .model = "tiny", .split = "test"};
    low.fisherFinal = {.value = 30, .samples = 4, .width = 2};
    FeatureEntry high = low;
    high.method = "lp-ft";
    high.fisherFinal->value = 4000;
    const std::vector<FeatureEntry> entries{low, high};
    const Panel panel = featuresFigure(entries).panels[2];
    QVERIFY(panel.y.scale == Scale::logarithmic);
    QVERIFY(panel.y.range.has_value());
    QVERIFY_NEAR(panel.y.range->low, 10, 1e-9);
    QVERIFY_NEAR(panel.y.range->high, 10000, 1e-9);
    QCOMPARE(barsOf(panel, "FT")->base.at(0), panel.y.range->low);
    QCOMPARE(barsOf(panel, "FT")->top.at(0), 30.0);
}

void TestFeatureFigures::noFeaturesSayWhatIsMissing() {
    const Figure none = featuresFigure({});
    QVERIFY(none.panels[0].emptyText.starts_with("No run with recorded features"));
    FeatureEntry entry{.method = "ft", .task = "rte", .model = "tiny", .split = "test"};
    entry.cosineFinal = 0.5;
    const Figure figure = featuresFigure(std::vector{entry});
    QVERIFY(figure.panels[0].emptyText.empty());
    QCOMPARE(figure.panels[1].emptyText, std::string("No run holds what the feature difference needs."));
}

void TestFeatureFigures::accuracyCountsRightRows() {
    const std::vector<record::Run> runs{accurateRun("lp-ft", 1, 3), accurateRun("ft", 1, 1),
                                        accurateRun("ft", 2, 2)};
    const Figure figure = accuracyFigure(runs, {.spread = analysis::Spread::range});
    const Panel& panel = figure.panels.at(0);
    QVERIFY(panel.y.ticks == TickStyle::percent);
    QCOMPARE(barsOf(panel, "FT")->top.at(0), 0.375);
    QCOMPARE(barsOf(panel, "LP-FT")->top.at(0), 0.75);
    QCOMPARE(panel.curves.at(0).y.at(0), 0.25);
    QCOMPARE(panel.curves.at(0).y.at(1), 0.5);
    QCOMPARE(accuracyFigure({}).panels[0].emptyText, std::string("No runs chosen."));
}

void TestFeatureFigures::chosenSplitsAreShown() {
    record::Run run = accurateRun("ft", 1, 4);
    MatrixF logits(2, 2);
    logits << 1, 0, 0, 1;
    addSplit(run, "ood", "ood", tuning(1), logits, {0, 0});
    addSplit(run, "train", "train", tuning(1), logits, {0, 0});
    const std::vector<record::Run> runs{run};
    QCOMPARE(accuracyFigure(runs).panels[0].x.categories, (std::vector<std::string>{"test", "ood"}));
    const Figure one = accuracyFigure(runs, {.splits = {"ood"}});
    QCOMPARE(one.panels[0].x.categories, std::vector<std::string>{"ood"});
    QCOMPARE(one.panels[0].bars.at(0).top.at(0), 0.5);
}

QTEST_GUILESS_MAIN(TestFeatureFigures)
#include "test_feature_figures.moc"
