#include "core/analysis/run/probe_choice.h"

#include "core/analysis/run/run_config.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace finescope::analysis {

namespace {

std::optional<double> numberIn(const nlohmann::json& object, const char* key) {
    if (!object.is_object()) {
        return std::nullopt;
    }
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

} // namespace

std::optional<double> ProbeChoice::accuracy() const {
    const auto found = std::ranges::find(candidates, strength, &ProbeCandidate::strength);
    return found == candidates.end() ? std::nullopt : std::optional(found->accuracy);
}

std::optional<ProbeChoice> probeChoice(const record::Run& run) {
    const nlohmann::json config = configOf(run);
    const auto probe = config.find("probe");
    const auto strength = probe == config.end() ? std::nullopt : numberIn(*probe, "C");
    if (!strength) {
        return std::nullopt;
    }
    ProbeChoice choice{.strength = *strength, .candidates = {}, .folds = 0};
    if (const auto rows = probe->find("rows"); rows != probe->end() && rows->is_array()) {
        choice.folds = rows->size();
    }
    if (const auto scores = probe->find("scores"); scores != probe->end() && scores->is_array()) {
        for (const nlohmann::json& score : *scores) {
            const auto candidate = numberIn(score, "C"), accuracy = numberIn(score, "accuracy");
            if (candidate && accuracy) {
                choice.candidates.push_back({*candidate, *accuracy});
            }
        }
    }
    return choice;
}

} // namespace finescope::analysis
