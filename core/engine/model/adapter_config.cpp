#include "core/engine/model/adapter_config.h"

#include "core/engine/model/config_reader.h"
#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace finescope::engine {

namespace {

using nlohmann::json;
using Pattern = std::map<std::string, double, std::less<>>;

/// What makes another function of an adapter than W + scale B A, where it is said.
constexpr std::array kVariants{
    "use_dora",        "use_qalora",        "use_bdlora",        "lora_bias",     "alora_invocation_tokens",
    "kasa_config",     "arrow_config",      "monteclora_config", "velora_config", "trainable_token_indices",
    "megatron_config", "layer_replication", "target_parameters",
};

bool saysNothing(const json& value) {
    return value.is_null() || value == false || ((value.is_object() || value.is_array()) && value.empty());
}

void refuseVariants(const ConfigReader& reader) {
    const json* const kind = reader.find("peft_type");
    if (kind == nullptr || *kind != "LORA") {
        throw reader.bad("\"peft_type\" is " +
                         (kind == nullptr ? std::string("missing") : text::shown(kind->dump())) +
                         "; only \"LORA\" is supported" + kMergeRemedy);
    }
    for (const char* const key : kVariants) {
        if (const json* const value = reader.find(key); value != nullptr && !saysNothing(*value)) {
            throw reader.bad("\"" + std::string(key) + "\" is " + text::shown(value->dump()) +
                             ", which is not supported" + kMergeRemedy);
        }
    }
    // Of the others, some take a part out of the base model's weights: the file alone does not say which.
    constexpr std::array kHarmless{"gaussian", "eva", "orthogonal"};
    if (const json* const first = reader.find("init_lora_weights");
        first != nullptr && !first->is_boolean() && std::ranges::find(kHarmless, *first) == kHarmless.end()) {
        throw reader.bad("\"init_lora_weights\" is " + text::shown(first->dump()) +
                         ", which changes the base model's weights, too" + kMergeRemedy);
    }
}

/// A key is a regular expression for peft; a name with or without a start is what is understood of it.
Pattern readPattern(const ConfigReader& reader, const char* key, double least, double most, bool whole) {
    Pattern pattern;
    const json* const object = reader.find(key);
    if (object == nullptr) {
        return pattern;
    }
    if (!object->is_object()) {
        throw reader.bad("\"" + std::string(key) + "\" must be an object, found " +
                         text::shown(object->dump()));
    }
    for (const auto& [name, value] : object->items()) {
        const std::string plain = name.starts_with('^') ? name.substr(1) : name;
        constexpr std::string_view kLetters =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
        if (plain.empty() || plain.find_first_not_of(kLetters) != std::string::npos) {
            throw reader.bad("\"" + std::string(key) + "\" has the key " + text::shown(json(name).dump()) +
                             ", a regular expression; only names of modules are understood" + kMergeRemedy);
        }
        const bool fitting = (whole ? value.is_number_integer() : value.is_number()) &&
                             value.get<double>() >= least && value.get<double>() <= most;
        if (!fitting) {
            throw reader.bad("\"" + std::string(key) + "." + text::shown(name) + "\" must be a" +
                             (whole ? " whole" : "") + " number from " + json(least).dump() + " to " +
                             json(most).dump() + ", found " + text::shown(value.dump()));
        }
        pattern[name] = value.get<double>();
    }
    return pattern;
}

bool fits(std::string_view pattern, std::string_view module) {
    if (pattern.starts_with('^')) {
        return module == pattern.substr(1);
    }
    return module == pattern || (module.size() > pattern.size() && module.ends_with(pattern) &&
                                 module[module.size() - pattern.size() - 1] == '.');
}

double valueOf(const Pattern& patterns, std::string_view module, double fallback) {
    const Pattern::value_type* found = nullptr;
    for (const auto& pattern : patterns) {
        if (!fits(pattern.first, module)) {
            continue;
        }
        if (found != nullptr && found->second != pattern.second) {
            throw Error(ErrorKind::badFile,
                        std::string(kAdapterConfig) + ": the patterns " + text::shown(found->first) +
                            " and " + text::shown(pattern.first) + " both fit " + text::shown(module) +
                            " and say different numbers" + kMergeRemedy);
        }
        found = &pattern;
    }
    return found == nullptr ? fallback : found->second;
}

} // namespace

std::int64_t AdapterConfig::rankOf(std::string_view module) const {
    return static_cast<std::int64_t>(valueOf(rankPattern, module, static_cast<double>(rank)));
}

double AdapterConfig::scaleOf(std::string_view module) const {
    const auto of = static_cast<double>(rankOf(module));
    return valueOf(alphaPattern, module, alpha) / (scaledByRoot ? std::sqrt(of) : of);
}

AdapterConfig readAdapterConfig(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kAdapterConfig;
    const json object = readJsonObject(path);
    const ConfigReader reader(object, path);
    refuseVariants(reader);
    AdapterConfig config;
    if (const json* const base = reader.find("base_model_name_or_path")) {
        if (!base->is_string()) {
            throw reader.bad("\"base_model_name_or_path\" must be a text, found " +
                             text::shown(base->dump()));
        }
        config.baseModel = base->get<std::string>();
    }
    constexpr double kMost = 1e9;
    config.rank = reader.integerOr("r", 1, config.rank);
    config.alpha = reader.numberOr("lora_alpha", -kMost, kMost, config.alpha);
    config.scaledByRoot = reader.flagOr("use_rslora", false);
    config.rankPattern =
        readPattern(reader, "rank_pattern", 1, std::numeric_limits<std::int32_t>::max(), true);
    config.alphaPattern = readPattern(reader, "alpha_pattern", -kMost, kMost, false);
    return config;
}

} // namespace finescope::engine
