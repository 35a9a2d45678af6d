#include "core/analysis/run/split_logits.h"

#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <algorithm>

namespace finescope::analysis {

std::optional<std::size_t> logitsAt(const record::Run& run, const record::SplitInfo& split,
                                    std::optional<record::EpochKey> key) {
    if (!key) {
        return run.reportedLogits(split);
    }
    const auto found = std::ranges::find(split.logitKeys, *key);
    return found == split.logitKeys.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - split.logitKeys.begin()));
}

SplitLogits readLogits(const record::Run& run, const record::SplitInfo& split, std::size_t row) {
    SplitLogits read{.split = split.name,
                     .key = split.logitKeys.at(row),
                     .logits = run.parts->logits(split, row),
                     .labels = run.parts->labels(split)};
    try {
        requireLogitsAndLabels(read.logits, read.labels);
    } catch (const Error& error) { // it does not know where the logits are from
        throw Error(error.kind(), run.file.string() + ": split '" + split.name + "': " + error.what());
    }
    return read;
}

std::optional<SplitLogits> readReportedLogits(const record::Run& run, const record::SplitInfo& split) {
    const auto row = split.rows > 0 ? run.reportedLogits(split) : std::nullopt;
    return row ? std::optional(readLogits(run, split, *row)) : std::nullopt;
}

} // namespace finescope::analysis
