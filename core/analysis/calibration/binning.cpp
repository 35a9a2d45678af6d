#include "core/analysis/calibration/binning.h"

#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace finescope::analysis {

namespace {

void requireBinCount(int count) {
    if (count < 1 || count > 1000) {
        throw Error(ErrorKind::badInput, "the number of bins must be 1..1000, got " + std::to_string(count));
    }
}

/// Midway between two values, low < high, but below high even where they are neighbours.
double edgeBetween(double low, double high) {
    const double middle = (low + high) / 2;
    return middle < high ? middle : low;
}

} // namespace

ConfidenceBins::ConfidenceBins(int count) {
    requireBinCount(count);
    m_edges.reserve(static_cast<std::size_t>(count) + 1);
    for (int edge = 0; edge <= count; ++edge) {
        m_edges.push_back(static_cast<double>(edge) / count);
    }
}

ConfidenceBins ConfidenceBins::equalMass(std::span<const double> confidences, int count) {
    requireBinCount(count);
    requireConfidences(confidences);
    std::vector<double> sorted(confidences.begin(), confidences.end());
    std::ranges::sort(sorted);
    const std::size_t parts = std::min(static_cast<std::size_t>(count), sorted.size());
    ConfidenceBins result;
    result.m_binning = Binning::equalMass;
    result.m_edges.push_back(0);
    for (std::size_t part = 1; part < parts; ++part) {
        const std::size_t cut = part * (sorted.size() / parts) + std::min(part, sorted.size() % parts);
        const double below = sorted[cut - 1];
        const auto above =
            std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(cut), sorted.end(), below);
        if (above == sorted.end()) {
            break;
        }
        const double edge = edgeBetween(below, *above);
        // Equal confidences that fill more than one share come here more than once.
        if (edge > result.m_edges.back()) {
            result.m_edges.push_back(edge);
        }
    }
    result.m_edges.push_back(1);
    return result;
}

ConfidenceBins ConfidenceBins::of(Binning binning, std::span<const double> confidences, int count) {
    return binning == Binning::equalMass ? equalMass(confidences, count) : ConfidenceBins(count);
}

std::size_t ConfidenceBins::indexOf(double confidence) const {
    if (m_binning == Binning::equalMass) {
        const auto firstUpper = m_edges.begin() + 1;
        return static_cast<std::size_t>(std::lower_bound(firstUpper, m_edges.end() - 1, confidence) -
                                        firstUpper);
    }
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
