#pragma once

#include "core/analysis/calibration/reliability_sums.h"
#include "core/analysis/compute/instruction_set.h"

#include <cstddef>
#include <cstdint>

namespace finescope::analysis {

/// Rows that the inner loop of SliderTable works on at once: their sums stay in registers.
inline constexpr std::size_t kSliderBlock = 32;

/// Consecutive rows, prepared: with z_max the largest logit of a row, (z_c - z_max) log2(e) of all classes
/// but the predicted one, which always contributes 2^0 = 1. The label, where it is not the predicted class,
/// comes first. What fills the last block up says that its rows are right and certain.
struct SliderRows {
    const float* differences;  ///< [blocks, columns, kSliderBlock], all <= 0 and finite
    const std::uint8_t* right; ///< [blocks, kSliderBlock], 1 where the label is predicted
    std::size_t columns;       ///< C - 1
    std::size_t rows;

    [[nodiscard]] std::size_t blocks() const { return (rows + kSliderBlock - 1) / kSliderBlock; }
};

/// One pass over the rows at T = 1/beta, in float with sums in double. The `nll` of the result lacks
/// (z_max - z_y) / T of each row: it is the sum of ln sum_c exp((z_c - z_max) / T). beta > 0 and finite.
[[nodiscard]] ReliabilitySums sumSliderRows(const SliderRows& rows, float beta, std::size_t binCount,
                                            InstructionSet set);

} // namespace finescope::analysis
