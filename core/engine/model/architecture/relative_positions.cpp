#include "core/engine/model/architecture/relative_positions.h"

#include "core/engine/model/architecture/layer_context.h"

#include <cmath>

namespace finescope::engine {

torch::Tensor relativeBuckets(const torch::Tensor& distances, std::int64_t buckets) {
    constexpr double kFarthest = 128;
    const std::int64_t half = buckets / 2, exact = half / 2;
    const torch::Tensor size = distances.abs();
    const torch::Tensor wide = (torch::log(size.clamp_min(1).to(torch::kFloat32) / exact) /
                                std::log(kFarthest / static_cast<double>(exact)) * (half - exact))
                                   .to(torch::kInt64)
                                   .add(exact)
                                   .clamp_max(half - 1);
    return torch::where(size.lt(exact), size, wide) + distances.lt(0).to(torch::kInt64) * half;
}

torch::Tensor disentangledRows(const torch::Tensor& distances, const DisentangledSettings& settings) {
    torch::Tensor places = distances.cpu(); // other devices round logarithms in another way
    if (settings.buckets > 0) {
        const std::int64_t half = settings.buckets / 2;
        const torch::Tensor size = places.abs();
        const double range = static_cast<double>(settings.farthest - 1) / static_cast<double>(half);
        const torch::Tensor share = torch::log(size.clamp_min(half).to(torch::kFloat32) / half) /
                                    torch::log(torch::tensor(range, torch::kFloat32));
        const torch::Tensor wide = (torch::ceil(share * (half - 1)) + half).to(torch::kInt64);
        places = torch::where(size.le(half), places, wide * places.sign());
    }
    const std::int64_t span = settings.span();
    return (places + span).clamp(0, 2 * span - 1).to(distances.device());
}

RelativeRows reachedRows(const EncoderConfig& config, std::int64_t length) {
    if (!config.disentangled.used()) {
        return {0, config.relativeBuckets};
    }
    const torch::Tensor ends =
        disentangledRows(torch::tensor({1 - length, length - 1}, torch::kInt64), config.disentangled);
    const auto first = ends[0].item<std::int64_t>();
    return {first, ends[1].item<std::int64_t>() - first + 1};
}

torch::Tensor relativeRows(const EncoderConfig& config, std::int64_t length,
                           const torch::TensorOptions& options) {
    const torch::Tensor distances = distancesOf(length, options);
    return config.disentangled.used()
               ? disentangledRows(distances, config.disentangled) - reachedRows(config, length).first
               : relativeBuckets(distances, config.relativeBuckets);
}

} // namespace finescope::engine
