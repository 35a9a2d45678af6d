#include "core/analysis/feature_numbers.h"

#include "core/analysis/unless_undefined.h"

#include <algorithm>

namespace finescope::analysis {

namespace {

std::optional<double> cosine(const MatrixViewF& features) {
    return features.rows() < 2 ? std::nullopt : unlessUndefined([&] { return cosineSimilarity(features); });
}

std::optional<FisherRatio> fisher(const MatrixViewF& features, const Labels& labels) {
    if (features.rows() == 0 || std::ranges::all_of(labels, [&](auto x) { return x == labels.front(); })) {
        return std::nullopt;
    }
    const int classes = static_cast<int>(*std::ranges::max_element(labels)) + 1;
    return unlessUndefined([&] { return fisherDiscriminantRatio(features, labels, classes); });
}

} // namespace

FeatureNumbers featureNumbers(const MatrixViewF& pretrained, const MatrixViewF& final, const Labels& labels) {
    FeatureNumbers numbers{.cosinePretrained = cosine(pretrained),
                           .cosineFinal = cosine(final),
                           .difference = std::nullopt,
                           .fisherPretrained = fisher(pretrained, labels),
                           .fisherFinal = fisher(final, labels)};
    if (pretrained.rows() > 0 && final.rows() > 0 && pretrained.cols() == final.cols()) {
        numbers.difference = featureDifference(pretrained, final);
    }
    return numbers;
}

} // namespace finescope::analysis
