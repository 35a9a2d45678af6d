#pragma once

#include <vector>

namespace finescope::analysis {

/// A sum of doubles without any rounding: kept as numbers of which none reaches into another's digits, so
/// that its sign is that of the true sum. Terms are finite and far from overflow. Shewchuk 1997, section 2.4.
class ExactSum {
public:
    void add(double term);
    /// -1, 0 or 1.
    [[nodiscard]] int sign() const;

private:
    std::vector<double> m_parts; // ascending, none of them 0
};

} // namespace finescope::analysis
