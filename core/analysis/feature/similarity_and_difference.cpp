#include "core/analysis/feature/similarity_and_difference.h"

#include "core/analysis/feature/similarity_of_samples.h"

namespace finescope::analysis {

double cosineSimilarity(const MatrixViewF& features) {
    return cosineSimilarities(features).mean();
}

double featureDifference(const MatrixViewF& before, const MatrixViewF& after) {
    return featureDifferences(before, after).mean();
}

} // namespace finescope::analysis
