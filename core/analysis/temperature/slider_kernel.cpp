#include "core/analysis/temperature/slider_kernel.h"

#include "core/analysis/calibration/exponential.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace finescope::analysis {

namespace {

constexpr std::size_t kProductBlocks = 32; // 32 factors of up to 1e9 classes stay below the largest double

template <class T>
using PerRow = std::array<T, kSliderBlock>;

/// One accumulator of a bin; there are four of each, so that neighbouring rows of one bin do not wait for
/// each other.
struct Accumulator {
    double confidence = 0;
    std::uint64_t countAndRight = 0; // count in the low half, right answers in the high half
};
constexpr std::size_t kParts = 4;

/// Sums over the classes of one block: sum_c e_c and sum_c e_c^2 with e_c = 2^(beta d_c), and e of the label
/// where it is not the predicted class.
FINESCOPE_INLINE inline void addExponentials(const float* __restrict differences, std::size_t columns,
                                             float beta, PerRow<float>& sum, PerRow<float>& square,
                                             PerRow<float>& first) {
    for (std::size_t row = 0; row < kSliderBlock; ++row) {
        const float value = columns > 0 ? exp2OfNegative(beta * differences[row]) : 0.0F;
        first[row] = value;
        sum[row] = 1.0F + value;
        square[row] = 1.0F + value * value;
    }
    for (std::size_t column = 1; column < columns; ++column) {
        const float* __restrict difference = differences + column * kSliderBlock;
        for (std::size_t row = 0; row < kSliderBlock; ++row) {
            const float value = exp2OfNegative(beta * difference[row]);
            sum[row] += value;
            square[row] += value * value;
        }
    }
}

/// The bin of a confidence: confidence K rounded up, less one.
FINESCOPE_INLINE inline std::int32_t binOf(float confidence, float bins) {
    const float scaled = confidence * bins;
    const auto below = static_cast<std::int32_t>(scaled);
    const std::int32_t index = static_cast<float>(below) == scaled ? below - 1 : below;
    const std::int32_t last = static_cast<std::int32_t>(bins) - 1;
    return index < 0 ? 0 : (index > last ? last : index);
}

} // namespace

ReliabilitySums sumSliderRows(const SliderRows& in, float beta, std::size_t binCount, InstructionSet set) {
    const std::size_t blocks = in.blocks();
    const auto bins = static_cast<float>(binCount);
    std::vector<Accumulator> accumulators(kParts * binCount);
    ReliabilitySums sums;
    sums.count = static_cast<std::int64_t>(in.rows);
    alignas(64) PerRow<double> scores{}, products;
    products.fill(1.0);
    // ln s summed as the logarithm of products: one logarithm for many rows, and no float logarithm at all.
    const auto takeLogarithms = [&] {
        for (double& product : products) {
            sums.nll += std::log(product);
            product = 1.0;
        }
    };
    for (std::size_t start = 0; start < blocks; start += kProductBlocks) {
        const std::size_t end = std::min(start + kProductBlocks, blocks);
        runWith(set, [&]() FINESCOPE_INLINE {
            alignas(64) PerRow<float> sum, squares, first, confidence;
            alignas(64) PerRow<std::int32_t> bin;
            for (std::size_t block = start; block < end; ++block) {
                const std::uint8_t* __restrict right = in.right + block * kSliderBlock;
                addExponentials(in.differences + block * kSliderBlock * in.columns, in.columns, beta, sum,
                                squares, first);
                for (std::size_t row = 0; row < kSliderBlock; ++row) {
                    const float inverse = 1.0F / sum[row];
                    const float label = right[row] != 0 ? 1.0F : first[row];
                    // sum_c p_c^2 - 2 p_y; the 1 of (1 - p_y)^2 is added once for all rows.
                    scores[row] += static_cast<double>((squares[row] * inverse - 2.0F * label) * inverse);
                    products[row] *= static_cast<double>(sum[row]);
                    confidence[row] = inverse;
                    bin[row] = binOf(inverse, bins);
                }
                const std::size_t rows = std::min(kSliderBlock, in.rows - block * kSliderBlock);
                for (std::size_t row = 0; row < rows; ++row) {
                    Accumulator& target =
                        accumulators[kParts * static_cast<std::size_t>(bin[row]) + row % kParts];
                    target.confidence += static_cast<double>(confidence[row]);
                    target.countAndRight += 1U + (static_cast<std::uint64_t>(right[row]) << 32U);
                }
            }
        });
        takeLogarithms();
    }
    sums.brier = static_cast<double>(blocks * kSliderBlock);
    for (const double score : scores) {
        sums.brier += score;
    }
    sums.bins.resize(binCount);
    for (std::size_t index = 0; index < binCount; ++index) {
        for (std::size_t part = 0; part < kParts; ++part) {
            const Accumulator& source = accumulators[kParts * index + part];
            sums.bins[index].count += static_cast<std::int64_t>(source.countAndRight & 0xFFFFFFFFU);
            sums.bins[index].right += static_cast<std::int64_t>(source.countAndRight >> 32U);
            sums.bins[index].confidence += source.confidence;
        }
    }
    return sums;
}

} // namespace finescope::analysis
