#include "core/error.h"
#include "core/figure/calibration/calibration_table.h"
#include "core/figure/calibration/recalibration_table.h"
#include "core/figure/classifier/norms_table.h"
#include "core/figure/feature/features_table.h"
#include "core/figure/write/write_latex.h"
#include "memory_run.h"
#include "tests/support/near.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

const std::string kDash = "\u2013";

/// Norms before and after training.
record::Run normRun(const std::string& method, std::int64_t seed, double before, double after) {
    record::Run run = emptyRun(method, seed);
    addEpoch(run, tuning(0), before);
    addEpoch(run, tuning(1), after);
    return run;
}

/// `rows` rows of class 0 with the logits (margin, 0), of which the first `right` have the margin's sign
/// right.
void addMargins(record::Run& run, const std::string& name, const std::string& role, int rows, int right,
                float margin) {
    MatrixF logits(rows, 2);
    for (int row = 0; row < rows; ++row) {
        logits.row(row) << (row < right ? margin : -margin), 0.0F;
    }
    addSplit(run, name, role, tuning(1), logits, Labels(static_cast<std::size_t>(rows), 0));
}

std::size_t columnOf(const Table& table, const std::string& name) {
    const auto found = std::ranges::find(table.columns, name);
    return found == table.columns.end() ? 0 : static_cast<std::size_t>(found - table.columns.begin());
}

const std::vector<Cell>& rowOf(const Table& table, const std::string& name, std::size_t column = 0) {
    const auto found =
        std::ranges::find(table.rows, name, [&](const std::vector<Cell>& row) { return row[column].text; });
    if (found == table.rows.end()) {
        QTest::qFail(name.c_str(), __FILE__, __LINE__);
        return table.rows.at(0);
    }
    return *found;
}

std::string notesOf(const Table& table) {
    return std::accumulate(table.notes.begin(), table.notes.end(), std::string());
}

FeatureEntry entryOf(const std::string& method, double cosine, double difference) {
    FeatureEntry entry{.task = "rte", .model = "tiny", .split = "test"};
    entry.variant.method = method;
    entry.numbers.cosinePretrained = 0.96;
    entry.numbers.cosineFinal = cosine;
    entry.numbers.difference = difference;
    return entry;
}

} // namespace

class TestTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void normsAreMeanAndDeviation();
    void countsStandInTheCellWhereTheyDiffer();
    void featuresHaveDashesWhereNothingMoved();
    void calibrationIsThatOfTwoConfidences();
    void calibrationWithoutValidationHasDashes();
    void improvementsOfOneRunHaveIntervals();
    void waysToRecalibrateStandSideBySide();
    void scalesAreGroupsOfTheirOwn();
    void collapsedRunsHaveADagger();
    void namesAreEscapedInLatex();
};

void TestTables::normsAreMeanAndDeviation() {
    // 10, 12 and 14: mean 12, sample deviation 2. Both methods of a seed start from the same head.
    const std::vector<record::Run> runs{normRun("ft", 1, 0.5, 10),    normRun("ft", 2, 0.7, 12),
                                        normRun("ft", 3, 0.9, 14),    normRun("lp-ft", 1, 0.5, 30),
                                        normRun("lp-ft", 2, 0.7, 30), normRun("lp-ft", 3, 0.9, 36)};
    const Table table = normsTable(runs);
    QCOMPARE(table.columns, (std::vector<std::string>{"Data", "Pre-trained", "FT", "LP-FT"}));
    const auto& row = rowOf(table, "rte");
    QCOMPARE(row[1].text, std::string("0.700 \u00b1 0.200"));
    QCOMPARE(row[1].count, std::int64_t(3));
    QCOMPARE(row[2].text, std::string("12.0 \u00b1 2.00"));
    QVERIFY_NEAR(row[3].value.value(), 32, 1e-12);
    QVERIFY_NEAR(row[3].deviation.value(), std::sqrt(12.0), 1e-12);
    QVERIFY(notesOf(table).find("n = 3") != std::string::npos);
}

