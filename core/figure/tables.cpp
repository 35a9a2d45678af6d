#include "core/figure/tables.h"

#include "core/figure/calibration_view.h"
#include "core/figure/classifier_norms.h"
#include "core/figure/method_name.h"
#include "core/figure/number_text.h"
#include "core/figure/run_style.h"
#include "core/figure/table_cells.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace finescope::figure {

namespace {

using record::Run;

/// Everything recorded on one task with one model.
struct Dataset {
    std::string task, model;
    auto operator<=>(const Dataset&) const = default;
};

Dataset datasetOf(const Run& run) {
    return {run.task, run.model};
}

std::vector<Dataset> datasetsOf(std::span<const Run> runs) {
    std::set<Dataset> all;
    for (const Run& run : runs) {
        all.insert(datasetOf(run));
    }
    return {all.begin(), all.end()};
}

std::string datasetName(const Dataset& dataset, const std::vector<Dataset>& all) {
    const bool models =
        std::ranges::any_of(all, [&](const Dataset& other) { return other.model != dataset.model; });
    return models ? dataset.task + " (" + dataset.model + ")" : dataset.task;
}

std::vector<std::string> methodsOf(std::span<const Run> runs) {
    std::vector<std::string> methods;
    for (const Run& run : runs) {
        if (std::ranges::find(methods, run.method) == methods.end()) {
            methods.push_back(run.method);
        }
    }
    std::ranges::sort(methods, {},
                      [](const std::string& method) { return std::tuple(methodOrder(method), method); });
    return methods;
}

std::vector<std::size_t> members(std::span<const Run> runs, const Dataset& dataset,
                                 const std::string& method) {
    std::vector<std::size_t> found;
    for (const std::size_t index : legendOrder(runs)) {
        if (datasetOf(runs[index]) == dataset && runs[index].method == method) {
            found.push_back(index);
        }
    }
    return found;
}

/// Splits of a set of runs that satisfy `has`, in file order.
template <typename Has>
std::vector<std::string> splitsOf(std::span<const Run> runs, const Dataset& dataset,
                                  const std::vector<std::string>& chosen, Has has) {
    std::vector<std::string> names;
    for (const Run& run : runs) {
        if (datasetOf(run) != dataset) {
            continue;
        }
        for (const record::SplitInfo& split : run.splits) {
            const bool wanted = chosen.empty() ? split.role != "train"
                                               : std::ranges::find(chosen, split.name) != chosen.end();
            if (wanted && has(split) && std::ranges::find(names, split.name) == names.end()) {
                names.push_back(split.name);
            }
        }
    }
    return names;
}

/// Emphasises the best mean of cells first..last if its t interval overlaps none of the others.
void emphasiseBest(std::vector<Cell>& row, const std::vector<std::vector<double>>& samples,
                   std::size_t first) {
    std::vector<analysis::SeedStatistics> all;
    std::size_t best = 0;
    for (const auto& sample : samples) {
        if (sample.size() < 2) {
            return;
        }
        all.push_back(analysis::seedStatistics(sample));
        best = all.back().mean > all[best].mean ? all.size() - 1 : best;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i != best && all[i].high >= all[best].low) {
            return;
        }
    }
    if (all.size() > 1) {
        row[first + best].emphasised = true;
    }
}

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
        {"CS", [](const FeatureEntry& entry) { return entry.cosinePretrained; },
         [](const FeatureEntry& entry) { return entry.cosineFinal; }, hundredths(3)},
        {"Diff", [](const FeatureEntry&) { return std::optional<double>{}; },
         // Probing leaves the features alone: the paper's dash rather than a zero.
         [](const FeatureEntry& entry) {
             return entry.difference && *entry.difference > 0 ? entry.difference : std::nullopt;
         },
         significantDigits(3)},
        {"FDR", [ratio](const FeatureEntry& entry) { return ratio(entry.fisherPretrained); },
         [ratio](const FeatureEntry& entry) { return ratio(entry.fisherFinal); }, significantDigits(3)},
    };
}

