#include "core/analysis/feature_statistics.h"

#include "core/analysis/scatter.h"
#include "core/analysis/validation.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace finescope::analysis {

namespace {

constexpr double kDefaultRidge = 1e-3; // of tr(S_W) / h

} // namespace

double cosineSimilarity(const MatrixViewF& features) {
    if (features.rows() < 2) {
        throw Error(ErrorKind::badInput, "cosine similarity needs at least 2 rows of features, got " +
                                             std::to_string(features.rows()));
    }
    requireFinite(features, "features");
    VectorD sum = VectorD::Zero(features.cols());
    for (Eigen::Index row = 0; row < features.rows(); ++row) {
        const VectorD values = features.row(row).cast<double>();
        const double length = values.norm();
        if (length == 0) {
            throw Error(ErrorKind::numeric,
                        "cosine similarity: row " + std::to_string(row) + " of the features has length zero");
        }
        sum += values / length;
    }
    // ||sum||^2 counts each pair twice and each row with itself once.
    const auto count = static_cast<double>(features.rows());
    return (sum.squaredNorm() - count) / (count * (count - 1));
}

double featureDifference(const MatrixViewF& before, const MatrixViewF& after) {
    if (before.rows() != after.rows() || before.cols() != after.cols() || before.rows() == 0) {
        const auto shape = [](const MatrixViewF& matrix) {
            return "[" + std::to_string(matrix.rows()) + ", " + std::to_string(matrix.cols()) + "]";
        };
        throw Error(ErrorKind::badInput,
                    "feature difference needs two non-empty sets of features of one shape, got " +
                        shape(before) + " and " + shape(after));
    }
    requireFinite(before, "pre-trained features");
    requireFinite(after, "features");
    double sum = 0;
    for (Eigen::Index row = 0; row < before.rows(); ++row) {
        sum += (after.row(row).cast<double>() - before.row(row).cast<double>()).norm();
    }
    return sum / static_cast<double>(before.rows());
}

FisherRatio fisherDiscriminantRatio(const MatrixViewF& features, const Labels& labels, int classes,
                                    std::optional<double> relativeRidge) {
    requireFeaturesAndLabels(features, labels, classes);
    if (relativeRidge && !(*relativeRidge >= 0 && std::isfinite(*relativeRidge))) {
        throw Error(ErrorKind::badInput,
                    "the ridge must be 0 or a positive number, got " + std::to_string(*relativeRidge));
    }
    const Eigen::Index rows = features.rows();
    const Eigen::Index width = features.cols();

    MatrixD means = MatrixD::Zero(classes, width);
    VectorD counts = VectorD::Zero(classes);
    for (Eigen::Index row = 0; row < rows; ++row) {
        const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
        means.row(label) += features.row(row).cast<double>();
        counts(label) += 1;
    }
    const auto present = (counts.array() > 0).count();
    if (rows < 2 || present < 2) {
        throw Error(ErrorKind::badInput, "Fisher's ratio needs rows of at least two classes, got " +
                                             std::to_string(rows) + " rows of " + std::to_string(present));
    }
    const VectorD overall = means.colwise().sum() / static_cast<double>(rows);
    for (Eigen::Index label = 0; label < classes; ++label) {
        if (counts(label) > 0) {
            means.row(label) /= counts(label);
        }
    }
    MatrixD centred = features.cast<double>();
    for (Eigen::Index row = 0; row < rows; ++row) {
        centred.row(row) -= means.row(static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]));
    }

    const ScatterDirections within = scatterDirections(centred, "Fisher's ratio");
    if (!(within.trace > 0)) {
        throw Error(ErrorKind::numeric,
                    "Fisher's ratio: the features of each class are all equal, so that there is no "
                    "spread within classes to compare with");
    }
    FisherRatio result;
    result.samples = rows;
    result.width = width;
    result.rankWithin = within.values.size();
    result.ridge = relativeRidge ? *relativeRidge : (rows - present >= width ? 0.0 : kDefaultRidge);

    const double lambda = result.ridge * within.trace / static_cast<double>(width);
    for (Eigen::Index label = 0; label < classes; ++label) {
        if (counts(label) == 0) {
            continue;
        }
        const VectorD offset = means.row(label).transpose() - overall;
        const VectorD along = within.vectors.transpose() * offset;
        double quadratic = (along.array().square() / (within.values.array() + lambda)).sum();
        if (lambda > 0) {
            // Outside the kept directions S_W + lambda I is lambda I.
            quadratic += std::max(0.0, offset.squaredNorm() - along.squaredNorm()) / lambda;
        }
        result.value += counts(label) * quadratic;
    }
    return result;
}

} // namespace finescope::analysis
