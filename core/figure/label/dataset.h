#pragma once

#include "core/record/run.h"

#include <algorithm>
#include <compare>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// Everything recorded on one task with one model.
struct Dataset {
    std::string task{}, model{};
    auto operator<=>(const Dataset&) const = default;
};

[[nodiscard]] Dataset datasetOf(const record::Run& run);

/// The data sets of a set of runs, sorted.
[[nodiscard]] std::vector<Dataset> datasetsOf(std::span<const record::Run> runs);

/// "rte", with its model in brackets where the models of `all` differ.
[[nodiscard]] std::string datasetName(const Dataset& dataset, std::span<const Dataset> all);

/// Names of the splits of the runs of one data set for which `has` holds, in file order: those `chosen`, or
/// if that is empty every split but train.
template <typename Has>
[[nodiscard]] std::vector<std::string> splitsOf(std::span<const record::Run> runs, const Dataset& dataset,
                                                const std::vector<std::string>& chosen, Has has) {
    std::vector<std::string> names;
    const auto in = [](const std::vector<std::string>& all, const std::string& name) {
        return std::ranges::find(all, name) != all.end();
    };
    for (const record::Run& run : runs) {
        if (datasetOf(run) != dataset) {
            continue;
        }
        for (const record::SplitInfo& split : run.splits) {
            const bool wanted = chosen.empty() ? split.role != "train" : in(chosen, split.name);
            if (wanted && has(split) && !in(names, split.name)) {
                names.push_back(split.name);
            }
        }
    }
    return names;
}

} // namespace finescope::figure
