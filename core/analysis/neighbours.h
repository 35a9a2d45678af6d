#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// How much of the neighbourhood of each row stays: the mean share of its k nearest other rows (Euclidean
/// distance) that are the same before and after, 0..1; about k / (N - 1) by chance. before, after [N, h] and
/// [N, g], N > k >= 1. O(N^2 h). Throws Error{badInput} on other shapes and on values that are not finite.
/// PAPER C23.
[[nodiscard]] double neighbourOverlap(const MatrixViewF& before, const MatrixViewF& after, int k);

/// The mean share of the k nearest other rows that have the row's own label, 0..1. features [N, h], labels
/// [N], N > k >= 1. O(N^2 h). Throws as neighbourOverlap.
[[nodiscard]] double neighbourPurity(const MatrixViewF& features, const Labels& labels, int k);

} // namespace finescope::analysis
