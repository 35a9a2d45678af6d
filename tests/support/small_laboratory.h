#pragma once

#include "core/analysis/theory/theory_laboratory.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace finescope::tests {

/// A laboratory of simple numbers: two seeds; two dimensions, the first with one rank less.
inline analysis::TheoryLaboratory smallLaboratory() {
    analysis::TheoryLaboratory laboratory;
    laboratory.created = "2026-01-02T03:04:05Z";
    laboratory.orthogonal = {{0, 45, 90}, {1, 10}, {}};
    for (const std::int64_t dimension : {4, 8}) {
        const auto size = static_cast<double>(dimension);
        analysis::OrthogonalSeries series{dimension, dimension / 2, {}, {}, {}, {}};
        series.byAngle = MatrixD{{2 * size, size, 0}, {4 * size, 3 * size, 0}};
        series.inside = MatrixD{{1, 2}, {3, 6}};
        series.halfway = MatrixD{{0.5, 1}, {1.5, 3}};
        series.outside = MatrixD{{0, 1e-16}, {0, 3e-16}};
        laboratory.orthogonal.series.push_back(std::move(series));
    }
    laboratory.lora = {100, 3, {0.05, 0.5, analysis::kLoraLevel}, {0.5, 1, 2}, {}};
    for (const std::int64_t dimension : {4, 8}) {
        for (const std::int64_t rank : {8, 256, 512}) {
            if (dimension == 4 && rank == 512) {
                continue;
            }
            const double unit = 1 / std::sqrt(static_cast<double>(rank));
            analysis::LoraSeries series{dimension, rank, {}, {}, {}};
            series.quantiles = MatrixD{{0.1 * unit, unit, 2 * unit}, {0.2 * unit, 2 * unit, 4 * unit}};
            series.share = MatrixD{{0.5, 0.75, 1}, {0.7, 0.85, 1}};
            series.relativeDeviation = VectorD{{1.4 * unit, 1.5 * unit}};
            laboratory.lora.series.push_back(std::move(series));
        }
    }
    return laboratory;
}

} // namespace finescope::tests
