#include "core/figure/calibration/recalibration_table.h"

#include "core/error.h"
#include "core/figure/calibration/calibration_notes.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/chart/change_cells.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"
#include "core/figure/problems.h"

#include <array>
#include <cmath>
#include <iterator>
#include <set>

namespace finescope::figure {

namespace {

using analysis::NumberChange;
using analysis::Recalibrated;
using analysis::Recalibrator;

constexpr std::array kWays{
    Recalibrator::none,          Recalibrator::temperature, Recalibrator::adamTemperature,
    Recalibrator::vectorScaling, Recalibrator::isotonic,    Recalibrator::topLabelIsotonic};

std::vector<Cell> rowOf(const std::string& run, const std::string& split, const Recalibrated& result) {
    std::vector<Cell> row{textCell(run), textCell(split), textCell(nameOf(result.recalibrator)),
                          result.temperature ? textCell(significant(*result.temperature, 4)) : blankCell()};
    row.back().value = result.temperature;
    for (const ChangingNumber& number : changingNumbers()) {
        const NumberChange& change = result.change.*number.change;
        row.push_back(valueCell(change.after, number));
        row.push_back(result.recalibrator == Recalibrator::none ? blankCell() : changeCell(change, number));
    }
    row.push_back(textCell(std::to_string(result.changedPredictions)));
    row.back().value = static_cast<double>(result.changedPredictions);
    return row;
}

std::string cautionOf(const Recalibrated& result) {
    std::string text = result.caution;
    if (result.impossibleLabels > 0) {
        text += (text.empty() ? "" : "; ") + std::to_string(result.impossibleLabels) +
                (result.impossibleLabels == 1 ? " row has a label" : " rows have labels") +
                " of probability 0, so that the NLL is infinite";
    }
    return text;
}

} // namespace

Table recalibrationTable(std::span<const record::Run> runs, const TableOptions& options,
                         const analysis::PairedBootstrapOptions& bootstrap) {
    Table table{.kind = "recalibration",
                .caption =
                    "Ways to recalibrate; ECE, MCE and accuracy in percent. Changes are against T = 1.",
                .columns = {"Run", "Split", "Recalibration", "T"}};
    for (const ChangingNumber& number : changingNumbers()) {
        table.columns.emplace_back(number.name);
        table.columns.push_back(std::string(number.name) + " change");
    }
    table.columns.emplace_back("Predictions changed");
    const std::vector<RunLabel> labels = labelRuns(runs);
    Problems problems;
    std::set<std::string> fittedOn;
    std::vector<std::pair<std::string, std::string>> cautions;
    std::size_t done = 0;
    for (const std::size_t index : legendOrder(runs)) {
        const record::Run& run = runs[index];
        analysis::PairedBootstrapOptions ofRun = bootstrap;
        ofRun.hooks = equalPart(bootstrap.hooks, done++, runs.size());
        attempt(run, &problems, [&] {
            const analysis::CalibrationData data = analysis::readCalibration(
                run, options.splits.empty() ? "" : options.splits.front(), options.epoch);
            const auto fit = analysis::readFitSplit(run, options.fitOn, data.key);
            if (!fit) {
                throw Error(ErrorKind::badInput,
                            run.file.string() + ": no validation split with logits to recalibrate on; choose "
                                                "another split to fit on (--fit-on)");
            }
            fittedOn.insert(fit->split);
            if (fit->split == data.split) {
                cautions.emplace_back(labels[index].name, "fitted on the very rows that are shown, the " +
                                                              data.split +
                                                              " split (in-sample), which flatters every way");
            }
            for (const Recalibrated& result :
                 analysis::recalibrate(kWays, {fit->logits, fit->labels}, {data.logits, data.labels},
                                       {.binCount = options.binCount, .bootstrap = ofRun})) {
                table.rows.push_back(rowOf(labels[index].name, data.split, result));
                cautions.emplace_back(labels[index].name + ", " + nameOf(result.recalibrator),
                                      cautionOf(result));
            }
        });
    }
    std::string splits;
    for (const std::string& split : fittedOn) {
        splits += (splits.empty() ? "" : " or ") + split;
    }
    table.notes = {
        std::to_string(options.binCount) + " equal-width bins (low, high]; fitted on the " + splits +
            " split; Brier score summed over classes.",
        changeNote(bootstrap),
        "Temperature: the exact minimum of the NLL; Adam: learning rate 0.001 from T = 1, at most 100000 "
        "steps, early stopping after 10. Vector scaling: a factor and an offset per class, minimum of the "
        "NLL. "
        "Isotonic, class against rest: as scikit-learn's CalibratedClassifierCV and netcal; top label: of "
        "the "
        "confidence alone, so that predictions stay."};
    std::ranges::move(cautionSentences(cautions), std::back_inserter(table.notes));
    if (table.rows.empty() && !problems.empty()) {
        problems.raise();
    }
    tell(table, problems);
    return table;
}

} // namespace finescope::figure
