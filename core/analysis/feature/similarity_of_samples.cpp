#include "core/analysis/feature/similarity_of_samples.h"

#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <string>

namespace finescope::analysis {

MatrixD unitRows(const MatrixViewF& features) {
    requireFinite(features, "features");
    MatrixD rows = features.cast<double>();
    for (Eigen::Index row = 0; row < rows.rows(); ++row) {
        const double length = rows.row(row).norm();
        if (length == 0) {
            throw Error(ErrorKind::numeric,
                        "cosine similarity: row " + std::to_string(row) + " of the features has length zero");
        }
        rows.row(row) /= length;
    }
    return rows;
}

VectorD cosineSimilarities(const MatrixViewF& features) {
    if (features.rows() < 2) {
        throw Error(ErrorKind::badInput, "cosine similarity needs at least 2 rows of features, got " +
                                             std::to_string(features.rows()));
    }
    const MatrixD rows = unitRows(features);
    const VectorD sum = rows.colwise().sum();
    // The row's own 1 is in its product with the sum.
    return ((rows * sum).array() - 1) / static_cast<double>(rows.rows() - 1);
}

VectorD featureDifferences(const MatrixViewF& before, const MatrixViewF& after) {
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
    VectorD lengths(before.rows());
    for (Eigen::Index row = 0; row < before.rows(); ++row) {
        lengths(row) = (after.row(row).cast<double>() - before.row(row).cast<double>()).norm();
    }
    return lengths;
}

double cosineSimilarityWithDiagonal(double similarity, Eigen::Index samples) {
    return similarity + (1 - similarity) / static_cast<double>(samples);
}

std::vector<std::vector<Eigen::Index>> rowsOfClasses(const Labels& labels, int classes) {
    std::vector<std::vector<Eigen::Index>> rows(static_cast<std::size_t>(classes));
    for (std::size_t row = 0; row < labels.size(); ++row) {
        rows[static_cast<std::size_t>(labels[row])].push_back(static_cast<Eigen::Index>(row));
    }
    return rows;
}

} // namespace finescope::analysis
