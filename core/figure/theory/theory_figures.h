#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/analysis/theory/theory_laboratory.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"

namespace finescope::figure {

/// The corollary on orthogonal samples (definitions.md, Linear model): the features' change by the sample's
/// angle to the span of the training samples, for each dimension; and over the steps of gradient descent, of
/// the largest dimension.
[[nodiscard]] Figure theoryOrthogonalFigure(const analysis::OrthogonalLaboratory& laboratory,
                                            analysis::Spread spread);

/// definitions.md, Proposition on LoRA, by rank: quantiles of the error of F over draws of A, the error of
/// 95 % of them for each dimension, how likely an error is, all with the corrected bound; and the relative
/// deviation of F with sqrt(2/r).
[[nodiscard]] Figure theoryLoraFigure(const analysis::LoraLaboratory& laboratory, analysis::Spread spread);

/// The figures that a request asks for.
[[nodiscard]] Figure buildTheoryOrthogonal(const FigureRequest& request,
                                           const analysis::TheoryLaboratory& laboratory);
[[nodiscard]] Figure buildTheoryLora(const FigureRequest& request,
                                     const analysis::TheoryLaboratory& laboratory);

} // namespace finescope::figure
