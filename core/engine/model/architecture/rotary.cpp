#include "core/engine/model/architecture/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace finescope::engine {

namespace {

// YaRN (Peng et al. 2023): the entry whose angle makes so many turns over the positions of pre-training.
double entryOfTurns(const RotarySettings& settings, double turns, double width) {
    return width *
           std::log(static_cast<double>(settings.originalPositions) / (turns * 2 * std::numbers::pi)) /
           (2 * std::log(settings.base));
}

double yarnFrequency(const RotarySettings& settings, double frequency, double pair, double width) {
    double low = entryOfTurns(settings, settings.fastBeta, width),
           high = entryOfTurns(settings, settings.slowBeta, width);
    if (settings.truncates) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, width - 1);
    constexpr double kNoDivisionByZero = 0.001;
    const double ramp = std::clamp((pair - low) / (high == low ? kNoDivisionByZero : high - low), 0.0, 1.0);
    return frequency / settings.factor * ramp + frequency * (1 - ramp);
}

// Grattafiori et al. 2024, The Llama 3 herd of models; the kind "llama3" of transformers.
double llama3Frequency(const RotarySettings& settings, double frequency) {
    const auto positions = static_cast<double>(settings.originalPositions);
    const double waveLength = 2 * std::numbers::pi / frequency;
    if (waveLength > positions / settings.lowFrequencyFactor) {
        return frequency / settings.factor;
    }
    if (waveLength < positions / settings.highFrequencyFactor) {
        return frequency;
    }
    const double smooth = (positions / waveLength - settings.lowFrequencyFactor) /
                          (settings.highFrequencyFactor - settings.lowFrequencyFactor);
    return (1 - smooth) * frequency / settings.factor + smooth * frequency;
}

double scaled(const RotarySettings& settings, double frequency, std::int64_t pair, std::int64_t width) {
    switch (settings.scaling) {
    case RotaryScaling::linear:
        return frequency / settings.factor;
    case RotaryScaling::yarn:
        return yarnFrequency(settings, frequency, static_cast<double>(pair), static_cast<double>(width));
    case RotaryScaling::longRope:
        return frequency / settings.shortFactors[static_cast<std::size_t>(pair)];
    case RotaryScaling::llama3:
        return llama3Frequency(settings, frequency);
    case RotaryScaling::none:
    case RotaryScaling::dynamic: // acts on inputs that are longer than those of pre-training alone
        break;
    }
    return frequency;
}

} // namespace

Rotation rotationOf(const RotarySettings& settings, std::int64_t width, std::int64_t length,
                    const torch::TensorOptions& options) {
    if (settings.base == 0) {
        return {};
    }
    std::vector<double> frequencies;
    for (std::int64_t pair = 0; pair < width / 2; ++pair) {
        const double frequency =
            std::pow(settings.base, -2 * static_cast<double>(pair) / static_cast<double>(width));
        frequencies.push_back(scaled(settings, frequency, pair, width));
    }
    const torch::Tensor half =
        torch::outer(torch::arange(length, torch::kFloat64), torch::tensor(frequencies, torch::kFloat64));
    const torch::Tensor angles = torch::cat({half, half}, 1).view({1, length, 1, width});
    const auto made = [&](const torch::Tensor& values) {
        return (values * settings.attentionFactor).to(options.device(), options.dtype().toScalarType());
    };
    return {made(angles.cos()), made(angles.sin())};
}

torch::Tensor rotated(const torch::Tensor& x, const Rotation& rotation) {
    if (!rotation.cosine.defined()) {
        return x;
    }
    const std::int64_t half = x.size(-1) / 2;
    const torch::Tensor opposite = torch::cat({-x.narrow(-1, half, half), x.narrow(-1, 0, half)}, -1);
    return x * rotation.cosine + opposite * rotation.sine;
}

} // namespace finescope::engine
