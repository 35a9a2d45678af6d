#include "core/analysis/compute/exact_sum.h"

#include <cmath>
#include <cstddef>
#include <utility>

namespace finescope::analysis {

void ExactSum::add(double term) {
    std::size_t kept = 0;
    for (double part : m_parts) {
        if (std::abs(term) < std::abs(part)) {
            std::swap(term, part);
        }
        const double high = term + part;
        const double low = part - (high - term);
        if (low != 0) {
            m_parts[kept++] = low;
        }
        term = high;
    }
    m_parts.resize(kept);
    if (term != 0) {
        m_parts.push_back(term);
    }
}

int ExactSum::sign() const {
    if (m_parts.empty()) {
        return 0;
    }
    return m_parts.back() > 0 ? 1 : -1;
}

} // namespace finescope::analysis
