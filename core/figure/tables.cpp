#include "core/figure/tables.h"

#include "core/analysis/paired_bootstrap.h"
#include "core/figure/calibration_notes.h"
#include "core/figure/calibration_view.h"
#include "core/figure/classifier_norms.h"
#include "core/figure/collapse.h"
#include "core/figure/dataset.h"
#include "core/figure/number_text.h"
#include "core/figure/run_style.h"
#include "core/figure/table_cells.h"
#include "core/figure/variant.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>

namespace finescope::figure {

namespace {

using record::Run;

/// A set of runs with what tables group them by, found out once.
class Grouped {
public:
    explicit Grouped(std::span<const Run> set)
        : runs(set), datasets(datasetsOf(set)), variants(variantsOf(set)), m_order(legendOrder(set)),
          m_variantOf(variantOfEach(set)) {}

    /// Indices into `runs`, by seed.
    [[nodiscard]] std::vector<std::size_t> members(const Dataset& dataset, const Variant& variant) const {
        std::vector<std::size_t> found;
        std::ranges::copy_if(m_order, std::back_inserter(found), [&](std::size_t index) {
            return datasetOf(runs[index]) == dataset && m_variantOf[index] == variant;
        });
        return found;
    }

    /// The head before any training of each seed: methods of one seed begin with the same one. A run that
    /// scales it without probing first does not hold it.
    [[nodiscard]] std::vector<double> initialNorms(const Dataset& dataset, Problems& problems) const {
        std::map<std::int64_t, double> bySeed;
        for (const std::size_t index : m_order) {
            const Run& run = runs[index];
            if (datasetOf(run) != dataset) {
                continue;
            }
            const auto norm = usableWeightNorms(run, problems).initial;
            if (norm && (m_variantOf[index].scale == 1 || beginsWithProbing(run))) {
                bySeed.emplace(run.seed, *norm);
            }
        }
        std::vector<double> sample;
        for (const auto& [seed, norm] : bySeed) {
            sample.push_back(norm);
        }
        return sample;
    }

    std::span<const Run> runs;
    std::vector<Dataset> datasets;
    std::vector<Variant> variants;

private:
    static bool beginsWithProbing(const Run& run) {
        return !run.epochs.keys.empty() && run.epochs.keys.front().stage == record::Stage::linearProbing;
    }

