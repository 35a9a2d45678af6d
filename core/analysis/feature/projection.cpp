#include "core/analysis/feature/projection.h"

#include "core/analysis/compute/validation.h"
#include "core/analysis/feature/scatter.h"
#include "core/error.h"

#include <algorithm>
#include <string>

namespace finescope::analysis {

MatrixD PrincipalComponents::project(const MatrixViewF& points) const {
    if (points.cols() != mean.size()) {
        throw Error(ErrorKind::badInput, "points of width " + std::to_string(points.cols()) +
                                             " cannot be projected on axes of width " +
                                             std::to_string(mean.size()));
    }
    return (points.cast<double>().rowwise() - mean.transpose()) * axes.transpose();
}

PrincipalComponents principalComponents(const MatrixViewF& points, int count) {
    if (points.rows() < 2 || points.cols() < 1 || count < 1) {
        throw Error(ErrorKind::badInput, "principal components need at least 2 points and 1 component, got " +
                                             std::to_string(points.rows()) + " and " + std::to_string(count));
    }
    requireFinite(points, "points");
    PrincipalComponents result;
    MatrixD centred = points.cast<double>();
    result.mean = centred.colwise().mean();
    centred.rowwise() -= result.mean.transpose();
    const auto degrees = static_cast<double>(points.rows() - 1);
    result.totalVariance = centred.squaredNorm() / degrees;

    const ScatterDirections directions = scatterDirections(centred, "principal components");
    const Eigen::Index kept = std::min<Eigen::Index>(count, directions.values.size());
    result.variance = directions.values.head(kept) / degrees;
    result.axes = directions.vectors.leftCols(kept).transpose();
    for (auto axis : result.axes.rowwise()) {
        // Eigenvectors have no sign of their own: without a rule a map would flip between two runs.
        Eigen::Index largest = 0;
        axis.cwiseAbs().maxCoeff(&largest);
        if (axis(largest) < 0) {
            axis = -axis;
        }
    }
    return result;
}

} // namespace finescope::analysis
