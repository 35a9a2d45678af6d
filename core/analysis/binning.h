#pragma once

#include <cstddef>
#include <vector>

namespace finescope::analysis {

/// The bins (lo, hi] of equal width on [0, 1], the first closed at 0: edges i/K, correctly rounded. Source:
/// Guo et al. 2017 (PAPER 2.10).
class ConfidenceBins {
public:
    /// 1 <= count <= 1000; throws Error{badInput} otherwise.
    explicit ConfidenceBins(int count);

    [[nodiscard]] std::size_t count() const { return m_edges.size() - 1; }
    /// count() + 1 ascending values, 0 and 1 included.
    [[nodiscard]] const std::vector<double>& edges() const { return m_edges; }
    /// The bin that holds `confidence` in [0, 1], always in agreement with edges().
    [[nodiscard]] std::size_t indexOf(double confidence) const;

private:
    std::vector<double> m_edges;
};

} // namespace finescope::analysis
