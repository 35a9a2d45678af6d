#include "core/figure/calibration/calibration_table.h"
#include "core/figure/classifier/norms_table.h"
#include "core/figure/feature/feature_figures.h"
#include "core/figure/feature/features_table.h"
#include "tests/core/figure/memory_run.h"
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
    MatrixF features(4, 2);
    features << 1, 0, 2, 0, 0, 1, 0, 2;
    setFeatures(run, "test", features, scale * features);
    return run;
}

FeatureEntry entryOf(const std::string& method) {
    FeatureEntry entry;
    entry.variant.method = method;
    entry.task = "rte";
    entry.model = "tiny";
    entry.split = "test";
    return entry;
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
    void fisherStandsOnRoundValues();
    void noFeaturesSayWhatIsMissing();
    void scalesAreBarsOfTheirOwn();
    void runsWithoutFeaturesAreCounted();
};

void TestFeatureFigures::entriesAreTheStatisticsByHand() {
    const std::vector<record::Run> runs{featureRun("ft", 1, 4)};
    const auto entries = featureEntries(runs);
    QCOMPARE(entries.size(), std::size_t(1));
    const FeatureEntry& entry = entries.front();
    QCOMPARE(entry.variant.method, std::string("ft"));
    QCOMPARE(entry.split, std::string("test"));
    // Six pairs: two of the same direction, four at right angles.
    QVERIFY_NEAR(entry.numbers.cosinePretrained.value(), 2.0 / 6, 1e-7);
    QVERIFY_NEAR(entry.numbers.cosineFinal.value(), 2.0 / 6, 1e-7);
    // Each row moves by three times its length, 1 or 2.
    QVERIFY_NEAR(entry.numbers.difference.value(), 4.5, 1e-6);
    // Scatter within classes: 1/2 along each axis; between them: 9/4 along each axis. No scale is left.
    QVERIFY_NEAR(entry.numbers.fisherPretrained->value, 2 * (9.0 / 4) / (1.0 / 2), 1e-6);
    QVERIFY_NEAR(entry.numbers.fisherFinal->value, entry.numbers.fisherPretrained->value, 1e-6);
    QCOMPARE(entry.numbers.fisherFinal->samples, std::int64_t(4));
    QCOMPARE(entry.numbers.fisherFinal->width, std::int64_t(2));
}

void TestFeatureFigures::whatTheFileLacksStaysAbsent() {
    std::vector<record::Run> runs{featureRun("ft", 1, 2), emptyRun("lp")};
    runs.front().splits.front().pretrainedFeatureWidth = 0;
    const auto entries = featureEntries(runs);
    QCOMPARE(entries.size(), std::size_t(1)); // LP has no features at all
    QVERIFY(!entries.front().numbers.cosinePretrained && !entries.front().numbers.difference &&
            !entries.front().numbers.fisherPretrained);
    QVERIFY(entries.front().numbers.cosineFinal.has_value());
}

void TestFeatureFigures::whatIsUndefinedTakesNothingElseAway() {
    record::Run collapsed = featureRun("ft", 1, 1);
    auto& parts = static_cast<MemoryParts&>(const_cast<record::RunParts&>(*collapsed.parts));
    parts.splits["test"].features << 3, 0, 3, 0, 0, 4, 0, 4; // one point for each class
    const std::vector<record::Run> runs{collapsed, featureRun("lora", 1, 2)};
    const auto entries = featureEntries(runs);
    QCOMPARE(entries.size(), std::size_t(2));
    QVERIFY(entries[0].numbers.fisherPretrained && !entries[0].numbers.fisherFinal);
    QVERIFY_NEAR(entries[0].numbers.cosineFinal.value(), 2.0 / 6, 1e-7);
    QVERIFY(entries[1].numbers.fisherFinal.has_value());
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

void TestFeatureFigures::fisherStandsOnRoundValues() {
    FeatureEntry low = entryOf("ft");
    low.numbers.fisherFinal = {.value = 30, .samples = 4, .width = 2};
    FeatureEntry high = low;
    high.variant.method = "lp-ft";
    high.numbers.fisherFinal->value = 4000;
    const std::vector<FeatureEntry> entries{low, high};
    Panel panel = featuresFigure(entries).panels[2];
    QVERIFY(panel.y.scale == Scale::logarithmic);
    QVERIFY(panel.y.range.has_value());
    QVERIFY_NEAR(panel.y.range->low, 20, 1e-9);
    QVERIFY_NEAR(panel.y.range->high, 5000, 1e-9);
    QCOMPARE(barsOf(panel, "FT")->base.at(0), panel.y.range->low);
    QCOMPARE(barsOf(panel, "FT")->top.at(0), 30.0);
    high.numbers.fisherFinal->value = 31; // less than a decade must not become one
    panel = featuresFigure(std::vector{low, high}).panels[2];
    QVERIFY_NEAR(panel.y.range->low, 20, 1e-9);
    QVERIFY_NEAR(panel.y.range->high, 50, 1e-9);
}

void TestFeatureFigures::noFeaturesSayWhatIsMissing() {
    const Figure none = featuresFigure({});
    QVERIFY(none.panels[0].emptyText.starts_with("No run with recorded features"));
    FeatureEntry entry = entryOf("ft");
    entry.numbers.cosineFinal = 0.5;
    const Figure figure = featuresFigure(std::vector{entry});
    QVERIFY(figure.panels[0].emptyText.empty());
    QCOMPARE(figure.panels[1].emptyText, std::string("No run holds what the feature difference needs."));
}

void TestFeatureFigures::scalesAreBarsOfTheirOwn() {
    std::vector<record::Run> runs{featureRun("ft", 1, 4), featureRun("ft", 2, 2)};
    setScale(runs[1], 0.5);
    const Figure figure = featuresFigure(featureEntries(runs));
    QVERIFY_NEAR(barsOf(figure.panels[1], "FT")->top.at(0), 4.5, 1e-6);
    QVERIFY_NEAR(barsOf(figure.panels[1], "FT, scale 0.5")->top.at(0), 1.5, 1e-6);
    QVERIFY(figure.panels[1].curves.empty()); // no spread over one seed each
}

void TestFeatureFigures::runsWithoutFeaturesAreCounted() {
    std::vector<record::Run> runs{featureRun("ft", 1, 4), featureRun("ft", 2, 2)};
    for (record::SplitInfo& split : runs[1].splits) {
        split.featureWidth = split.pretrainedFeatureWidth = 0;
    }
    const std::vector<FeatureEntry> entries = featureEntries(runs);
    const std::string said = "1 of 2 runs recorded features: the others do not count here.";
    for (const std::vector<std::string>& notes :
         {featuresFigure(entries, {.runs = 2}).notes, featuresTable(runs, entries, {}).notes}) {
        QCOMPARE(std::ranges::count(notes, said), 1);
    }
    runs.pop_back();
    QVERIFY(withoutFeaturesNote(featureEntries(runs), 1).empty());
}

QTEST_GUILESS_MAIN(TestFeatureFigures)
#include "test_feature_figures.moc"
