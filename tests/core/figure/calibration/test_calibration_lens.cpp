#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/measures.h"
#include "core/figure/request/figure_kinds.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <QFile>

#include <algorithm>
#include <cmath>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Four rows of two classes: confidences .95 right, .95 wrong, .60 right, .60 right, all predicting "yes".
record::Run handMadeRun(const std::string& method = "ft") {
    record::Run run = emptyRun(method);
    MatrixF logits = MatrixF::Zero(4, 2);
    const double confidences[] = {.95, .95, .6, .6};
    for (Eigen::Index row = 0; row < 4; ++row) {
        logits(row, 1) = static_cast<float>(std::log(confidences[row] / (1 - confidences[row])));
    }
    addSplit(run, "test", "test", tuning(1), logits, {1, 0, 1, 1});
    return run;
}

/// The number in a column of the row that begins with `name`.
double numberOf(const Table& table, const std::string& name, const std::string& column) {
    const auto row =
        std::ranges::find(table.rows, name, [](const auto& cells) { return cells.front().text; });
    const auto place = std::ranges::find(table.columns, column) - table.columns.begin();
    return row == table.rows.end() || place == std::ssize(table.columns)
               ? std::nan("")
               : (*row)[static_cast<std::size_t>(place)].value.value_or(std::nan(""));
}

} // namespace

