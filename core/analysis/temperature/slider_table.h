#pragma once

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/compute/instruction_set.h"

#include <memory>

namespace finescope::analysis {

/// The fast path under the temperature slider: prepares logits once, then gives the numbers at any
/// temperature in well under a frame. Agrees with reliability() to 1e-6, except for rows that close to a bin
/// edge; exports and summaries use reliability(). Immutable after construction; at() may be called from any
/// thread, and takes further threads for itself where there are a million logits or more. Its results do not
/// depend on how many those are.
class SliderTable {
public:
    /// logits [N, C], labels [N]; refuses what reliability() refuses. Reads the logits once and keeps
    /// nothing of them but bytes(). `set` is for tests: at() uses no wider instructions.
    SliderTable(const MatrixViewF& logits, const Labels& labels, int binCount = 15,
                InstructionSet set = widestInstructionSet());
    ~SliderTable();
    SliderTable(SliderTable&&) noexcept;
    SliderTable& operator=(SliderTable&&) noexcept;

    /// T > 0; the promise holds for T in 1e-37 .. 1e37, what float can divide by.
    [[nodiscard]] Reliability at(double temperature) const;

    /// Memory that the rows take: 4 (C - 1) + 1 bytes each, N rounded up to 32; less than the logits.
    [[nodiscard]] std::size_t bytes() const;

private:
    struct Prepared;
    std::unique_ptr<const Prepared> m_prepared;
};

} // namespace finescope::analysis
