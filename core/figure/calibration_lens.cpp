#include "core/figure/calibration_lens.h"

#include "core/analysis/calibration_conventions.h"
#include "core/analysis/calibration_error.h"
#include "core/analysis/forecasts.h"
#include "core/analysis/smooth_calibration.h"
#include "core/analysis/softmax.h"
#include "core/figure/calibration_notes.h"
#include "core/figure/change_cells.h"
#include "core/figure/number_text.h"
#include "core/figure/run_style.h"
#include "core/figure/table_cells.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace finescope::figure {

namespace {

constexpr int kFewestBins = 5, kMostBins = 50;
constexpr std::size_t kRowsNamed = 20;

analysis::Forecasts forecastsOf(const LensEntry& entry) {
    return analysis::topLabelForecasts(entry.data->logits, entry.data->labels, entry.temperature);
}

Cell percentCell(double fraction) {
    if (std::isnan(fraction)) {
        return blankCell();
    }
    Cell cell = textCell(fixed(100 * fraction, 2));
    cell.value = 100 * fraction;
    return cell;
}

Cell countCell(std::int64_t count) {
    Cell cell = textCell(std::to_string(count));
    cell.value = static_cast<double>(count);
    return cell;
}

Cell intervalCell(const analysis::Interval& of) {
    return {.text = "[" + fixed(100 * of.low, 2) + ", " + fixed(100 * of.high, 2) + "]",
            .interval = Range{100 * of.low, 100 * of.high}};
}

/// The edges of a bin.
Cell binCell(const analysis::ReliabilityBin& bin) {
    return {.text = "(" + fixed(100 * bin.low, 1) + ", " + fixed(100 * bin.high, 1) + "]",
            .interval = Range{100 * bin.low, 100 * bin.high}};
}

/// Says where the numbers are from, as notes: one line if all runs agree.
void sayWhere(Table& table, std::span<const LensEntry> entries) {
    for (const LensEntry& entry : entries) {
        const std::string note = (entries.size() > 1 ? entry.name + ": " : std::string{}) +
                                 entry.data->split + ", n = " + std::to_string(entry.data->labels.size()) +
                                 ", T = " + significant(entry.temperature, 4) + ".";
        table.notes.push_back(note);
    }
}

} // namespace

Lens readLens(std::span<const record::Run> runs, const std::string& split,
              const TemperatureChoice& temperature, std::optional<record::EpochKey> key,
              const std::string& fitOn, Problems* problems) {
    const std::vector<RunLabel> labels = labelRuns(runs);
    Lens lens;
    lens.data.reserve(runs.size()); // entries point into it
    for (const std::size_t index : legendOrder(runs)) {
        attempt(runs[index], problems, [&] {
            CalibrationData read = readCalibration(runs[index], split, key, fitOn);
            const double t = chosenTemperature(runs[index], read, temperature);
            const CalibrationData& data = lens.data.emplace_back(std::move(read));
            lens.entries.push_back(
                {.name = labels[index].name, .style = labels[index].style, .data = &data, .temperature = t});
        });
    }
    return lens;
}

Table beforeAfterTable(std::span<const LensEntry> entries, int binCount,
                       const analysis::PairedBootstrapOptions& bootstrap) {
    Table table{.kind = "before-after",
                .caption = "Calibration at T = 1 and at another temperature, " + std::to_string(binCount) +
                           " bins of equal width; ECE, MCE and accuracy in percent.",
                .columns = {"Run", "T"}};
    for (const ChangingNumber& number : changingNumbers()) {
        for (const char* what : {" before", " after", " change"}) {
            table.columns.push_back(std::string(number.name) + what);
        }
    }
    std::vector<std::pair<std::string, std::string>> cautions;
    for (const LensEntry& entry : entries) {
        if (entry.data->fitted && entry.data->fitted->value == entry.temperature) {
            cautions.emplace_back(entry.name, fitCaution(*entry.data));
        }
        const auto at = [&entry](double temperature) {
            return analysis::rowScores(entry.data->logits, entry.data->labels, temperature);
        };
        const analysis::RecalibrationChange changes =
            analysis::recalibrationChange(at(1), at(entry.temperature), binCount, bootstrap);
        std::vector<Cell> row{textCell(entry.name), textCell(significant(entry.temperature, 4))};
        row.back().value = entry.temperature;
        for (const ChangingNumber& number : changingNumbers()) {
            const analysis::NumberChange& change = changes.*number.change;
            row.push_back(valueCell(change.before, number));
            row.push_back(valueCell(change.after, number));
            row.push_back(changeCell(change, number));
        }
        table.rows.push_back(std::move(row));
    }
    table.notes.push_back(changeNote(bootstrap));
    std::ranges::move(cautionSentences(cautions), std::back_inserter(table.notes));
    sayWhere(table, entries);
    return table;
}

