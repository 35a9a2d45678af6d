#include "core/analysis/temperature/temperature_objective.h"

#include "core/analysis/calibration/exact_kernel.h"
#include "core/analysis/calibration/exponential.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace finescope::analysis {

namespace {

/// Of a few rows side by side: with s_c = z_c - reference and e_c = exp(beta s_c).
struct RowSums {
    using Values = std::array<double, kExactBlock>;
    Values reference; ///< the end of the row with the largest exponent, so that nothing overflows
    Values sum;       ///< sum_c e_c, >= 1
    Values first;     ///< sum_c e_c s_c
    Values second;    ///< sum_c e_c s_c^2
};

/// values: [classes, kExactBlock].
FINESCOPE_INLINE inline void sumRows(const double* __restrict values, std::size_t classes, double beta,
                                     RowSums& out) {
    const double sign = beta >= 0 ? 1 : -1;
    alignas(64) RowSums sums{};
    for (std::size_t row = 0; row < kExactBlock; ++row) {
        sums.reference[row] = values[row];
    }
    for (std::size_t column = 1; column < classes; ++column) {
        const double* __restrict value = values + column * kExactBlock;
        for (std::size_t row = 0; row < kExactBlock; ++row) {
            const bool further = sign * value[row] > sign * sums.reference[row];
            sums.reference[row] = further ? value[row] : sums.reference[row];
        }
    }
    for (std::size_t column = 0; column < classes; ++column) {
        const double* __restrict value = values + column * kExactBlock;
        for (std::size_t row = 0; row < kExactBlock; ++row) {
            const double shifted = value[row] - sums.reference[row];
            const double exponential = expOfNegative(beta * shifted);
            sums.sum[row] += exponential;
            sums.first[row] += exponential * shifted;
            sums.second[row] += exponential * shifted * shifted;
        }
    }
    out = sums;
}

} // namespace

TemperatureObjective temperatureObjective(const MatrixViewF& logits, const Labels& labels, double beta) {
    const InstructionSet set = widestInstructionSet();
    const auto classes = static_cast<std::size_t>(logits.cols());
    TemperatureObjective result;
    std::vector<double> scratch;
    RowSums sums;
    for (std::size_t start = 0; start < labels.size(); start += kExactBlock) {
        const std::size_t rows = std::min(kExactBlock, labels.size() - start);
        transposeRows(logits, start, rows, scratch);
        const double* const values = scratch.data();
        runWith(set, [&]() FINESCOPE_INLINE { sumRows(values, classes, beta, sums); });
        for (std::size_t row = 0; row < rows; ++row) {
            const auto label = static_cast<std::size_t>(labels[start + row]);
            const double ofLabel = scratch[label * kExactBlock + row] - sums.reference[row];
            const double mean = sums.first[row] / sums.sum[row];
            result.nll += std::log(sums.sum[row]) - beta * ofLabel;
            result.slope += mean - ofLabel;
            // The reference itself has a share of at least 1 / C: no more than that factor is cancelled.
            result.curvature += sums.second[row] / sums.sum[row] - mean * mean;
        }
    }
    const auto rows = static_cast<double>(labels.size());
    result.nll /= rows;
    result.slope /= rows;
    result.curvature /= rows;
    return result;
}

} // namespace finescope::analysis
