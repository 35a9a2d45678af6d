#include "core/analysis/classifier/row_norms.h"

#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <cmath>
#include <limits>
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

void requireBias(const MatrixViewF& weight, const VectorF& bias) {
    if (bias.size() != weight.rows()) {
        throw Error(ErrorKind::badInput, "the classifier has " + std::to_string(weight.rows()) +
                                             " rows but a bias of length " + std::to_string(bias.size()));
    }
}

/// (1/N) sum_i (softmax(z_i)_k - [k = y_i]) s_ik / ||v_k|| from the projections s_ik = <phi_i, v_k>, [N, C].
VectorD byRowNorm(const MatrixD& projections, const Labels& labels, const MatrixViewF& weight,
                  const VectorF& bias) {
    const VectorD offset = bias.cast<double>();
    VectorD sum = VectorD::Zero(weight.rows());
    for (Eigen::Index row = 0; row < projections.rows(); ++row) {
        // Calibration's softmax is of stored float rows; these logits are computed, and stay double.
        VectorD residual = projections.row(row).transpose() + offset;
        residual = (residual.array() - residual.maxCoeff()).exp();
        residual /= residual.sum();
        residual(static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)])) -= 1;
        sum += residual.cwiseProduct(projections.row(row).transpose());
    }
    return sum.cwiseQuotient(classifierRowNorms(weight)) / static_cast<double>(projections.rows());
}

/// Rows of length 1; 0/0 leaves a zero row NaN.
MatrixD unitRows(const MatrixViewF& matrix) {
    MatrixD result = matrix.cast<double>();
    for (Eigen::Index row = 0; row < result.rows(); ++row) {
        result.row(row) /= result.row(row).norm();
    }
    return result;
}

/// Rounding may step over 1; NaN stays NaN.
double withinOne(double cosine) {
    return cosine > 1 ? 1.0 : (cosine < -1 ? -1.0 : cosine);
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

VectorD lossByRowNorm(const MatrixViewF& features, const Labels& labels, const MatrixViewF& weight,
                      const VectorF& bias) {
    requireWidth(features, weight);
    requireFeaturesAndLabels(features, labels, static_cast<int>(weight.rows()));
    requireBias(weight, bias);
    return byRowNorm(features.cast<double>() * weight.cast<double>().transpose(), labels, weight, bias);
}

VectorD lossByRowNormFromLogits(const MatrixViewF& logits, const Labels& labels, const MatrixViewF& weight,
                                const VectorF& bias) {
    requireLogitsAndLabels(logits, labels);
    requireBias(weight, bias);
    if (logits.cols() != weight.rows()) {
        throw Error(ErrorKind::badInput, "the logits are of " + std::to_string(logits.cols()) +
                                             " classes but the classifier has " +
                                             std::to_string(weight.rows()) + " rows");
    }
    MatrixD projections = logits.cast<double>();
    projections.rowwise() -= bias.cast<double>().transpose();
    // A zero row makes no difference to any logit: what is left there is rounding.
    VectorD derivative = byRowNorm(projections, labels, weight, bias);
    const VectorD norms = classifierRowNorms(weight);
    return (norms.array() > 0).select(derivative, std::numeric_limits<double>::quiet_NaN());
}

RowChanges classifierRowChanges(const MatrixViewF& before, const MatrixViewF& after) {
    if (before.rows() != after.rows() || before.cols() != after.cols()) {
        const auto shape = [](const MatrixViewF& matrix) {
            return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols());
        };
        throw Error(ErrorKind::badInput,
                    "a classifier of " + shape(before) + " cannot be compared with one of " + shape(after));
    }
    const MatrixD first = before.cast<double>(), last = after.cast<double>();
    RowChanges changes{.normBefore = classifierRowNorms(before),
                       .normAfter = classifierRowNorms(after),
                       .cosine = unitRows(before).cwiseProduct(unitRows(after)).rowwise().sum(),
                       .displacement = (last - first).rowwise().norm()};
    changes.cosine = changes.cosine.unaryExpr(&withinOne);
    return changes;
}

} // namespace finescope::analysis