void TestTables::countsStandInTheCellWhereTheyDiffer() {
    std::vector<record::Run> runs{normRun("ft", 1, 1, 10), normRun("ft", 2, 1, 12), normRun("ft", 3, 1, 14),
                                  normRun("lp-ft", 1, 1, 30), normRun("lp-ft", 2, 1, 30)};
    runs.push_back(emptyRun("lp"));
    const Table table = normsTable(runs);
    const auto& row = rowOf(table, "rte");
    QCOMPARE(row[columnOf(table, "FT")].text, std::string("12.0 \u00b1 2.00 (3)"));
    QCOMPARE(row[columnOf(table, "LP-FT")].text, std::string("30.0 \u00b1 0 (2)"));
    QCOMPARE(row[columnOf(table, "LP")].text, kDash); // recorded no norm
    QVERIFY(!row[columnOf(table, "LP")].value);
}

void TestTables::featuresHaveDashesWhereNothingMoved() {
    const std::vector<record::Run> runs = [] {
        std::vector<record::Run> all{normRun("lp", 1, 0.5, 20), normRun("ft", 1, 0.5, 0.6)};
        for (record::Run& run : all) {
            addMargins(run, "test", "test", 4, 4, 1);
            run.splits.front().featureWidth = run.splits.front().pretrainedFeatureWidth = 2;
        }
        return all;
    }();
    const std::vector<FeatureEntry> entries{entryOf("lp", 0.96, 0), entryOf("ft", 0.5, 12.34)};
    const Table table = featuresTable(runs, entries);
    QCOMPARE(table.columns,
             (std::vector<std::string>{"Method", "test CS", "test Diff", "test FDR", "Norm(C)"}));
    const auto& lp = rowOf(table, "LP");
    QCOMPARE(lp[1].text, std::string("0.960"));
    QCOMPARE(lp[2].text, kDash);
    QCOMPARE(lp[3].text, kDash); // no Fisher ratio at all
    QCOMPARE(lp[4].text, std::string("20.0"));
    const auto& ft = rowOf(table, "FT");
    QCOMPARE(ft[1].text, std::string("0.500"));
    QCOMPARE(ft[2].text, std::string("12.3"));
    QCOMPARE(ft[4].text, std::string("0.600"));
    const auto& before = rowOf(table, "Pre-trained");
    QCOMPARE(before[1].text, std::string("0.960"));
    QCOMPARE(before[4].text, std::string("0.500"));
}

/// All rows have one confidence c, so ECE = MCE = |accuracy - c|; the likelihood is greatest where c is the
/// accuracy of validation: margin / T = log(accuracy / (1 - accuracy)).
void TestTables::calibrationIsThatOfTwoConfidences() {
    record::Run run = emptyRun("ft");
    addMargins(run, "validation", "validation", 20, 16, 4);
    addMargins(run, "test", "test", 20, 14, 4);
    const Table table = calibrationTable(std::vector{run});
    const auto& row = rowOf(table, "FT", columnOf(table, "Method"));
    QCOMPARE(row[1].text, std::string("test"));
    const double confidence = 1 / (1 + std::exp(-4.0));
    const double before = 100 * (confidence - 0.7), after = 100 * (0.8 - 0.7);
    for (const char* name : {"ECE", "MCE"}) {
        const std::string column = name;
        QVERIFY_NEAR(row[columnOf(table, column + " w/o TS")].value.value(), before, 1e-6);
        QVERIFY_NEAR(row[columnOf(table, column + " w/ TS")].value.value(), after, 1e-4);
        QVERIFY_NEAR(row[columnOf(table, column + " Imp.")].value.value(), before - after, 1e-4);
    }
    QVERIFY_NEAR(row[columnOf(table, "T")].value.value(), 4 / std::log(0.8 / 0.2), 1e-4);
    QCOMPARE(row[columnOf(table, "ECE w/o TS")].text, std::string("28.20")); // 98.2014 - 70
    QCOMPARE(row[columnOf(table, "T")].text, std::string("2.89"));
    QVERIFY(notesOf(table).find("15 equal-width bins") != std::string::npos);
    QVERIFY(notesOf(table).find("bound") == std::string::npos);
}

