#include "core/engine/model/architecture/rotary_config.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

constexpr double kMost = std::numeric_limits<double>::max();
constexpr double kTheta = 10000; // of transformers, where nothing says another

const std::vector<std::pair<std::string_view, RotaryScaling>>& scalings() {
    static const std::vector<std::pair<std::string_view, RotaryScaling>> kinds = {
        {"default", RotaryScaling::none},      {"linear", RotaryScaling::linear},
        {"dynamic", RotaryScaling::dynamic},   {"yarn", RotaryScaling::yarn},
        {"longrope", RotaryScaling::longRope}, {"llama3", RotaryScaling::llama3}};
    return kinds;
}

// Peng et al. 2023, section 3.4.
double yarnMagnitude(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * std::log(factor) + 1;
}

double yarnAttention(const ConfigReader& own, double factor) {
    const double scale = own.numberOr("mscale", 0, kMost, 0),
                 whole = own.numberOr("mscale_all_dim", 0, kMost, 0);
    return scale > 0 && whole > 0 ? yarnMagnitude(factor, scale) / yarnMagnitude(factor, whole)
                                  : yarnMagnitude(factor, 1);
}

void readScaling(RotarySettings& settings, const ConfigReader& reader, const ConfigReader& own,
                 std::int64_t maxPositions, std::int64_t width) {
    const auto kind = own.choiceOr("type", scalings(), RotaryScaling::none);
    settings.scaling = own.choiceOr("rope_type", scalings(), kind);
    if (settings.scaling == RotaryScaling::none) {
        return;
    }
    // Outside the object it is that of pre-training, too, and counts for more.
    settings.originalPositions =
        reader.integerOr("original_max_position_embeddings", 1,
                         own.integerOr("original_max_position_embeddings", 1, maxPositions));
    const bool factorFollows =
        settings.scaling == RotaryScaling::yarn || settings.scaling == RotaryScaling::longRope;
    if (!factorFollows && own.find("factor") == nullptr) {
        throw own.bad("rotary positions that are scaled need a \"factor\"");
    }
    const double stretch =
        static_cast<double>(maxPositions) / static_cast<double>(settings.originalPositions);
    settings.factor = own.numberOr("factor", 0x1p-20, kMost, stretch);
    settings.lowFrequencyFactor = own.numberOr("low_freq_factor", 0x1p-20, kMost, 1);
    settings.highFrequencyFactor = own.numberOr("high_freq_factor", 0x1p-20, kMost, 4);
    settings.fastBeta = own.numberOr("beta_fast", 0x1p-20, kMost, 32);
    settings.slowBeta = own.numberOr("beta_slow", 0x1p-20, kMost, 1);
    settings.truncates = own.flagOr("truncate", true);
    if (settings.scaling == RotaryScaling::yarn) {
        settings.attentionFactor =
            own.numberOr("attention_factor", 0, kMost, yarnAttention(own, settings.factor));
    } else if (settings.scaling == RotaryScaling::longRope) {
        const double usual =
            settings.factor <= 1
                ? 1
                : std::sqrt(1 + std::log(settings.factor) /
                                    std::log(static_cast<double>(settings.originalPositions)));
        settings.attentionFactor = own.numberOr("attention_factor", 0, kMost, usual);
        settings.shortFactors = own.numbers("short_factor", static_cast<std::size_t>(width / 2));
        settings.longFactors = own.numbers("long_factor", static_cast<std::size_t>(width / 2));
    }
}

} // namespace

RotarySettings readRotary(const ConfigReader& reader, std::int64_t maxPositions, std::int64_t width) {
    const std::optional<ConfigReader> now = reader.child("rope_parameters"),
                                      before = reader.child("rope_scaling");
    const ConfigReader* const own = before ? &*before : now ? &*now : nullptr; // as transformers 5 chooses
    return readRotary(reader, own, reader.numberOr("rope_theta", 0x1p-20, kMost, kTheta), maxPositions,
                      width);
}

RotarySettings readRotary(const ConfigReader& reader, const ConfigReader* own, double base,
                          std::int64_t maxPositions, std::int64_t width) {
    if (width % 2 != 0) {
        throw reader.bad("heads are " + std::to_string(width) +
                         " wide; rotary positions need an even number");
    }
    reader.require("partial_rotary_factor", 1.0);
    RotarySettings settings;
    settings.base = base;
    if (own != nullptr) {
        own->require("partial_rotary_factor", 1.0);
        settings.base = own->numberOr("rope_theta", 0x1p-20, kMost, base);
        readScaling(settings, reader, *own, maxPositions, width);
    }
    return settings;
}

std::int64_t longestInput(const RotarySettings& settings, std::int64_t maxPositions) {
    return settings.scaling == RotaryScaling::longRope ? std::min(maxPositions, settings.originalPositions)
                                                       : maxPositions;
}

nlohmann::ordered_json writeRotary(const RotarySettings& settings) {
    const auto kind =
        std::ranges::find(scalings(), settings.scaling, [](const auto& row) { return row.second; });
    nlohmann::ordered_json object = {{"rope_type", kind->first}, {"rope_theta", settings.base}};
    if (settings.scaling == RotaryScaling::none) {
        return object;
    }
    object["factor"] = settings.factor;
    if (settings.scaling != RotaryScaling::linear && settings.scaling != RotaryScaling::dynamic) {
        object["original_max_position_embeddings"] = settings.originalPositions;
    }
    if (settings.scaling == RotaryScaling::llama3) {
        object["low_freq_factor"] = settings.lowFrequencyFactor;
        object["high_freq_factor"] = settings.highFrequencyFactor;
    } else if (settings.scaling == RotaryScaling::yarn) {
        object["beta_fast"] = settings.fastBeta;
        object["beta_slow"] = settings.slowBeta;
        object["truncate"] = settings.truncates;
        object["attention_factor"] = settings.attentionFactor;
    } else if (settings.scaling == RotaryScaling::longRope) {
        object["attention_factor"] = settings.attentionFactor;
        object["short_factor"] = settings.shortFactors;
        object["long_factor"] = settings.longFactors;
    }
    return object;
}

} // namespace finescope::engine
