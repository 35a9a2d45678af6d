#include "core/analysis/run_traits.h"

#include "core/analysis/softmax.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace finescope::analysis {

double classifierScale(const record::Run& run) {
    // The config is free text in a file that anyone may have written: only a number above 0 counts.
    const auto config = nlohmann::json::parse(run.config, nullptr, false);
    if (!config.is_object()) {
        return 1;
    }
    const auto scale = config.find("classifier_scale");
    return scale != config.end() && scale->is_number() && scale->get<double>() > 0 ? scale->get<double>() : 1;
}

std::optional<std::int64_t> collapsedClass(const record::Run& run, const record::SplitInfo& split) {
    const auto row = run.reportedLogits(split);
    if (split.rows < 2 || !row) {
        return std::nullopt;
    }
    const auto predicted = argmax(run.parts->logits(split, *row));
    const auto first = predicted.front();
    return std::ranges::all_of(predicted, [&](auto other) { return other == first; }) ? std::optional(first)
                                                                                      : std::nullopt;
}

} // namespace finescope::analysis
