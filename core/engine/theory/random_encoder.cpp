#include "core/engine/theory/random_encoder.h"

#include "core/engine/model/architecture/families.h"

#include <ATen/CPUGeneratorImpl.h>

#include <random>
#include <utility>

namespace finescope::engine {

Encoder randomEncoder(std::string_view family, std::int64_t width, std::uint64_t seed) {
    return randomEncoder(familyOf(family).small(width), seed);
}

Encoder randomEncoder(const EncoderConfig& config, std::uint64_t seed) {
    Encoder encoder(config);
    encoder->to(torch::kFloat64);
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const torch::NoGradGuard noGrad;
    for (auto& item : encoder->named_parameters()) {
        constexpr double kSpread = 0.3;
        item.value().add_(torch::empty(item.value().sizes(), torch::kFloat64).normal_(0, kSpread, generator));
    }
    return encoder;
}

std::vector<Encoding> randomSamples(const EncoderConfig& config, std::int64_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    const auto below = [&](std::int64_t end) {
        return static_cast<std::int64_t>(generator() % static_cast<std::uint64_t>(end));
    };
    std::vector<Encoding> samples;
    for (std::int64_t i = 0; i < count; ++i) {
        Encoding sample;
        const std::int64_t length = 2 + below(8);
        for (std::int64_t t = 0; t < length; ++t) {
            sample.ids.push_back(t == 0 ? 2 : below(config.vocabularySize));
            sample.typeIds.push_back(config.typeVocabularySize == 2 && 2 * t > length ? 1 : 0);
        }
        if (length > 4) {
            sample.ids[3] = sample.ids[1];
        }
        if (i % 3 == 0) {
            sample.ids.back() = config.padId;
        }
        samples.push_back(std::move(sample));
    }
    return samples;
}

} // namespace finescope::engine
