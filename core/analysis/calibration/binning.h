#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace finescope::analysis {

/// How [0, 1] is cut into bins.
enum class Binning : std::uint8_t {
    equalWidth, ///< K bins of width 1/K
    equalMass,  ///< at most K bins with about as many rows each
};

/// Bins (lo, hi] that cover [0, 1], the first closed at 0. Guo et al. 2017; definitions.md, Confidence bins.
class ConfidenceBins {
public:
    /// Of equal width: edges i/K, correctly rounded. 1 <= count <= 1000; throws Error{badInput} otherwise.
    explicit ConfidenceBins(int count);

    /// Of equal mass: the sorted confidences, N of them in [0, 1], are cut into min(count, N) parts whose
    /// sizes differ by one at most, the larger ones first; an edge lies midway between its neighbours. Equal
    /// confidences are never parted: a cut that falls among them moves behind the last, so that there may be
    /// fewer bins than asked for, one if all are equal, and none is empty. Throws Error{badInput} if there
    /// are no confidences, if one is not in [0, 1], or if not 1 <= count <= 1000. Source: Kumar et al. 2019
    /// and their code, uncertainty-calibration 0.1.4; definitions.md, Confidence bins.
    [[nodiscard]] static ConfidenceBins equalMass(std::span<const double> confidences, int count);

    /// Of either kind.
    [[nodiscard]] static ConfidenceBins of(Binning binning, std::span<const double> confidences, int count);

    [[nodiscard]] std::size_t count() const { return m_edges.size() - 1; }
    /// count() + 1 ascending values, 0 and 1 included.
    [[nodiscard]] const std::vector<double>& edges() const { return m_edges; }
    /// The bin that holds `confidence` in [0, 1], always in agreement with edges().
    [[nodiscard]] std::size_t indexOf(double confidence) const;

private:
    ConfidenceBins() = default;

    std::vector<double> m_edges;
    Binning m_binning = Binning::equalWidth;
};

} // namespace finescope::analysis
