#include "core/analysis/feature/feature_distributions.h"

#include "core/analysis/compute/validation.h"
#include "core/analysis/feature/similarity_of_samples.h"
#include "core/analysis/statistics/unless_undefined.h"

#include <algorithm>
#include <limits>

namespace finescope::analysis {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Mean cosine similarity of the pairs within each class.
VectorD cosinesWithin(const MatrixViewF& features, const std::vector<std::vector<Eigen::Index>>& classes) {
    VectorD means = VectorD::Constant(static_cast<Eigen::Index>(classes.size()), kNaN);
    for (std::size_t label = 0; label < classes.size(); ++label) {
        if (classes[label].size() > 1) {
            means(static_cast<Eigen::Index>(label)) =
                cosineSimilarity(MatrixF(features(classes[label], Eigen::all)));
        }
    }
    return means;
}

FeatureSet describe(const MatrixViewF& features, const Labels& labels,
                    const std::vector<std::vector<Eigen::Index>>& classes,
                    const FeatureDistributionOptions& options, const WorkHooks& hooks) {
    FeatureSet set;
    const auto classCount = static_cast<int>(classes.size());
    set.cosineWithinClass = VectorD::Constant(classCount, kNaN);
    if (features.rows() >= 2) {
        if (auto cosines = unlessUndefined([&] { return cosineSimilarities(features); })) {
            set.cosines = std::move(*cosines);
            set.cosine = Estimate{.value = set.cosines.mean(), .interval = {}};
            set.cosineWithinClass = cosinesWithin(features, classes);
            if (options.intervals) {
                set.cosine->interval =
                    cosineSimilarityInterval(features, options.bootstrap, part(hooks, 0.05, 0.5));
            }
        }
    }
    throwIfCancelled(hooks, "the statistics of the features");
    if (features.rows() > 0 &&
        std::ranges::count_if(classes, [](const auto& rows) { return !rows.empty(); }) > 1) {
        set.fisher = unlessUndefined([&] {
            return fisherEstimate(features, labels, classCount,
                                  {.relativeRidge = {},
                                   .jackknife = options.intervals,
                                   .groups = options.jackknifeGroups,
                                   .level = options.bootstrap.level,
                                   .threads = options.bootstrap.threads},
                                  part(hooks, 0.5, 1));
        });
    }
    return set;
}

} // namespace

FeatureDistributions featureDistributions(const MatrixViewF& pretrained, const MatrixViewF& final,
                                          const Labels& labels, int classes,
                                          const FeatureDistributionOptions& options, const WorkHooks& hooks) {
    for (const MatrixViewF* features : {&pretrained, &final}) {
        if (features->rows() > 0) {
            requireFeaturesAndLabels(*features, labels, classes);
        }
    }
    const auto rows = rowsOfClasses(labels, classes);
    FeatureDistributions details;
    for (const auto& ofClass : rows) {
        details.counts.push_back(static_cast<std::int64_t>(ofClass.size()));
    }
    details.pretrained = describe(pretrained, labels, rows, options, part(hooks, 0, 0.48));
    details.final = describe(final, labels, rows, options, part(hooks, 0.48, 0.96));
    details.differenceOfClass = VectorD::Constant(classes, kNaN);
    if (pretrained.rows() > 0 && final.rows() > 0 && pretrained.cols() == final.cols()) {
        details.differences = featureDifferences(pretrained, final);
        details.difference = Estimate{.value = details.differences.mean(), .interval = {}};
        if (options.intervals) {
            details.difference->interval =
                meanInterval(details.differences, options.bootstrap, part(hooks, 0.96, 1));
        }
        for (int label = 0; label < classes; ++label) {
            const auto& ofClass = rows[static_cast<std::size_t>(label)];
            if (!ofClass.empty()) {
                details.differenceOfClass(label) = details.differences(ofClass).mean();
            }
        }
    }
    return details;
}

} // namespace finescope::analysis
