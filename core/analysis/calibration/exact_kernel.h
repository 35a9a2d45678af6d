#pragma once

#include "core/analysis/compute/instruction_set.h"
#include "core/matrix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace finescope::analysis {

/// Rows that are computed side by side.
inline constexpr std::size_t kExactBlock = 16;

/// Logits of `rows` consecutive rows, 1 .. kExactBlock, from `first` on, as out [C, kExactBlock]; what is
/// left over of each line repeats the first.
void transposeRows(const MatrixViewF& logits, std::size_t first, std::size_t rows, std::vector<double>& out);

/// What softmax(z / T) says of a few rows, in double precision. With e_c = exp((z_c - z_max) / T):
struct ExactRows {
    using Values = std::array<double, kExactBlock>;
    Values sum;           ///< sum_c e_c, >= 1; the confidence of the predicted class is 1 / sum
    Values labelExponent; ///< (z_y - z_max) / T, <= 0
    Values brier;         ///< sum_c (p_c - [c = y])^2, without cancellation where p_y is nearly 1
    Values predicted;     ///< the first class with the largest logit
};

/// Computes `rows` consecutive rows, 1 .. kExactBlock, from `first` on; entries behind them mean nothing.
/// logits [N, C], labels [N] in 0..C-1, all finite, T > 0. `scratch` is kept between calls.
void computeExactRows(const MatrixViewF& logits, const Labels& labels, std::size_t first, std::size_t rows,
                      double temperature, std::vector<double>& scratch, ExactRows& out, InstructionSet set);

/// What softmax(z / T) says of one row.
struct ExactRow {
    double confidence = 0; ///< of the predicted class, which is the first with the largest logit
    double nll = 0;        ///< -ln p_y
    double brier = 0;      ///< summed over classes
    bool right = false;
};

/// Calls `use` with the ExactRow of every row, in order. What computeExactRows() asks of its arguments holds.
template <class Use>
void forEachExactRow(const MatrixViewF& logits, const Labels& labels, double temperature, Use use) {
    const InstructionSet set = widestInstructionSet();
    std::vector<double> scratch;
    ExactRows block;
    for (std::size_t first = 0; first < labels.size(); first += kExactBlock) {
        const std::size_t rows = std::min(kExactBlock, labels.size() - first);
        computeExactRows(logits, labels, first, rows, temperature, scratch, block, set);
        for (std::size_t row = 0; row < rows; ++row) {
            use(ExactRow{1 / block.sum[row], std::log(block.sum[row]) - block.labelExponent[row],
                         block.brier[row],
                         static_cast<std::int64_t>(block.predicted[row]) == labels[first + row]});
        }
    }
}

} // namespace finescope::analysis
