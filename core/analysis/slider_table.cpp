#include "core/analysis/slider_table.h"

#include "core/analysis/reliability_sums.h"
#include "core/analysis/validation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

// The loops below are compiled three times and the widest version that the machine can run is chosen at
// start-up, so that a build for any x86-64 uses AVX2 or AVX-512 where it is there. The choice is made before
// a sanitizer is ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define FINESCOPE_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FINESCOPE_VECTOR_CLONES
#endif

namespace finescope::analysis {

namespace {

constexpr std::size_t kBlock = 256;      // rows; their running sums stay in the first-level cache
constexpr std::size_t kProductRows = 32; // 32 factors of up to 1e9 classes stay below the largest double

/// 2^x for x <= 0 with a relative error below 2e-7; 0 in effect below -126. Plain arithmetic that vectorises.
inline float exp2OfNegative(float x) {
    constexpr float kRounder = 12582912.0F; // 1.5 * 2^23: adding it rounds to the nearest integer
    x = x < -126.0F ? -126.0F : x;
    const float rounded = x + kRounder;
    const float fraction = x - (rounded - kRounder);
    // Least relative error on [-1/2, 1/2] among polynomials of degree 6 that are 1 at 0: 2e-9 before
    // rounding.
    float power = 1.5353350e-4F;
    power = power * fraction + 1.3398896e-3F;
    power = power * fraction + 9.6184378e-3F;
    power = power * fraction + 5.5503324e-2F;
    power = power * fraction + 2.4022648e-1F;
    power = power * fraction + 6.9314718e-1F;
    power = power * fraction + 1.0F;
    const auto exponent = std::bit_cast<std::uint32_t>(rounded) << 23U;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(power) + exponent);
}

/// sum[i] = 1 + sum_c 2^(beta d_c[i]) and squares[i] = 1 + sum_c 4^(beta d_c[i]) for one block; differences:
/// [columns, kBlock], all <= 0.
FINESCOPE_VECTOR_CLONES
void addExponentials(const float* __restrict differences, std::size_t columns, float beta,
                     float* __restrict sum, float* __restrict squares) {
    for (std::size_t row = 0; row < kBlock; ++row) {
        sum[row] = 1.0F;
        squares[row] = 1.0F;
    }
    for (std::size_t column = 0; column < columns; ++column) {
        const float* __restrict difference = differences + column * kBlock;
        for (std::size_t row = 0; row < kBlock; ++row) {
            const float value = exp2OfNegative(beta * difference[row]);
            sum[row] += value;
            squares[row] += value * value;
        }
    }
}

/// confidence, the row's Brier score and a first guess of its bin, (conf K - 1) rounded up.
FINESCOPE_VECTOR_CLONES
void finishRows(const float* __restrict labelDifference, float beta, float bins, const float* __restrict sum,
                const float* __restrict squares, float* __restrict confidence, float* __restrict brier,
                std::int32_t* __restrict bin) {
    const auto last = static_cast<std::int32_t>(bins) - 1;
    for (std::size_t row = 0; row < kBlock; ++row) {
        const float inverse = 1.0F / sum[row];
        const float label = exp2OfNegative(beta * labelDifference[row]) * inverse;
        confidence[row] = inverse;
        brier[row] = squares[row] * inverse * inverse - 2.0F * label + 1.0F;
        const float scaled = inverse * bins;
        const auto below = static_cast<std::int32_t>(scaled);
        const std::int32_t index = static_cast<float>(below) == scaled ? below - 1 : below;
        bin[row] = index < 0 ? 0 : (index > last ? last : index);
    }
}

/// One accumulator of a bin; there are four of each, so that neighbouring rows of one bin do not wait for
/// each other.
struct Accumulator {
    double confidence = 0;
    std::uint64_t countAndRight = 0; // count in the low half, right answers in the high half
};

} // namespace

struct SliderTable::Prepared {
    explicit Prepared(int binCount) : edges(binCount) {}

    ConfidenceBins edges;
    std::size_t rows = 0;
    std::size_t columns = 0; // C - 1: the predicted class always contributes 2^0 = 1
    std::vector<float>
        differences; // [blocks, columns, kBlock]: (z_c - z_max) log2(e), the predicted class left out
    std::vector<float> labelDifference; // [blocks, kBlock]: the same of the label
    std::vector<std::uint8_t> right;    // [blocks, kBlock]
    double labelDistance = 0;           // sum of z_max - z_y, in double

    [[nodiscard]] std::size_t blocks() const { return (rows + kBlock - 1) / kBlock; }
};