Table conventionTable(std::span<const LensEntry> entries, int binCount) {
    Table table{.kind = "conventions",
                .caption = "The same predictions under every convention: ECE and MCE in percent, " +
                           std::to_string(binCount) + " bins of equal width.",
                .columns = {"Convention"}};
    std::vector<std::string> edges;
    for (const LensEntry& entry : entries) {
        const auto errors = analysis::errorUnderEachConvention(forecastsOf(entry), binCount);
        table.rows.resize(errors.size());
        edges.resize(errors.size());
        for (std::size_t row = 0; row < errors.size(); ++row) {
            std::vector<Cell>& cells = table.rows[row];
            if (cells.empty()) {
                cells.push_back(textCell(std::string(errors[row].name)));
                edges[row] = errors[row].edges;
            }
            cells.push_back(percentCell(errors[row].ece));
            cells.push_back(errors[row].mce ? percentCell(*errors[row].mce) : blankCell());
        }
    }
    for (std::size_t row = 0; row < edges.size(); ++row) {
        table.rows[row].push_back(textCell(edges[row]));
    }
    for (const LensEntry& entry : entries) {
        table.columns.insert(table.columns.end(), {entry.name + " ECE", entry.name + " MCE"});
    }
    table.columns.emplace_back("At the edges");
    sayWhere(table, entries);
    return table;
}

Table measureTable(std::span<const LensEntry> entries, int binCount, const analysis::Resampling& resampling) {
    Table table{.kind = "calibration-measures",
                .caption = "Calibration errors in percent, " + std::to_string(binCount) + " bins.",
                .columns = {"Run", "ECE", "95 % bootstrap", "If calibrated", "Over", "Under", "Equal mass",
                            "Class-wise", "Smooth", "L2 debiased"}};
    const analysis::ConfidenceBins bins(binCount);
    for (const LensEntry& entry : entries) {
        const analysis::Forecasts forecasts = forecastsOf(entry);
        const std::vector<analysis::ReliabilityBin> equalWidth = analysis::binForecasts(forecasts, bins);
        const std::vector<analysis::ReliabilityBin> equalMass = analysis::binForecasts(
            forecasts, analysis::ConfidenceBins::equalMass(forecasts.confidence, binCount));
        const analysis::ConfidenceSplit split = analysis::confidenceSplit(equalWidth);
        table.rows.push_back(
            {textCell(entry.name), percentCell(analysis::calibrationError(equalWidth).ece),
             intervalCell(analysis::bootstrapBand(forecasts, bins, resampling).ece.interval),
             intervalCell(analysis::consistencyBand(forecasts, bins, resampling).ece.interval),
             percentCell(split.over), percentCell(split.under),
             percentCell(analysis::calibrationError(equalMass).ece),
             percentCell(analysis::classWiseCalibration(entry.data->logits, entry.data->labels,
                                                        entry.temperature, binCount)
                             .ece),
             percentCell(analysis::smoothCalibration(forecasts).error),
             percentCell(analysis::debiasedL2(equalMass))});
    }
    table.notes.push_back("If calibrated: where the ECE of a calibrated model with the same confidences lies "
                          "in 95 % of draws; an ECE inside is no evidence of miscalibration.");
    table.notes.push_back("Intervals: " + std::to_string(resampling.replicates) + " draws, seed " +
                          std::to_string(resampling.seed) +
                          ". Over, under: the parts of ECE from bins that are too confident, and not "
                          "confident enough. L2 debiased: in bins of equal mass.");
    sayWhere(table, entries);
    return table;
}

