#include "core/analysis/feature/feature_change.h"

#include "core/analysis/statistics/unless_undefined.h"

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

FeatureChange featureChange(const MatrixViewF& pretrained, const MatrixViewF& final, const Labels& labels,
                            const WorkHooks& hooks) {
    const auto reached = [&](double fraction) { // roughly, of the time at many samples
        throwIfCancelled(hooks, "the comparison of features");
        if (hooks.onProgress) {
            hooks.onProgress(fraction);
        }
    };
    FeatureChange numbers;
    numbers.cosinePretrained = cosine(pretrained);
    numbers.cosineFinal = cosine(final);
    if (pretrained.rows() > 0 && final.rows() > 0 && pretrained.cols() == final.cols()) {
        numbers.difference = featureDifference(pretrained, final);
    }
    reached(0.1);
    numbers.fisherPretrained = fisher(pretrained, labels);
    reached(0.55);
    numbers.fisherFinal = fisher(final, labels);
    reached(1);
    return numbers;
}

} // namespace finescope::analysis
