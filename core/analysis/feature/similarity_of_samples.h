#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// Of each row, the mean cosine similarity with all other rows: [N], from the sum of the unit vectors. Their
/// mean is cosineSimilarity(features). features [N, h], N >= 2. O(N h). Throws as cosineSimilarity.
/// definitions.md, Cosine similarity.
[[nodiscard]] VectorD cosineSimilarities(const MatrixViewF& features);

/// Of each row, ||after - before||_2: [N]. Their mean is featureDifference(before, after), whose errors it
/// throws. definitions.md, Feature difference.
[[nodiscard]] VectorD featureDifferences(const MatrixViewF& before, const MatrixViewF& after);

/// The other reading of definitions.md, Cosine similarity, the mean over all pairs i <= j with each row's 1
/// with itself counted once beside two of every pair (the mean of the whole matrix of cosines), from the mean
/// over pairs i < j of `samples` rows: it differs by (1 - similarity) / N.
[[nodiscard]] double cosineSimilarityWithDiagonal(double similarity, Eigen::Index samples);

/// The rows of each class, ascending; labels in 0..classes-1.
[[nodiscard]] std::vector<std::vector<Eigen::Index>> rowsOfClasses(const Labels& labels, int classes);

/// Rows divided by their lengths, in double precision: [N, h]. A row of length zero throws Error{numeric}.
[[nodiscard]] MatrixD unitRows(const MatrixViewF& features);

} // namespace finescope::analysis
