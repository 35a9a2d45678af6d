#include "core/figure/feature/norm_scaling_figure.h"
#include "core/figure/write/write_csv.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Adds a split of two rows, each of which fine-tuning moved by `difference`.
void addMoved(record::Run& run, const std::string& name, const std::string& role, float difference) {
    MatrixF logits(2, 2), before(2, 2);
    logits << 1, 0, 0, 1;
    before << 3, 0, 0, 4;
    MatrixF after = before;
    after.col(0).array() += difference;
    addSplit(run, name, role, tuning(1), logits, {0, 1});
    setFeatures(run, name, before, after);
}

/// Fine-tuning that began at `scale` times a head of norm `norm` and moved the features of "test".
record::Run scaledRun(const std::string& method, std::int64_t seed, double scale, double norm,
                      float difference) {
    record::Run run = emptyRun(method, seed);
    setScale(run, scale);
    addEpoch(run, tuning(0), scale * norm);
    addEpoch(run, tuning(1), scale * norm + 5);
    addMoved(run, "test", "test", difference);
    return run;
}

Figure figureOf(const std::vector<record::Run>& runs, const NormScalingOptions& options = {}) {
    return normScalingFigure(runs, normScalingEntries(runs), options);
}

std::string joined(const std::vector<std::string>& notes) {
    return std::accumulate(notes.begin(), notes.end(), std::string());
}

} // namespace

class TestNormScalingFigure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPointIsStartNormAndDifference();
    void theLineIsTheMeanAtEachScale();
    void oneSeedHasNoBand();
    void theDashedLineIsTheNormBeforeScaling();
    void recordedDifferencesDoWithoutFeatures();
    void whatIsLeftOutIsNamed();
    void withoutScalesItSaysHowToGetThem();
    void everySplitAndDataSetHasItsPanel();
    void axesMayBeOfEitherScale();
    void theTableHasTheNumbers();
    void collapsedRunsAreNamed();
};

void TestNormScalingFigure::aPointIsStartNormAndDifference() {
    const auto entries = normScalingEntries(std::vector{scaledRun("ft", 1, 10, 0.9, 2.5F)});
    QCOMPARE(entries.size(), std::size_t(1));
    QCOMPARE(entries[0].split, std::string("test"));
    QVERIFY_NEAR(entries[0].startNorm, 9, 1e-12); // not the norm after training
    QVERIFY_NEAR(entries[0].difference, 2.5, 1e-6);
}

/// Norms 0.8, 1.0 and 1.2 at scale 1, differences 6, 7 and 11: means 1 and 8; tenfold norms, 2, 3 and 4
/// there.
void TestNormScalingFigure::theLineIsTheMeanAtEachScale() {
    const Figure figure = figureOf({scaledRun("ft", 1, 1, 0.8, 6), scaledRun("ft", 2, 1, 1.0, 7),
                                    scaledRun("ft", 3, 1, 1.2, 11), scaledRun("ft", 1, 10, 0.8, 2),
                                    scaledRun("ft", 2, 10, 1.0, 3), scaledRun("ft", 3, 10, 1.2, 4)},
                                   {.spread = analysis::Spread::range});
    QCOMPARE(figure.panels.size(), std::size_t(1));
    const Panel& panel = figure.panels[0];
    QVERIFY(panel.x.scale == Scale::logarithmic);
    QCOMPARE(panel.curves.size(), std::size_t(1));
    const Line& line = panel.curves[0];
    QCOMPARE(line.name, std::string("FT: mean, range, n = 3"));
    QVERIFY_NEAR(line.x.at(0), 1, 1e-12);
    QVERIFY_NEAR(line.y.at(0), 8, 1e-6);
    QVERIFY_NEAR(line.x.at(1), 10, 1e-12);
    QVERIFY_NEAR(line.y.at(1), 3, 1e-6);
    QCOMPARE(panel.bands.size(), std::size_t(1));
    QCOMPARE(panel.bands[0].name, line.name);
    QVERIFY_NEAR(panel.bands[0].low.at(0), 6, 1e-6);
    QVERIFY_NEAR(panel.bands[0].high.at(0), 11, 1e-6);
    QCOMPARE(panel.scatters.at(0).x.size(), std::size_t(6));
    QVERIFY(panel.scatters[0].note.at(5).find("scale 10, seed 3") != std::string::npos);
    QVERIFY(joined(figure.notes).find("range") != std::string::npos);
    QVERIFY(csv(figure).find("FT: each seed") != std::string::npos);
}

