#include "core/analysis/run/run_traits.h"

#include "core/analysis/run/run_config.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace finescope::analysis {

double classifierScale(const record::Run& run) {
    const auto config = configOf(run);
    const auto scale = config.find("classifier_scale");
    return scale != config.end() && scale->is_number() && scale->get<double>() > 0 ? scale->get<double>() : 1;
}

bool mayHaveDropout(const record::Run& run) {
    const auto config = configOf(run);
    const auto rates = config.find("dropout");
    return rates == config.end() || !rates->is_object() || rates->empty() ||
           !std::ranges::all_of(*rates, [](const auto& rate) { return rate.is_number() && rate == 0; });
}

TaskMetric taskMetric(const record::Run& run) {
    const auto config = configOf(run);
    const auto metric = config.find("metric");
    if (metric != config.end() && (*metric == "accuracy" || *metric == "matthews")) {
        return *metric == "matthews" ? TaskMetric::matthews : TaskMetric::accuracy;
    }
    return run.task == "cola" ? TaskMetric::matthews : TaskMetric::accuracy;
}

std::optional<std::filesystem::path> importedFrom(const record::Run& run) {
    const auto config = configOf(run);
    const nlohmann::json::json_pointer place("/imported/file");
    if (!config.contains(place) || !config[place].is_string()) {
        return std::nullopt;
    }
    return std::filesystem::path(config[place].get<std::string>());
}

bool hasLostLogitSize(const record::Run& run) {
    const auto config = configOf(run);
    const auto says = [&](const char* key) {
        const nlohmann::json::json_pointer place(std::string("/imported/") + key);
        return config.contains(place) && config[place] == true;
    };
    return says("logits_are_log_probabilities") || says("row_maximum_taken_off");
}

} // namespace finescope::analysis
