#include "core/record/run.h"

#include <algorithm>

namespace finescope::record {

std::size_t SeriesTable::rowsInFile() const {
    std::size_t all = rows();
    for (const Resumption& again : resumed) {
        all += again.replaced;
    }
    return all;
}

const Series* SeriesTable::find(std::string_view name) const {
    const auto found = std::ranges::find(series, name, &Series::name);
    return found == series.end() ? nullptr : &*found;
}

const SplitInfo* Run::split(std::string_view splitName) const {
    const auto found = std::ranges::find(splits, splitName, &SplitInfo::name);
    return found == splits.end() ? nullptr : &*found;
}

const SplitInfo* Run::splitWithRole(std::string_view role) const {
    const auto found = std::ranges::find(splits, role, &SplitInfo::role);
    return found == splits.end() ? nullptr : &*found;
}

std::optional<EpochKey> Run::reportedKey() const {
    if (epochs.rows() == 0) {
        return std::nullopt;
    }
    const auto selected = static_cast<std::size_t>(progress.selected);
    return progress.selected >= 0 && selected < epochs.rows() ? epochs.keys[selected] : epochs.keys.back();
}

std::optional<std::size_t> Run::reportedLogits(const SplitInfo& split) const {
    if (split.logitKeys.empty()) {
        return std::nullopt;
    }
    if (const auto key = reportedKey()) {
        const auto found = std::ranges::find(split.logitKeys, *key);
        if (found != split.logitKeys.end()) {
            return static_cast<std::size_t>(found - split.logitKeys.begin());
        }
    }
    return split.logitKeys.size() - 1;
}

std::optional<std::size_t> Run::classifierRow(EpochKey key) const {
    const auto found = std::ranges::find(classifierKeys, key);
    if (found == classifierKeys.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - classifierKeys.begin());
}

} // namespace finescope::record
