#pragma once

#include "core/analysis/reliability.h"

#include <memory>

namespace finescope::analysis {

/// The fast path under the temperature slider: prepares logits once, then gives the numbers at any
/// temperature in well under a frame. Agrees with reliability() to 1e-6, except for rows that close to a bin
/// edge; exports and summaries use reliability(). Immutable after construction; at() may be called from any
/// thread.
class SliderTable {
public:
    /// logits [N, C], labels [N]; refuses what reliability() refuses.
    SliderTable(const MatrixViewF& logits, const Labels& labels, int binCount = 15);
    ~SliderTable();
    SliderTable(SliderTable&&) noexcept;
    SliderTable& operator=(SliderTable&&) noexcept;

    [[nodiscard]] Reliability at(double temperature) const;

private:
    struct Prepared;
    std::unique_ptr<const Prepared> m_prepared;
};

} // namespace finescope::analysis