    std::vector<std::size_t> m_order;
    std::vector<Variant> m_variantOf;
};

struct FeatureNumber {
    const char* column;
    std::function<std::optional<double>(const FeatureEntry&)> pretrained, final;
    Format format;
};

std::vector<FeatureNumber> featureNumbers() {
    const auto ratio = [](const std::optional<analysis::FisherRatio>& fisher) {
        return fisher ? std::optional(fisher->value) : std::nullopt;
    };
    return {
        {"CS", [](const FeatureEntry& entry) { return entry.numbers.cosinePretrained; },
         [](const FeatureEntry& entry) { return entry.numbers.cosineFinal; }, hundredths(3)},
        {"Diff", [](const FeatureEntry&) { return std::optional<double>{}; },
         // Probing leaves the features alone: the paper's dash rather than a zero.
         [](const FeatureEntry& entry) {
             return entry.numbers.difference && *entry.numbers.difference > 0 ? entry.numbers.difference
                                                                              : std::nullopt;
         },
         significantDigits(3)},
        {"FDR", [ratio](const FeatureEntry& entry) { return ratio(entry.numbers.fisherPretrained); },
         [ratio](const FeatureEntry& entry) { return ratio(entry.numbers.fisherFinal); },
         significantDigits(3)},
    };
}

/// The numbers of a cell, and whether a run behind them collapsed.
struct Sample {
    std::vector<double> values;
    bool collapsed = false;
};

Cell sampleCell(const Sample& sample, const Format& format) {
    Cell cell = cellOf(sample.values, format);
    cell.collapsed = sample.collapsed;
    return cell;
}

Sample sampleOf(std::span<const FeatureEntry> entries, const Dataset& dataset, const std::string& split,
                const Variant& variant, const FeatureNumber& number,
                std::span<const Collapse> collapsedRuns) {
    Sample sample;
    for (const FeatureEntry& entry : entries) {
        if (entry.split != split || Dataset{entry.task, entry.model} != dataset) {
            continue;
        }
        if (variant.method == "pretrained") {
            // The same features whatever was done with them: one value, not one per run.
            if (const auto value = number.pretrained(entry); value && sample.values.empty()) {
                sample.values.push_back(*value);
            }
        } else if (const auto value = number.final(entry); value && entry.variant == variant) {
            sample.values.push_back(*value);
            sample.collapsed |= collapsed(collapsedRuns, entry.run, split);
        }
    }
    return sample;
}

/// The norm before training for the variant "pretrained", else after it.
Sample normSample(const Grouped& set, const Dataset& dataset, const Variant& variant,
                  std::span<const Collapse> collapsedRuns, Problems& problems) {
    if (variant.method == "pretrained") {
        return {.values = set.initialNorms(dataset, problems)};
    }
    Sample sample;
    for (const std::size_t index : set.members(dataset, variant)) {
        if (const auto norm = usableWeightNorms(set.runs[index], problems).reported) {
            sample.values.push_back(*norm);
            sample.collapsed |= collapsed(collapsedRuns, index);
        }
    }
    return sample;
}

std::vector<Variant> withPretrained(std::vector<Variant> variants) {
    const Variant pretrained{.method = "pretrained"};
    if (std::ranges::find(variants, pretrained) == variants.end()) {
        variants.insert(variants.begin(), pretrained);
    }
    return variants;
}

/// Calibration of the runs of one method on one split.
struct CalibrationSamples {
    std::vector<double> eceBefore, eceAfter, eceGain, mceBefore, mceAfter, mceGain, temperature;
    std::optional<analysis::RecalibrationChange> change; ///< of the last run
    std::set<std::string> fittedOn;
    std::vector<std::pair<std::string, std::string>> cautions; ///< by method
};

CalibrationSamples calibrationSamples(std::span<const Run> runs, const std::vector<std::size_t>& indices,
                                      const std::string& split, const std::string& name,
                                      const TableOptions& options, Problems& problems) {
    CalibrationSamples samples;
    const int binCount = options.binCount;
    for (const std::size_t index : indices) {
        const record::SplitInfo* info = runs[index].split(split);
        if (info == nullptr || info->logitKeys.empty()) {
            continue;
        }
        CalibrationData data;
        if (!attempt(runs[index], &problems,
                     [&] { data = readCalibration(runs[index], split, std::nullopt, options.fitOn); })) {
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

std::vector<std::string> calibrationSplits(std::span<const Run> runs, const Dataset& dataset,
                                           const TableOptions& options) {
    if (!options.splits.empty()) {
        return splitsOf(runs, dataset, options.splits,
                        [](const record::SplitInfo& split) { return !split.logitKeys.empty(); });
    }
    for (const Run& run : runs) {
        if (const auto* split = datasetOf(run) == dataset ? defaultCalibrationSplit(run) : nullptr) {
            return {split->name};
        }
    }
    return {};
}

} // namespace

Table featuresTable(std::span<const Run> runs, std::span<const FeatureEntry> entries,
                    const TableOptions& options) {
    Table table{
        .kind = "features",
        .caption = "Features: cosine similarity (CS), difference from the pre-trained model (Diff), Fisher's "
                   "discriminant ratio (FDR), and the classifier weight norm, Norm(C)."};
    const Grouped set(runs);
    Problems problems;
    const std::vector<Collapse> collapsedRuns = collapses(runs, &problems);
    const std::vector<Variant> variants = withPretrained(set.variants);
    table.columns.emplace_back("Method");
    for (const Variant& variant : variants) {
        table.rows.push_back({textCell(variantName(variant))});
    }
    for (const Dataset& dataset : set.datasets) {
        const std::string prefix = set.datasets.size() > 1 ? datasetName(dataset, set.datasets) + " " : "";
        const auto splits = splitsOf(runs, dataset, options.splits, [](const record::SplitInfo& split) {
            return split.featureWidth > 0 || split.pretrainedFeatureWidth > 0;
        });
        for (const std::string& split : splits) {
            for (const FeatureNumber& number : featureNumbers()) {
                table.columns.push_back(prefix + split + " " + number.column);
                for (std::size_t i = 0; i < variants.size(); ++i) {
                    table.rows[i].push_back(
                        sampleCell(sampleOf(entries, dataset, split, variants[i], number, collapsedRuns),
                                   number.format));
                }
            }
        }
        table.columns.push_back(prefix + "Norm(C)");
        for (std::size_t i = 0; i < variants.size(); ++i) {
            table.rows[i].push_back(sampleCell(normSample(set, dataset, variants[i], collapsedRuns, problems),
                                               significantDigits(3)));
        }
    }
    sayCounts(table);
    table.notes.emplace_back("The pre-trained row has the randomly initialised head.");
    if (std::string note = withoutFeaturesNote(entries, runs.size()); !note.empty()) {
        table.notes.push_back(std::move(note));
    }
    std::set<std::string> said;
    const auto isShown = [&](const std::string& split) {
        return options.splits.empty() ? split != "train"
                                      : std::ranges::find(options.splits, split) != options.splits.end();
    };
    for (const FeatureEntry& entry : entries) {
        if (entry.numbers.fisherFinal && isShown(entry.split) &&
            said.insert(entry.task + entry.split).second) {
            const analysis::FisherRatio& ratio = *entry.numbers.fisherFinal;
            table.notes.push_back(
                "FDR on " + entry.task + " " + entry.split + ": n = " + std::to_string(ratio.samples) +
                ", h = " + std::to_string(ratio.width) + ", ridge " + significant(ratio.ridge, 2) + ".");
        }
    }
    markCollapses(table, runs, collapsedRuns);
    tell(table, problems);
    return table;
}

Table normsTable(std::span<const Run> runs) {
    Table table{.kind = "norms", .caption = "Classifier weight norm before and after training."};
    const Grouped set(runs);
    Problems problems;
    const std::vector<Collapse> collapsedRuns = collapses(runs, &problems);
    const std::vector<Variant> variants = withPretrained(set.variants);
    table.columns.emplace_back("Data");
    for (const Variant& variant : variants) {
        table.columns.push_back(variantName(variant));
    }
    for (const Dataset& dataset : set.datasets) {
        std::vector<Cell>& row = table.rows.emplace_back();
        row.push_back(textCell(datasetName(dataset, set.datasets)));
        for (const Variant& variant : variants) {
            row.push_back(
                sampleCell(normSample(set, dataset, variant, collapsedRuns, problems), significantDigits(3)));
        }
    }
    sayCounts(table);
    table.notes.emplace_back("Pre-trained: the randomly initialised head, once per seed.");
    markCollapses(table, runs, collapsedRuns);
    tell(table, problems);
    return table;
}

Table calibrationTable(std::span<const Run> runs, const TableOptions& options) {
    Table table{
        .kind = "calibration",
        .caption = "Calibration without and with temperature scaling, in percent; Imp. in percentage points.",
        .columns = {"Data", "Split", "Method", "ECE w/o TS", "ECE w/ TS", "ECE Imp.", "MCE w/o TS",
                    "MCE w/ TS", "MCE Imp.", "T"}};
    const Grouped set(runs);
    Problems problems;
    const std::vector<Collapse> collapsedRuns = collapses(runs, &problems);
    bool anyInterval = false;
    std::set<std::string> fittedOn;
    std::vector<std::pair<std::string, std::string>> cautions;
    for (const Dataset& dataset : set.datasets) {
        for (const std::string& split : calibrationSplits(runs, dataset, options)) {
            for (const Variant& variant : set.variants) {
                const std::vector<std::size_t> members = set.members(dataset, variant);
                const auto samples =
                    calibrationSamples(runs, members, split, variantName(variant), options, problems);
                if (samples.eceBefore.empty()) {
                    continue;
                }
                std::vector<Cell>& row = table.rows.emplace_back();
                row = {textCell(datasetName(dataset, set.datasets)), textCell(split),
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