void TestNormScalingFigure::oneSeedHasNoBand() {
    std::vector<record::Run> runs;
    for (const double scale : {0.1, 1.0, 10.0, 50.0, 100.0}) {
        runs.push_back(scaledRun("ft", 1, scale, 1, 2));
        if (scale != 10) {
            runs.push_back(scaledRun("ft", 2, scale, 1, 4));
        }
    }
    const Panel panel = figureOf(runs).panels.at(0);
    QCOMPARE(panel.curves.at(0).x.size(), std::size_t(5));
    QVERIFY(panel.curves[0].name.ends_with("n = 1 to 2"));
    QCOMPARE(panel.bands.size(), std::size_t(2)); // none across the scale with one seed
    QCOMPARE(panel.bands[0].x, (std::vector<double>{0.1, 1}));
    QCOMPARE(panel.bands[1].x, (std::vector<double>{50, 100}));
    const Panel single = figureOf({runs[0], runs[2]}).panels.at(0);
    QVERIFY(single.bands.empty());
    QCOMPARE(single.curves.at(0).name, std::string("FT, n = 1"));
}

/// Also where nobody ran scale 1: 4 and 8 come from 0.4 and 0.8.
void TestNormScalingFigure::theDashedLineIsTheNormBeforeScaling() {
    const Panel panel = figureOf({scaledRun("ft", 1, 10, 0.4, 2), scaledRun("ft", 2, 10, 0.8, 2),
                                  scaledRun("ft", 1, 100, 0.4, 1), scaledRun("lp-ft", 1, 10, 25, 2)})
                            .panels.at(0);
    QCOMPARE(panel.references.size(), std::size_t(2));
    QVERIFY_NEAR(panel.references[0].at, 0.6, 1e-12);
    QVERIFY_NEAR(panel.references[1].at, 25, 1e-12);
    for (const ReferenceLine& line : panel.references) {
        QVERIFY(line.vertical && line.dashed);
    }
    QCOMPARE(panel.references[1].label, std::string("LP-FT"));
    QCOMPARE(panel.references[1].style.role, std::string("lp-ft"));
}

void TestNormScalingFigure::recordedDifferencesDoWithoutFeatures() {
    record::Run run = scaledRun("ft", 1, 10, 1, 2);
    run.splits.front().featureWidth = 0;
    run.epochs.series.push_back({"feature_difference", {0, 3.5}});
    run.progress.status = record::Status::complete;
    const auto entries = normScalingEntries(std::vector{run});
    QCOMPARE(entries.size(), std::size_t(1));
    QCOMPARE(entries[0].difference, 3.5);
    run.progress.status = record::Status::running; // it may still move
    QVERIFY(normScalingEntries(std::vector{run}).empty());
}

void TestNormScalingFigure::whatIsLeftOutIsNamed() {
    record::Run lp = emptyRun("lp"), bare = emptyRun("lora");
    addEpoch(lp, probing(1), 20);
    addEpoch(bare, tuning(0), 1);
    const Figure figure = figureOf({scaledRun("ft", 1, 10, 1, 2), lp, bare});
    const std::string notes = joined(figure.notes);
    QVERIFY2(notes.find("without fine-tuning: LP.") != std::string::npos, notes.c_str());
    QVERIFY2(notes.find("without recorded features: LoRA.") != std::string::npos, notes.c_str());
}

