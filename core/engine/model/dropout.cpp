#include "core/engine/model/dropout.h"

#include <torch/torch.h>

#include <cmath>

namespace finescope::engine {

Dropout::Dropout(std::uint64_t seed, std::int64_t step, std::int64_t firstRow, std::int64_t rows) {
    const std::uint64_t ofStep = RandomBits(seed ^ static_cast<std::uint64_t>(step)).next();
    for (std::int64_t row = firstRow; row < firstRow + rows; ++row) {
        m_streams.emplace_back(RandomBits(ofStep ^ static_cast<std::uint64_t>(row)).next());
    }
}

torch::Tensor Dropout::apply(const torch::Tensor& x, double rate) {
    if (!x.device().is_cpu()) {
        return torch::dropout(x, rate, true);
    }
    const auto threshold = static_cast<std::uint32_t>(std::lround(std::ldexp(rate, 32)));
    const auto kept = static_cast<float>(1 / (1 - rate));
    torch::Tensor factors = torch::empty(x.sizes(), torch::kFloat32);
    auto* out = factors.data_ptr<float>();
    const std::int64_t ofRow = x.numel() / static_cast<std::int64_t>(m_streams.size());
    for (RandomBits& stream : m_streams) {
        RandomBits bits = stream;
        // One draw decides on two entries.
        for (std::int64_t i = 0; i + 1 < ofRow; i += 2) {
            const std::uint64_t drawn = bits.next();
            out[i] = static_cast<std::uint32_t>(drawn) < threshold ? 0.0F : kept;
            out[i + 1] = static_cast<std::uint32_t>(drawn >> 32U) < threshold ? 0.0F : kept;
        }
        if (ofRow % 2 == 1) {
            out[ofRow - 1] = static_cast<std::uint32_t>(bits.next()) < threshold ? 0.0F : kept;
        }
        stream = bits;
        out += ofRow;
    }
    return x * factors.to(x.scalar_type());
}

torch::Tensor dropped(const torch::Tensor& x, double rate, Dropout* dropout) {
    return dropout != nullptr && rate > 0 ? dropout->apply(x, rate) : x;
}

} // namespace finescope::engine
