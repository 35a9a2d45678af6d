#include "core/analysis/classifier.h"

#include "core/analysis/validation.h"
#include "core/error.h"

#include <cmath>
#include <string>

namespace finescope::analysis {

namespace {

void requireWidth(const MatrixViewF& features, const MatrixViewF& weight) {
    if (features.cols() != weight.cols()) {
        throw Error(ErrorKind::badInput, "features are " + std::to_string(features.cols()) +
                                             " wide but the classifier expects " +
                                             std::to_string(weight.cols()));
    }
}

/// Rows of length 1; 0/0 leaves a zero row NaN.
MatrixD unitRows(const MatrixViewF& matrix) {
    MatrixD result = matrix.cast<double>();
    for (Eigen::Index row = 0; row < result.rows(); ++row) {
        result.row(row) /= result.row(row).norm();
    }
    return result;
}

} // namespace

VectorD classifierRowNorms(const MatrixViewF& weight) {
    return weight.cast<double>().rowwise().norm();
}

MatrixD classifierRowAngles(const MatrixViewF& weight) {
    const MatrixD unit = unitRows(weight);
    MatrixD angles(unit.rows(), unit.rows());
    for (Eigen::Index i = 0; i < unit.rows(); ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) {
            // Kahan's form keeps its digits near 0 and pi, where acos loses half of them.
            const double angle =
                2 * std::atan2((unit.row(i) - unit.row(j)).norm(), (unit.row(i) + unit.row(j)).norm());
            angles(i, j) = angles(j, i) = angle;
        }
    }
    return angles;
}

MatrixD featureClassifierCosines(const MatrixViewF& features, const MatrixViewF& weight) {
    requireWidth(features, weight);
    MatrixD cosines = unitRows(features) * unitRows(weight).transpose();
    // Rounding may step over 1; NaN stays NaN.
    return cosines.unaryExpr([](double value) { return value > 1 ? 1.0 : (value < -1 ? -1.0 : value); });
}

VectorD lossByRowNorm(const MatrixViewF& features, const Labels& labels, const MatrixViewF& weight,
                      const VectorF& bias) {
    requireWidth(features, weight);
    requireFeaturesAndLabels(features, labels, static_cast<int>(weight.rows()));
    if (bias.size() != weight.rows()) {
        throw Error(ErrorKind::badInput, "the classifier has " + std::to_string(weight.rows()) +
                                             " rows but a bias of length " + std::to_string(bias.size()));
    }
    const MatrixD projections = features.cast<double>() * weight.cast<double>().transpose(); // <phi_i, v_k>
    const VectorD offset = bias.cast<double>();
    VectorD sum = VectorD::Zero(weight.rows());
    for (Eigen::Index row = 0; row < projections.rows(); ++row) {
        VectorD residual = projections.row(row).transpose() + offset;
        residual = (residual.array() - residual.maxCoeff()).exp();
        residual /= residual.sum();
        residual(static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)])) -= 1;
        sum += residual.cwiseProduct(projections.row(row).transpose());
    }
    return sum.cwiseQuotient(classifierRowNorms(weight)) / static_cast<double>(features.rows());
}

} // namespace finescope::analysis
