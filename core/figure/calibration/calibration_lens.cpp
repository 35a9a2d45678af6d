#include "core/figure/calibration/calibration_lens.h"

#include "core/analysis/calibration/calibration_conventions.h"
#include "core/analysis/calibration/calibration_error.h"
#include "core/analysis/calibration/forecasts.h"
#include "core/analysis/calibration/softmax.h"
#include "core/figure/calibration/calibration_notes.h"
#include "core/figure/calibration/measures.h"
#include "core/figure/chart/change_cells.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/label/class_name.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

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

Cell countCell(std::int64_t count) {
    Cell cell = textCell(std::to_string(count));
    cell.value = static_cast<double>(count);
    return cell;
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
            analysis::CalibrationData read = analysis::readCalibration(runs[index], split, key, fitOn);
            const double t = chosenTemperature(runs[index], read, temperature);
            const analysis::CalibrationData& data = lens.data.emplace_back(std::move(read));
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
        analysis::PairedBootstrapOptions ofRun = bootstrap;
        ofRun.hooks = equalPart(bootstrap.hooks, table.rows.size(), entries.size());
        if (entry.data->fitted && entry.data->fitted->value == entry.temperature) {
            cautions.emplace_back(entry.name, fitCaution(*entry.data));
        }
        const auto at = [&entry](double temperature) {
            return analysis::rowScores(entry.data->logits, entry.data->labels, temperature);
        };
        const analysis::RecalibrationChange changes =
            analysis::recalibrationChange(at(1), at(entry.temperature), binCount, ofRun);
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
    const auto hasTwoClasses = [](const LensEntry& entry) { return entry.data->logits.cols() == 2; };
    const bool anyOfTwo = std::ranges::any_of(entries, hasTwoClasses);
    std::vector<analysis::Forecasts> top, second; // of each entry; of more classes than two no second
    for (const LensEntry& entry : entries) {
        table.columns.insert(table.columns.end(), {entry.name + " ECE", entry.name + " MCE"});
        top.push_back(forecastsOf(entry));
        second.push_back(
            hasTwoClasses(entry)
                ? analysis::classForecasts(entry.data->logits, entry.data->labels, 1, entry.temperature)
                : analysis::Forecasts{});
    }
    table.columns.emplace_back("At the edges");
    const auto addRow = [&](analysis::Convention convention, const std::string& what,
                            const std::vector<analysis::Forecasts>& forecasts) {
        std::vector<Cell> cells{textCell(std::string(nameOf(convention)) + what)};
        std::string edges;
        for (const analysis::Forecasts& ofEntry : forecasts) {
            if (ofEntry.size() == 0) {
                cells.insert(cells.end(), 2, blankCell());
                continue;
            }
            const analysis::ConventionError error = analysis::errorUnder(convention, ofEntry, binCount);
            edges = error.edges;
            cells.push_back(percentCell(error.ece));
            cells.push_back(error.mce ? percentCell(*error.mce) : blankCell());
        }
        cells.push_back(textCell(edges));
        table.rows.push_back(std::move(cells));
    };
    for (const analysis::Convention convention : analysis::allConventions()) {
        const bool twoWays = anyOfTwo && hasBinaryForm(convention);
        addRow(convention, twoWays ? ", top label" : "", top);
        if (twoWays) {
            addRow(convention, ", second class", second);
        }
    }
    sayWhere(table, entries);
    if (anyOfTwo) {
        table.notes.emplace_back(
            "Second class: what these tools say of two classes when they are given the probability of the "
            "second one, whatever is predicted; netcal takes it by itself from two columns.");
    }
    return table;
}

Table measureTable(std::span<const LensEntry> entries, int binCount, const analysis::Resampling& resampling) {
    Table table{.kind = "calibration-measures",
                .caption = "Calibration errors in percent, " + std::to_string(binCount) + " bins.",
                .columns = {"Run"}};
    std::string notes;
    for (const Measure& measure : measures()) {
        table.columns.emplace_back(measure.column);
        if (!measure.note.empty()) {
            notes += (notes.empty() ? "" : " ") + std::string(measure.note);
        }
    }
    const auto drawing = static_cast<std::size_t>(std::ranges::count_if(measures(), &Measure::draws));
    for (const LensEntry& entry : entries) {
        const analysis::WorkHooks ofRun = equalPart(resampling.hooks, table.rows.size(), entries.size());
        const Measured of = measured(entry.data->logits, entry.data->labels, entry.temperature, binCount);
        std::vector<Cell> row{textCell(entry.name)};
        std::size_t drawn = 0;
        for (const Measure& measure : measures()) {
            analysis::Resampling draws = resampling;
            draws.hooks = measure.draws ? equalPart(ofRun, drawn++, drawing) : analysis::WorkHooks{};
            row.push_back(measure.cell(of, draws));
        }
        table.rows.push_back(std::move(row));
    }
    table.notes.push_back(std::move(notes));
    table.notes.push_back("Intervals: " + std::to_string(resampling.replicates) + " draws, seed " +
                          std::to_string(resampling.seed) + ".");
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
        const std::vector<std::string> names = classNames(entry.data->classNames, entry.data->logits.cols());
        for (std::size_t index = 0; index < classes.classes.size(); ++index) {
            const analysis::ClassCalibration& one = classes.classes[index];
            double sum = 0, rows = 0;
            for (const analysis::ReliabilityBin& bin : one.bins) {
                sum += bin.meanConfidence * static_cast<double>(bin.count);
                rows += static_cast<double>(bin.count);
            }
            table.rows.push_back({textCell(entry.name), textCell(names[index]), countCell(one.rows),
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