Table classTable(std::span<const LensEntry> entries, int binCount) {
    Table table{.kind = "calibration-classes",
                .caption = "Calibration of each class against the others, in percent, " +
                           std::to_string(binCount) + " bins of equal width.",
                .columns = {"Run", "Class", "Rows", "Predicted", "Mean probability", "ECE"}};
    for (const LensEntry& entry : entries) {
        const analysis::ClassWiseCalibration classes = analysis::classWiseCalibration(
            entry.data->logits, entry.data->labels, entry.temperature, binCount);
        const Labels predicted = analysis::argmax(entry.data->logits);
        for (std::size_t index = 0; index < classes.classes.size(); ++index) {
            const analysis::ClassCalibration& one = classes.classes[index];
            double sum = 0, rows = 0;
            for (const analysis::ReliabilityBin& bin : one.bins) {
                sum += bin.meanConfidence * static_cast<double>(bin.count);
                rows += static_cast<double>(bin.count);
            }
            table.rows.push_back({textCell(entry.name), textCell(entry.data->classNames[index]),
                                  countCell(one.rows),
                                  countCell(std::ranges::count(predicted, static_cast<std::int64_t>(index))),
                                  percentCell(sum / rows), percentCell(one.ece)});
        }
    }
    sayWhere(table, entries);
    return table;
}

Table worstBinTable(std::span<const LensEntry> entries, int binCount) {
    Table table{.kind = "worst-bin",
                .caption = "The bin that makes the MCE; percent.",
                .columns = {"Run", "MCE", "Bin", "n", "Accuracy", "Mean confidence", "Rows"}};
    for (const LensEntry& entry : entries) {
        const analysis::WorstBin worst =
            analysis::worstBin(forecastsOf(entry), analysis::ConfidenceBins(binCount));
        std::string rows;
        for (std::size_t i = 0; i < std::min(kRowsNamed, worst.rows.size()); ++i) {
            rows += (i > 0 ? ", " : "") + std::to_string(worst.rows[i]);
        }
        if (worst.rows.size() > kRowsNamed) {
            rows += ", \u2026";
        }
        table.rows.push_back({textCell(entry.name), percentCell(std::abs(worst.bin.gap())),
                              binCell(worst.bin), countCell(worst.bin.count), percentCell(worst.bin.accuracy),
                              percentCell(worst.bin.meanConfidence), textCell(rows)});
    }
    table.notes.emplace_back("Rows are counted from 0 in the order of the split.");
    sayWhere(table, entries);
    return table;
}

Figure binStabilityFigure(std::span<const LensEntry> entries, int binCount) {
    Figure figure;
    figure.kind = "bin-stability";
    figure.title = "ECE over the number of bins";
    figure.altText = "Expected calibration error over the number of equal-width bins.";
    Panel panel;
    panel.x = {.label = "number of equal-width bins"};
    panel.y = {.label = "ECE", .ticks = TickStyle::percent};
    panel.legend = Legend::below;
    double largest = 0;
    for (const LensEntry& entry : entries) {
        Line line{.name = entry.name, .x = {}, .y = {}, .style = entry.style};
        for (const analysis::BinCountError& error :
             analysis::errorByBinCount(forecastsOf(entry), kFewestBins, kMostBins)) {
            line.x.push_back(error.binCount);
            line.y.push_back(error.ece);
            largest = std::max(largest, error.ece);
        }
        panel.curves.push_back(std::move(line));
    }
    ReferenceLine chosen;
    chosen.at = static_cast<double>(binCount);
    chosen.label = std::to_string(binCount);
    chosen.style.role = "reference";
    panel.references.push_back(std::move(chosen));
    if (largest > 0) {
        panel.y.range = Range{0, std::min(1.0, 1.1 * largest)}; // runs are compared by their distance from 0
    }
    if (entries.empty()) {
        panel.emptyText = "No runs with logits chosen.";
    }
    figure.panels.push_back(std::move(panel));
    figure.notes = {"Equal-width bins (low, high] on the confidence of the predicted class; the line is at " +
                    std::to_string(binCount) + " bins."};
    return figure;
}

} // namespace finescope::figure