void TestTables::improvementsOfOneRunHaveIntervals() {
    record::Run run = emptyRun("ft");
    addMargins(run, "validation", "validation", 20, 16, 4);
    addMargins(run, "test", "test", 20, 14, 4);
    const Table table = calibrationTable(std::vector{run}, {.fitOn = "test", .intervals = true});
    const auto& row = table.rows.at(0);
    // One bin: the gap before is |c - a| of a resample's accuracy a, and after the fit on its own rows |0.7 -
    // a|.
    const Cell& cell = row[columnOf(table, "ECE Imp.")];
    QVERIFY_NEAR(row[columnOf(table, "ECE w/ TS")].value.value(), 0, 1e-6);
    QVERIFY2(cell.text.starts_with("28.20 [") && cell.text.ends_with("]"), cell.text.c_str());
    QVERIFY(notesOf(table).find("on the test split") != std::string::npos);
    QVERIFY(notesOf(table).find("Brackets: 95 %") != std::string::npos);
    QVERIFY(notesOf(table).find("FT: T was fitted on the very rows") != std::string::npos);
    // Over seeds the deviation is there, and no bracket.
    record::Run other = run;
    other.seed = 2;
    const Table two = calibrationTable(std::vector{run, other}, {.intervals = true});
    QVERIFY(two.rows.at(0)[columnOf(two, "ECE Imp.")].text.find('[') == std::string::npos);
    QVERIFY(notesOf(two).find("Brackets") == std::string::npos);
}

void TestTables::waysToRecalibrateStandSideBySide() {
    record::Run run = emptyRun("ft");
    addMargins(run, "validation", "validation", 20, 16, 4);
    addMargins(run, "test", "test", 20, 14, 4);
    const Table table = recalibrationTable(std::vector{run}, {}, {.resamples = 50});
    QCOMPARE(table.rows.size(), std::size_t{6}); // none, T, Adam's T, vector scaling, two isotonic
    for (const auto& row : table.rows) {
        QCOMPARE(row.size(), table.columns.size());
    }
    const auto column = [&](const char* name) { return columnOf(table, name); };
    QCOMPARE(table.rows[0][column("ECE change")].text, kDash);
    QCOMPARE(table.rows[0][column("ECE")].text, std::string("28.20"));
    QVERIFY_NEAR(table.rows[1][column("T")].value.value(), 4 / std::log(4.0), 1e-4);
    for (const std::size_t way : {1, 2, 5}) { // all learn that 80 % are right, 10 points above 70 %
        QVERIFY_NEAR(table.rows[way][column("ECE")].value.value(), 10, 0.2);
        QVERIFY(table.rows[way][column("ECE change")].text.starts_with("\u2212"));
        QCOMPARE(table.rows[way][column("Predictions changed")].text, std::string("0"));
    }
    // Every label is class 0: against the rest it is certain, and six predictions become right.
    QCOMPARE(table.rows[4][column("Predictions changed")].text, std::string("6"));
    QVERIFY_NEAR(table.rows[4][column("Accuracy")].value.value(), 100, 1e-9);
    QVERIFY(notesOf(table).find("fitted on the validation split") != std::string::npos);
    QVERIFY(notesOf(table).find("FT, vector scaling: the NLL falls for ever") != std::string::npos);

    record::Run without = emptyRun("ft");
    addMargins(without, "test", "test", 20, 14, 4);
    QVERIFY_THROWS_EXCEPTION(Error, (void)recalibrationTable(std::vector{without}));
    const Table own = recalibrationTable(std::vector{without}, {.fitOn = "test"}, {.resamples = 5});
    QVERIFY(notesOf(own).find("(in-sample)") != std::string::npos);
}

void TestTables::calibrationWithoutValidationHasDashes() {
    record::Run run = emptyRun("ft");
    addMargins(run, "test", "test", 20, 14, 4);
    const Table table = calibrationTable(std::vector{run}, {.binCount = 7});
    const auto& row = table.rows.at(0);
    QVERIFY(row[columnOf(table, "ECE w/o TS")].value.has_value());
    for (const char* column : {"ECE w/ TS", "ECE Imp.", "MCE w/ TS", "MCE Imp.", "T"}) {
        QCOMPARE(row[columnOf(table, column)].text, kDash);
        QVERIFY(!row[columnOf(table, column)].value);
    }
    QVERIFY(notesOf(table).find("7 equal-width bins") != std::string::npos);
}

