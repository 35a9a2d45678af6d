#include "core/figure/calibration/calibration_table.h"

#include "core/analysis/calibration/paired_bootstrap.h"
#include "core/figure/calibration/calibration_notes.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/chart/collapse.h"
#include "core/figure/chart/grouped_runs.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/label/dataset.h"
#include "core/figure/number_text.h"
#include "core/figure/problems.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace finescope::figure {

namespace {

/// Calibration of the runs of one method on one split.
struct CalibrationSamples {
    std::vector<double> eceBefore, eceAfter, eceGain, mceBefore, mceAfter, mceGain, temperature;
    std::optional<analysis::RecalibrationChange> change; ///< of the last run
    std::set<std::string> fittedOn;
    std::vector<std::pair<std::string, std::string>> cautions; ///< by method
};

CalibrationSamples calibrationSamples(std::span<const record::Run> runs,
                                      const std::vector<std::size_t>& indices, const std::string& split,
                                      const std::string& name, const TableOptions& options,
                                      Problems& problems) {
    CalibrationSamples samples;
    const int binCount = options.binCount;
    for (const std::size_t index : indices) {
        const record::SplitInfo* info = runs[index].split(split);
        if (info == nullptr || info->logitKeys.empty()) {
            continue;
        }
        analysis::CalibrationData data;
        if (!attempt(runs[index], &problems, [&] {
                data = analysis::readCalibration(runs[index], split, std::nullopt, options.fitOn);
            })) {
            continue;
        }
        const auto before = analysis::reliability(data.logits, data.labels, 1.0, binCount);
        samples.eceBefore.push_back(100 * before.ece);
        samples.mceBefore.push_back(100 * before.mce);
        if (data.fitted) {
            const auto after = analysis::reliability(data.logits, data.labels, data.fitted->value, binCount);
            samples.eceAfter.push_back(100 * after.ece);
            samples.mceAfter.push_back(100 * after.mce);
            samples.eceGain.push_back(100 * (before.ece - after.ece));
            samples.mceGain.push_back(100 * (before.mce - after.mce));
            samples.temperature.push_back(data.fitted->value);
            samples.fittedOn.insert(data.fittedOn);
            samples.cautions.emplace_back(name, fitCaution(data));
            if (options.intervals && indices.size() == 1) {
                samples.change = analysis::recalibrationChange(
                    analysis::rowScores(data.logits, data.labels),
                    analysis::rowScores(data.logits, data.labels, data.fitted->value), binCount);
            }
        }
    }
    return samples;
}

/// "16.03 [12.10, 19.95]": an improvement in percentage points with its interval.
void addInterval(Cell& cell, const analysis::NumberChange& change) {
    cell.text += " [" + fixed(-100 * change.high, 2) + ", " + fixed(-100 * change.low, 2) + "]";
    cell.interval = Range{-100 * change.high, -100 * change.low};
}

std::vector<std::string> calibrationSplits(std::span<const record::Run> runs, const Dataset& dataset,
                                           const TableOptions& options) {
    if (!options.splits.empty()) {
        return splitsOf(runs, dataset, options.splits,
                        [](const record::SplitInfo& split) { return !split.logitKeys.empty(); });
    }
    for (const record::Run& run : runs) {
        if (const auto* split =
                datasetOf(run) == dataset ? analysis::defaultCalibrationSplit(run) : nullptr) {
            return {split->name};
        }
    }
    return {};
}

} // namespace

Table calibrationTable(std::span<const record::Run> runs, const TableOptions& options) {
    Table table{
        .kind = "calibration",
        .caption = "Calibration without and with temperature scaling, in percent; Imp. in percentage points.",
        .columns = {"Data", "Split", "Method", "ECE w/o TS", "ECE w/ TS", "ECE Imp.", "MCE w/o TS",
                    "MCE w/ TS", "MCE Imp.", "T"}};
    const GroupedRuns set(runs);
    Problems problems;
    const std::vector<Collapse> collapsedRuns = collapses(runs, &problems);
    bool anyInterval = false;
    std::set<std::string> fittedOn;
    std::vector<std::pair<std::string, std::string>> cautions;
    for (const Dataset& dataset : set.datasets()) {
        for (const std::string& split : calibrationSplits(runs, dataset, options)) {
            for (const Variant& variant : set.variants()) {
                const std::vector<std::size_t> members = set.members(dataset, variant);
                const auto samples =
                    calibrationSamples(runs, members, split, variantName(variant), options, problems);
                if (samples.eceBefore.empty()) {
                    continue;
                }
                std::vector<Cell>& row = table.rows.emplace_back();
                row = {textCell(datasetName(dataset, set.datasets())), textCell(split),
                       textCell(variantName(variant))};
                row.back().collapsed = std::ranges::any_of(
                    members, [&](std::size_t index) { return collapsed(collapsedRuns, index, split); });
                for (const auto* sample : {&samples.eceBefore, &samples.eceAfter, &samples.eceGain,
                                           &samples.mceBefore, &samples.mceAfter, &samples.mceGain}) {
                    row.push_back(cellOf(*sample, hundredths(2)));
                }
                row.push_back(cellOf(samples.temperature, significantDigits(3)));
                if (samples.change) {
                    addInterval(row[5], samples.change->ece);
                    addInterval(row[8], samples.change->mce);
                    anyInterval = true;
                }
                fittedOn.insert(samples.fittedOn.begin(), samples.fittedOn.end());
                std::ranges::copy(samples.cautions, std::back_inserter(cautions));
            }
        }
    }
    sayCounts(table);
    std::string splits;
    for (const std::string& split : fittedOn) {
        splits += (splits.empty() ? "" : " or ") + split;
    }
    table.notes.push_back(std::to_string(options.binCount) +
                          " equal-width bins (low, high]; temperature: minimum of the NLL on the " +
                          (splits.empty() ? "validation" : splits) + " split.");
    if (anyInterval) {
        table.notes.emplace_back(
            "Brackets: 95 % percentile bootstrap interval over the rows of the split, the "
            "same rows without and with TS, 1000 resamples, seed 1.");
    }
    std::ranges::move(cautionSentences(cautions), std::back_inserter(table.notes));
    markCollapses(table, runs, collapsedRuns);
    tell(table, problems);
    return table;
}

} // namespace finescope::figure
