#include "core/analysis/binning.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace finescope::analysis {

ConfidenceBins::ConfidenceBins(int count) {
    if (count < 1 || count > 1000) {
        throw Error(ErrorKind::badInput, "the number of bins must be 1..1000, got " + std::to_string(count));
    }
    m_edges.reserve(static_cast<std::size_t>(count) + 1);
    for (int edge = 0; edge <= count; ++edge) {
        m_edges.push_back(static_cast<double>(edge) / count);
    }
}

std::size_t ConfidenceBins::indexOf(double confidence) const {
    const auto last = static_cast<double>(count() - 1);
    auto index = static_cast<std::size_t>(
        std::clamp(std::ceil(confidence * static_cast<double>(count())) - 1, 0.0, last));
    // The product above is rounded: a confidence within an ulp of an edge may have landed on its wrong side.
    while (index > 0 && confidence <= m_edges[index]) {
        --index;
    }
    while (index + 1 < count() && confidence > m_edges[index + 1]) {
        ++index;
    }
    return index;
}

} // namespace finescope::analysis