void TestNormScalingFigure::withoutScalesItSaysHowToGetThem() {
    const std::vector runs{scaledRun("ft", 1, 1, 1, 2), scaledRun("lp-ft", 1, 1, 20, 2)};
    const Figure figure = figureOf(runs);
    QCOMPARE(figure.panels.size(), std::size_t(1));
    QVERIFY(figure.panels[0].emptyText.find("--classifier-scale") != std::string::npos);
    QVERIFY(figure.panels[0].curves.empty());
    QCOMPARE(figureOf({}).panels[0].emptyText, std::string("No runs chosen."));
    QVERIFY(figureOf({scaledRun("ft", 1, 2, 1, 2)}, {.splits = {"tset"}}).panels[0].emptyText.find("split") !=
            std::string::npos);
}

void TestNormScalingFigure::everySplitAndDataSetHasItsPanel() {
    record::Run run = scaledRun("ft", 1, 10, 1, 2);
    addMoved(run, "sst5", "ood", 3);
    addMoved(run, "validation", "validation", 1);
    record::Run other = scaledRun("ft", 1, 10, 1, 2);
    other.task = "cb";
    const auto headers = [](const Figure& figure) {
        std::vector<std::string> all;
        for (const Panel& panel : figure.panels) {
            all.push_back(panel.header);
        }
        return all;
    };
    QCOMPARE(headers(figureOf({run})), (std::vector<std::string>{"test", "sst5"}));
    QCOMPARE(headers(figureOf({run, other})),
             (std::vector<std::string>{"cb, test", "rte, test", "rte, sst5"}));
    QCOMPARE(headers(figureOf({run}, {.splits = {"validation"}})), std::vector<std::string>{"validation"});
    QVERIFY_NEAR(figureOf({run}).panels[1].curves.at(0).y.at(0), 3, 1e-6);
}

void TestNormScalingFigure::axesMayBeOfEitherScale() {
    const std::vector runs{scaledRun("ft", 1, 10, 1, 1), scaledRun("ft", 2, 10, 1, 9),
                           scaledRun("ft", 1, 1, 1, 1), scaledRun("ft", 2, 1, 1, 9)};
    const Panel panel = figureOf(runs, {.xScale = Scale::linear, .yScale = Scale::logarithmic}).panels.at(0);
    QVERIFY(panel.x.scale == Scale::linear && panel.y.scale == Scale::logarithmic);
    for (const double low : panel.bands.at(0).low) { // 5 -+ 12.7 * 5.66 / sqrt(2) reaches below 0
        QVERIFY_NEAR(low, 0.5, 1e-6);
    }
}

void TestNormScalingFigure::theTableHasTheNumbers() {
    const std::vector runs{scaledRun("ft", 1, 1, 1, 6), scaledRun("ft", 1, 10, 0.9, 2),
                           scaledRun("ft", 2, 10, 1.1, 3)};
    const Table table = normScalingTable(runs, normScalingEntries(runs));
    QCOMPARE(table.columns, (std::vector<std::string>{"Data", "Method", "Scale", "Norm(C)", "test Diff"}));
    QCOMPARE(table.rows.size(), std::size_t(2));
    QCOMPARE(table.rows[0][2].text, std::string("1"));
    QVERIFY_NEAR(table.rows[0][4].value.value(), 6, 1e-6);
    QVERIFY_NEAR(table.rows[1][3].value.value(), 10, 1e-6);
    QVERIFY_NEAR(table.rows[1][4].deviation.value(), std::sqrt(0.5), 1e-6);
}

void TestNormScalingFigure::collapsedRunsAreNamed() {
    record::Run run = scaledRun("ft", 1, 100, 1, 2);
    run.splits.clear();
    MatrixF logits(2, 2), features = MatrixF::Identity(2, 2);
    logits << 1, 0, 1, 0;
    addSplit(run, "test", "test", tuning(1), logits, {0, 1});
    setFeatures(run, "test", features, 2 * features);
    const std::vector runs{run};
    QVERIFY(joined(figureOf(runs).notes).find("FT, scale 100 on test (no)") != std::string::npos);
    QVERIFY(normScalingTable(runs, normScalingEntries(runs)).rows[0][4].collapsed);
}

QTEST_GUILESS_MAIN(TestNormScalingFigure)
#include "test_norm_scaling_figure.moc"
