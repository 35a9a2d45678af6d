#include "core/analysis/feature_numbers.h"

#include "core/error.h"

#include <algorithm>

namespace finescope::analysis {

namespace {

/// Absent for a quantity that these data do not have (Error{numeric}: no direction, no spread); every other
/// error passes.
template <typename Compute>
auto unlessUndefined(Compute&& compute) -> std::optional<decltype(compute())> {
    try {
        return compute();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::numeric) {
            throw;
        }
        return std::nullopt;
    }
}

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