class TestCalibrationLens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyConventionHasItsRow() {
        const std::vector<record::Run> runs{handMadeRun()};
        const Lens lens = readLens(runs, "", {});
        const Table table = conventionTable(lens.entries, 10);
        QCOMPARE(table.rows.size(), std::size_t{13}); // of two classes five have two
        for (const auto& row : table.rows) {
            QCOMPARE(row.size(), table.columns.size());
            QVERIFY(!row.back().text.empty());
        }
        // |.5 - .95| / 2 + |1 - .6| / 2: no confidence lies on an edge of ten bins but .6, which is
        // float32's.
        QVERIFY_NEAR(numberOf(table, "finescope", "FT ECE"), 42.5, 1e-4);
        QVERIFY_NEAR(numberOf(table, "finescope", "FT MCE"), 45.0, 1e-4);
        // The second class is predicted throughout, so that both ways score the same forecasts.
        QVERIFY_NEAR(numberOf(table, "netcal, second class", "FT ECE"),
                     numberOf(table, "netcal, top label", "FT ECE"), 1e-12);
    }

    void measuresAddUp() {
        const std::vector<record::Run> runs{handMadeRun()};
        const Lens lens = readLens(runs, "", {});
        const Table table = measureTable(lens.entries, 10, {.replicates = 200});
        QVERIFY_NEAR(numberOf(table, "FT", "ECE"), 42.5, 1e-4);
        QVERIFY_NEAR(numberOf(table, "FT", "Over") + numberOf(table, "FT", "Under"),
                     numberOf(table, "FT", "ECE"), 1e-9);
        QVERIFY_NEAR(numberOf(table, "FT", "Over"), 22.5, 1e-4);
        QVERIFY(std::ranges::any_of(table.notes, [](const std::string& note) {
            return note.find("200 draws, seed 1") != std::string::npos;
        }));
    }

    void everyMeasureIsAColumnWithADefinition() {
        QFile page(QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/doc/definitions.md"));
        QVERIFY(page.open(QIODevice::ReadOnly));
        const QByteArray definitions = page.readAll();
        const std::vector<record::Run> runs{handMadeRun(), handMadeRun("lp")};
        const Lens lens = readLens(runs, "", {});
        const Table table = measureTable(lens.entries, 10, {.replicates = 20});
        QCOMPARE(table.columns.size(), 1 + measures().size());
        for (std::size_t i = 0; i < measures().size(); ++i) {
            const Measure& measure = measures()[i];
            QCOMPARE(table.columns[i + 1], std::string(measure.column));
            const std::string heading = "### " + std::string(measure.definition) + "\n";
            QVERIFY2(definitions.contains(heading.c_str()), heading.c_str());
            QVERIFY(measure.note.empty() || table.notes.front().find(measure.note) != std::string::npos);
        }
        for (const auto& row : table.rows) {
            QCOMPARE(row.size(), table.columns.size());
        }
    }

    void drawingTellsHowFarItIs() {
        const std::vector<record::Run> runs{handMadeRun(), handMadeRun("lp")};
        const Lens lens = readLens(runs, "", {});
        std::vector<double> told;
        (void)measureTable(
            lens.entries, 10,
            {.replicates = 200,
             .hooks = {.onProgress = [&](double fraction) { told.push_back(fraction); }, .cancelled = {}}});
        QVERIFY(told.size() > 4 && std::ranges::is_sorted(told));
        QCOMPARE(told.back(), 1.0);
        const analysis::WorkHooks stop{.onProgress = {}, .cancelled = [] { return true; }};
        QVERIFY_THROWS_EXCEPTION(Error, (void)measureTable(lens.entries, 10, {.hooks = stop}));
    }

    void classesAreNamedAndCounted() {
        const std::vector<record::Run> runs{handMadeRun()};
        const Lens lens = readLens(runs, "", {});
        const Table table = classTable(lens.entries);
        QCOMPARE(table.rows.size(), std::size_t{2});
        QCOMPARE(table.rows[0][1].text, std::string("no"));
        QCOMPARE(table.rows[1][1].text, std::string("yes"));
        QCOMPARE(table.rows[1][2].value, 3.0); // labelled yes
        QCOMPARE(table.rows[1][3].value, 4.0); // predicted yes
        QVERIFY_NEAR(table.rows[1][4].value.value(), 77.5, 1e-4);
        QVERIFY_NEAR(table.rows[0][4].value.value(), 22.5, 1e-4);
    }

    void theWorstBinNamesItsRows() {
        const std::vector<record::Run> runs{handMadeRun()};
        const Lens lens = readLens(runs, "", {});
        const Table table = worstBinTable(lens.entries, 10);
        QVERIFY_NEAR(numberOf(table, "FT", "MCE"), 45.0, 1e-4);
        QCOMPARE(numberOf(table, "FT", "n"), 2.0);
        QCOMPARE(table.rows[0].back().text, std::string("0, 1"));
        QVERIFY_NEAR(numberOf(table, "FT", "Accuracy"), 50.0, 1e-9);
    }

    void binStabilityMarksTheNumberOfBins() {
        std::vector<record::Run> runs{handMadeRun(), handMadeRun("lp")};
        FigureRequest request;
        request.kind = "bin-stability";
        request.bins = 20;
        const Figure figure = buildFigure(request, runs);
        QCOMPARE(figure.panels.size(), std::size_t{1});
        const Panel& panel = figure.panels.front();
        QCOMPARE(panel.curves.size(), std::size_t{2});
        QCOMPARE(panel.curves.front().name, std::string("LP"));
        QCOMPARE(panel.curves.front().x.front(), 5.0);
        QCOMPARE(panel.curves.front().x.back(), 50.0);
        QVERIFY_NEAR(panel.curves.front().y[10 - 5], .425, 1e-6);
        QCOMPARE(panel.references.front().at, 20.0);
    }

    void theTemperatureIsTheOneChosen() {
        std::vector<record::Run> runs{handMadeRun()};
        const Lens hot = readLens(runs, "", {.value = 4});
        const MatrixD probabilities = analysis::softmax(hot.data.front().logits, 4);
        const Table table = classTable(hot.entries);
        QVERIFY_NEAR(table.rows[1][4].value.value(), 100 * probabilities.col(1).mean(), 1e-9);
        QVERIFY_THROWS_EXCEPTION(Error, (void)readLens(runs, "", {.fitted = true}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)readLens(runs, "nowhere", {}));
    }
};

QTEST_GUILESS_MAIN(TestCalibrationLens)
#include "test_calibration_lens.moc"