SliderTable::SliderTable(const MatrixViewF& logits, const Labels& labels, int binCount) {
    requireLogitsAndLabels(logits, labels);
    auto prepared = std::make_unique<Prepared>(binCount);
    prepared->rows = static_cast<std::size_t>(logits.rows());
    prepared->columns = static_cast<std::size_t>(logits.cols()) - 1;
    const std::size_t padded = prepared->blocks() * kBlock;
    prepared->differences.resize(padded * prepared->columns);
    prepared->labelDifference.resize(padded);
    prepared->right.resize(padded);

    for (std::size_t row = 0; row < prepared->rows; ++row) {
        const auto values = logits.row(static_cast<Eigen::Index>(row));
        Eigen::Index predicted = 0;
        for (Eigen::Index column = 1; column < values.size(); ++column) {
            if (values(column) > values(predicted)) {
                predicted = column;
            }
        }
        const double largest = values(predicted);
        const auto difference = [&](Eigen::Index column) {
            return static_cast<float>((static_cast<double>(values(column)) - largest) * std::numbers::log2e);
        };
        const std::size_t block = row / kBlock;
        float* target = prepared->differences.data() + block * kBlock * prepared->columns + row % kBlock;
        for (Eigen::Index column = 0; column < values.size(); ++column) {
            if (column != predicted) {
                *target = difference(column);
                target += kBlock;
            }
        }
        const auto label = static_cast<Eigen::Index>(labels[row]);
        prepared->labelDifference[row] = difference(label);
        prepared->right[row] = predicted == label ? 1 : 0;
        prepared->labelDistance += largest - static_cast<double>(values(label));
    }
    m_prepared = std::move(prepared);
}

SliderTable::~SliderTable() = default;
SliderTable::SliderTable(SliderTable&&) noexcept = default;
SliderTable& SliderTable::operator=(SliderTable&&) noexcept = default;

Reliability SliderTable::at(double temperature) const {
    requireTemperature(temperature);
    const Prepared& table = *m_prepared;
    const auto beta = static_cast<float>(1 / temperature);
    const std::size_t binCount = table.edges.count();

    alignas(64) std::array<float, kBlock> sum;
    alignas(64) std::array<float, kBlock> squares;
    alignas(64) std::array<float, kBlock> confidence;
    alignas(64) std::array<float, kBlock> brier;
    alignas(64) std::array<std::int32_t, kBlock> bin;
    std::vector<Accumulator> accumulators(4 * binCount);

    ReliabilitySums sums;
    sums.count = static_cast<std::int64_t>(table.rows);
    for (std::size_t block = 0; block < table.blocks(); ++block) {
        const std::size_t first = block * kBlock;
        addExponentials(table.differences.data() + first * table.columns, table.columns, beta, sum.data(),
                        squares.data());
        finishRows(table.labelDifference.data() + first, beta, static_cast<float>(binCount), sum.data(),
                   squares.data(), confidence.data(), brier.data(), bin.data());

        const std::size_t rows = std::min(kBlock, table.rows - first);
        for (std::size_t row = 0; row < rows; ++row) {
            Accumulator& target = accumulators[4 * static_cast<std::size_t>(bin[row]) + row % 4];
            target.confidence += static_cast<double>(confidence[row]);
            target.countAndRight += 1U + (static_cast<std::uint64_t>(table.right[first + row]) << 32U);
        }
        // ln s summed as the logarithm of products: one logarithm for many rows, and no float logarithm at
        // all.
        for (std::size_t start = 0; start < rows; start += kProductRows) {
            double product = 1;
            double scores = 0;
            for (std::size_t row = start; row < std::min(start + kProductRows, rows); ++row) {
                product *= static_cast<double>(sum[row]);
                scores += static_cast<double>(brier[row]);
            }
            sums.nll += std::log(product);
            sums.brier += scores;
        }
    }
    sums.nll += table.labelDistance / temperature;

    sums.bins.resize(binCount);
    for (std::size_t index = 0; index < binCount; ++index) {
        for (std::size_t part = 0; part < 4; ++part) {
            const Accumulator& source = accumulators[4 * index + part];
            sums.bins[index].count += static_cast<std::int64_t>(source.countAndRight & 0xFFFFFFFFU);
            sums.bins[index].right += static_cast<std::int64_t>(source.countAndRight >> 32U);
            sums.bins[index].confidence += source.confidence;
        }
    }
    return sums.finish(table.edges, temperature);
}

} // namespace finescope::analysis