/// Scaled heads start elsewhere: no mean over both, and a scaled head is not the one before training.
void TestTables::scalesAreGroupsOfTheirOwn() {
    std::vector<record::Run> runs{normRun("ft", 1, 5, 50), normRun("ft", 2, 0.7, 12),
                                  normRun("ft", 3, 0.9, 14)};
    setScale(runs.front(), 10);
    const Table norms = normsTable(runs);
    QCOMPARE(norms.columns, (std::vector<std::string>{"Data", "Pre-trained", "FT", "FT, scale 10"}));
    QVERIFY_NEAR(rowOf(norms, "rte")[1].value.value(), 0.8, 1e-12);
    QVERIFY_NEAR(rowOf(norms, "rte")[2].value.value(), 13, 1e-12);
    QVERIFY_NEAR(rowOf(norms, "rte")[3].value.value(), 50, 1e-12);

    for (record::Run& run : runs) {
        addMargins(run, "test", "test", 4, 2, 1);
    }
    const Table calibration = calibrationTable(runs);
    QCOMPARE(calibration.rows.size(), std::size_t(2));
    QCOMPARE(calibration.rows[1][2].text, std::string("FT, scale 10"));
    QCOMPARE(calibration.rows[0][3].count, std::int64_t(2));

    std::vector<FeatureEntry> entries{entryOf("ft", 0.5, 1), entryOf("ft", 0.5, 3)};
    entries[0].variant.scale = 10;
    runs[0].splits.front().featureWidth = 2;
    const Table features = featuresTable(runs, entries);
    QVERIFY_NEAR(rowOf(features, "FT")[2].value.value(), 3, 1e-12);
    QVERIFY_NEAR(rowOf(features, "FT, scale 10")[2].value.value(), 1, 1e-12);
}

/// A run that says "no" to everything although both classes are there.
void TestTables::collapsedRunsHaveADagger() {
    std::vector<record::Run> runs{normRun("lora", 1, 0.5, 1), normRun("lora", 2, 0.5, 1),
                                  normRun("ft", 1, 0.5, 1)};
    for (std::size_t i = 0; i < runs.size(); ++i) {
        MatrixF logits(3, 2);
        logits << 2, 0, 2, 0, (i == 0 ? 2.0F : 0.0F), 1;
        addSplit(runs[i], "test", "test", tuning(1), logits, {0, 1, 1});
    }
    const auto daggers = [](const Table& table) {
        std::string cells;
        for (const auto& row : table.rows) {
            for (const Cell& cell : row) {
                cells += cell.text.ends_with("\u2020") ? cell.text + ";" : "";
            }
        }
        return cells;
    };
    const Table norms = normsTable(runs);
    QCOMPARE(daggers(norms), std::string("1.00 \u00b1 0 \u2020;"));
    QVERIFY2(notesOf(norms).find("LoRA, seed 1 on test (no)") != std::string::npos, notesOf(norms).c_str());
    QVERIFY(notesOf(norms).find("seed 2 on test") == std::string::npos);
    QCOMPARE(daggers(calibrationTable(runs)), std::string("LoRA \u2020;"));
    QVERIFY(latex(norms).find("$\\dagger$") != std::string::npos);

    runs.erase(runs.begin());
    QCOMPARE(daggers(normsTable(runs)), std::string());
    QVERIFY(notesOf(normsTable(runs)).find("ollapsed") == std::string::npos);
}

void TestTables::namesAreEscapedInLatex() {
    record::Run run = normRun("my_method", 1, 0.5, 814000);
    run.task = "R&D_50%";
    const std::string text = latex(normsTable(std::vector{run}));
    for (const char* part : {"R\\&D\\_50\\%", "my\\_method", "8.14$\\times 10^{5}$"}) {
        QVERIFY2(text.find(part) != std::string::npos, part);
    }
    for (const char* raw : {"R&D", "my_method", "50% "}) {
        QVERIFY2(text.find(raw) == std::string::npos, raw);
    }
}

QTEST_GUILESS_MAIN(TestTables)
#include "test_tables.moc"
