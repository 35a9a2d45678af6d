#include "core/figure/classifier/norms_table.h"

#include "core/figure/classifier/usable_norms.h"

#include <algorithm>
#include <map>
#include <string>

namespace finescope::figure {

namespace {

bool beginsWithProbing(const record::Run& run) {
    return !run.epochs.keys.empty() && run.epochs.keys.front().stage == record::Stage::linearProbing;
}

/// The head before any training of each seed: methods of one seed begin with the same one. A run that
/// scales it without probing first does not hold it.
std::vector<double> initialNorms(const GroupedRuns& set, const Dataset& dataset, Problems& problems) {
    std::map<std::int64_t, double> bySeed;
    for (const std::size_t index : set.members(dataset)) {
        const record::Run& run = set.runs()[index];
        const auto norm = usableWeightNorms(run, problems).initial;
        if (norm && (set.variantOf(index).scale == 1 || beginsWithProbing(run))) {
            bySeed.emplace(run.seed, *norm);
        }
    }
    std::vector<double> sample;
    for (const auto& [seed, norm] : bySeed) {
        sample.push_back(norm);
    }
    return sample;
}

} // namespace

CellSample normSample(const GroupedRuns& set, const Dataset& dataset, const Variant& variant,
                      std::span<const Collapse> collapsedRuns, Problems& problems) {
    if (variant.method == "pretrained") {
        return {.values = initialNorms(set, dataset, problems)};
    }
    CellSample sample;
    for (const std::size_t index : set.members(dataset, variant)) {
        if (const auto norm = usableWeightNorms(set.runs()[index], problems).reported) {
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

Table normsTable(std::span<const record::Run> runs) {
    Table table{.kind = "norms", .caption = "Classifier weight norm before and after training."};
    const GroupedRuns set(runs);
    Problems problems;
    const std::vector<Collapse> collapsedRuns = collapses(runs, &problems);
    const std::vector<Variant> variants = withPretrained(set.variants());
    table.columns.emplace_back("Data");
    for (const Variant& variant : variants) {
        table.columns.push_back(variantName(variant));
    }
    for (const Dataset& dataset : set.datasets()) {
        std::vector<Cell>& row = table.rows.emplace_back();
        row.push_back(textCell(datasetName(dataset, set.datasets())));
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

} // namespace finescope::figure