std::vector<double> sampleOf(std::span<const FeatureEntry> entries, const Dataset& dataset,
                             const std::string& split, const std::string& method,
                             const FeatureNumber& number) {
    std::vector<double> sample;
    for (const FeatureEntry& entry : entries) {
        if (entry.split != split || Dataset{entry.task, entry.model} != dataset) {
            continue;
        }
        if (method == "pretrained") {
            // The same features whatever was done with them: one value, not one per run.
            if (const auto value = number.pretrained(entry); value && sample.empty()) {
                sample.push_back(*value);
            }
        } else if (const auto value = number.final(entry); value && entry.method == method) {
            sample.push_back(*value);
        }
    }
    return sample;
}

/// The norm of the head before any training, once per seed: methods of one seed start from the same head.
std::vector<double> initialNorms(std::span<const Run> runs, const Dataset& dataset) {
    std::map<std::int64_t, double> bySeed;
    for (const std::size_t index : legendOrder(runs)) {
        if (datasetOf(runs[index]) == dataset) {
            if (const auto norm = classifierNorms(runs[index]).weight.initial) {
                bySeed.emplace(runs[index].seed, *norm);
            }
        }
    }
    std::vector<double> sample;
    for (const auto& [seed, norm] : bySeed) {
        sample.push_back(norm);
    }
    return sample;
}

std::vector<double> normsAfter(std::span<const Run> runs, const Dataset& dataset, const std::string& method) {
    std::vector<double> sample;
    for (const std::size_t index : members(runs, dataset, method)) {
        if (const auto norm = classifierNorms(runs[index]).weight.reported) {
            sample.push_back(*norm);
        }
    }
    return sample;
}

std::vector<std::string> withPretrained(std::vector<std::string> methods) {
    if (std::ranges::find(methods, "pretrained") == methods.end()) {
        methods.insert(methods.begin(), "pretrained");
    }
    return methods;
}

/// Calibration of the runs of one method on one split.
struct CalibrationSamples {
    std::vector<double> eceBefore, eceAfter, eceGain, mceBefore, mceAfter, mceGain, temperature;
    bool atBound = false;
};

CalibrationSamples calibrationSamples(std::span<const Run> runs, const std::vector<std::size_t>& indices,
                                      const std::string& split, int binCount) {
    CalibrationSamples samples;
    for (const std::size_t index : indices) {
        const record::SplitInfo* info = runs[index].split(split);
        if (info == nullptr || info->logitKeys.empty()) {
            continue;
        }
        const CalibrationData data = readCalibration(runs[index], split);
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
            samples.atBound |= data.fitted->atBound;
        }
    }
    return samples;
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
    const std::vector<Dataset> datasets = datasetsOf(runs);
    const std::vector<std::string> methods = withPretrained(methodsOf(runs));
    table.columns.emplace_back("Method");
    for (const std::string& method : methods) {
        table.rows.push_back({textCell(methodName(method))});
    }
    for (const Dataset& dataset : datasets) {
        const std::string prefix = datasets.size() > 1 ? datasetName(dataset, datasets) + " " : "";
        const auto splits = splitsOf(runs, dataset, options.splits, [](const record::SplitInfo& split) {
            return split.featureWidth > 0 || split.pretrainedFeatureWidth > 0;
        });
        for (const std::string& split : splits) {
            for (const FeatureNumber& number : featureNumbers()) {
                table.columns.push_back(prefix + split + " " + number.column);
                for (std::size_t i = 0; i < methods.size(); ++i) {
                    table.rows[i].push_back(
                        cellOf(sampleOf(entries, dataset, split, methods[i], number), number.format));
                }
            }
        }
        table.columns.push_back(prefix + "Norm(C)");
        for (std::size_t i = 0; i < methods.size(); ++i) {
            table.rows[i].push_back(cellOf(methods[i] == "pretrained" ? initialNorms(runs, dataset)
                                                                      : normsAfter(runs, dataset, methods[i]),
                                           significantDigits(3)));
        }
    }
    sayCounts(table);
    table.notes.emplace_back("The pre-trained row has the randomly initialised head.");
    std::set<std::string> said;
    for (const FeatureEntry& entry : entries) {
        if (entry.fisherFinal && said.insert(entry.task + entry.split).second && entry.split != "train") {
            const analysis::FisherRatio& ratio = *entry.fisherFinal;
            table.notes.push_back(
                "FDR on " + entry.task + " " + entry.split + ": n = " + std::to_string(ratio.samples) +
                ", h = " + std::to_string(ratio.width) + ", ridge " + significant(ratio.ridge, 2) + ".");
        }
    }
    return table;
}

