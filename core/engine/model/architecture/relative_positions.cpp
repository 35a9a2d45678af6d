#include "core/engine/model/architecture/relative_positions.h"

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

} // namespace finescope::engine