Table normsTable(std::span<const Run> runs) {
    Table table{.kind = "norms", .caption = "Classifier weight norm before and after training."};
    const std::vector<Dataset> datasets = datasetsOf(runs);
    const std::vector<std::string> methods = withPretrained(methodsOf(runs));
    table.columns.emplace_back("Data");
    for (const std::string& method : methods) {
        table.columns.push_back(methodName(method));
    }
    for (const Dataset& dataset : datasets) {
        std::vector<Cell>& row = table.rows.emplace_back();
        row.push_back(textCell(datasetName(dataset, datasets)));
        for (const std::string& method : methods) {
            row.push_back(cellOf(method == "pretrained" ? initialNorms(runs, dataset)
                                                        : normsAfter(runs, dataset, method),
                                 significantDigits(3)));
        }
    }
    sayCounts(table);
    table.notes.emplace_back("Pre-trained: the randomly initialised head, once per seed.");
    return table;
}

Table calibrationTable(std::span<const Run> runs, const TableOptions& options) {
    Table table{
        .kind = "calibration",
        .caption = "Calibration without and with temperature scaling, in percent; Imp. in percentage points.",
        .columns = {"Data", "Split", "Method", "ECE w/o TS", "ECE w/ TS", "ECE Imp.", "MCE w/o TS",
                    "MCE w/ TS", "MCE Imp.", "T"}};
    const std::vector<Dataset> datasets = datasetsOf(runs);
    bool atBound = false;
    for (const Dataset& dataset : datasets) {
        for (const std::string& split : calibrationSplits(runs, dataset, options)) {
            for (const std::string& method : methodsOf(runs)) {
                const auto samples =
                    calibrationSamples(runs, members(runs, dataset, method), split, options.binCount);
                if (samples.eceBefore.empty()) {
                    continue;
                }
                std::vector<Cell>& row = table.rows.emplace_back();
                row = {textCell(datasetName(dataset, datasets)), textCell(split),
                       textCell(methodName(method))};
                for (const auto* sample : {&samples.eceBefore, &samples.eceAfter, &samples.eceGain,
                                           &samples.mceBefore, &samples.mceAfter, &samples.mceGain}) {
                    row.push_back(cellOf(*sample, hundredths(2)));
                }
                row.push_back(cellOf(samples.temperature, significantDigits(3)));
                atBound |= samples.atBound;
            }
        }
    }
    sayCounts(table);
    table.notes.push_back(
        std::to_string(options.binCount) +
        " equal-width bins (low, high]; temperature: minimum of the NLL on the validation split.");
    if (atBound) {
        table.notes.emplace_back(
            "A fitted temperature lies at the bound of [0.01, 1000]: the validation split is "
            "separated, or carries no information.");
    }
    return table;
}

Table accuracyTable(std::span<const Run> runs, const TableOptions& options) {
    Table table{.kind = "accuracy", .caption = "Accuracy in percent.", .columns = {"Data", "Split"}};
    const std::vector<Dataset> datasets = datasetsOf(runs);
    const std::vector<std::string> methods = methodsOf(runs);
    for (const std::string& method : methods) {
        table.columns.push_back(methodName(method));
    }
    for (const Dataset& dataset : datasets) {
        const auto splits = splitsOf(runs, dataset, options.splits,
                                     [](const record::SplitInfo& split) { return !split.logitKeys.empty(); });
        for (const std::string& split : splits) {
            std::vector<Cell> row{textCell(datasetName(dataset, datasets)), textCell(split)};
            std::vector<std::vector<double>> samples;
            for (const std::string& method : methods) {
                std::vector<double>& sample = samples.emplace_back();
                for (const std::size_t index : members(runs, dataset, method)) {
                    if (const auto accuracy = reportedAccuracy(runs[index], split)) {
                        sample.push_back(100 * *accuracy);
                    }
                }
                row.push_back(cellOf(sample, hundredths(2)));
            }
            emphasiseBest(row, samples, 2);
            table.rows.push_back(std::move(row));
        }
    }
    sayCounts(table);
    table.notes.emplace_back("Bold: the best of a row, where its 95 % t interval overlaps no other's.");
    return table;
}

} // namespace finescope::figure
