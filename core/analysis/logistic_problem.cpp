#include "core/analysis/logistic_problem.h"

#include "core/error.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>

namespace finescope::analysis {

namespace {

constexpr Eigen::Index kBlock =
    32; // rows; a block of features is still in the second-level cache when it is used again

/// Helmert's orthonormal basis of the vectors of length `classes` that sum to zero.
MatrixD sumZeroBasis(int classes) {
    MatrixD basis = MatrixD::Zero(classes, classes - 1);
    for (Eigen::Index column = 0; column < basis.cols(); ++column) {
        const auto before = static_cast<double>(column + 1);
        const double scale = 1 / std::sqrt(before * (before + 1));
        basis.col(column).head(column + 1).setConstant(scale);
        basis(column + 1, column) = -before * scale;
    }
    return basis;
}

Eigen::MatrixXd principalDirections(const MatrixD& rows) {
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(rows.cols(), rows.cols());
    gram.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gram);
    if (solver.info() != Eigen::Success) {
        throw Error(ErrorKind::numeric,
                    "logistic regression: the principal directions of the features did not converge");
    }
    return solver.eigenvectors();
}

} // namespace

ReducedFeatures reduceFeatures(MatrixD features) {
    ReducedFeatures reduced;
    MatrixD& centred = features;
    reduced.mean = centred.colwise().mean();
    centred.rowwise() -= reduced.mean.transpose();
    if (centred.rows() >= centred.cols()) {
        reduced.basis = principalDirections(centred);
    } else {
        // Householder's Q is orthonormal to rounding whatever the rank, which eigenvectors of the small Gram
        // matrix, divided by vanishing singular values, would not be.
        const Eigen::HouseholderQR<Eigen::MatrixXd> qr(centred.transpose());
        const Eigen::MatrixXd span =
            qr.householderQ() * Eigen::MatrixXd::Identity(centred.cols(), centred.rows());
        reduced.basis = span * principalDirections(centred * span);
    }
    reduced.scores.resize(centred.rows(), reduced.basis.cols() + 1);
    reduced.scores.leftCols(reduced.basis.cols()).noalias() = centred * reduced.basis;
    reduced.scores.rightCols(1).setOnes();
    return reduced;
}

LogisticProblem::LogisticProblem(const ReducedFeatures& reduced, std::span<const Eigen::Index> rows,
                                 Labels labels, int classes, double strength)
    : m_reduced(reduced), m_features(static_cast<Eigen::Index>(rows.size()), reduced.scores.cols()),
      m_labels(std::move(labels)), m_basis(sumZeroBasis(classes)),
      m_meanInBasis(reduced.basis.transpose() * reduced.mean), m_meanSquared(reduced.mean.squaredNorm()),
      m_strength(strength) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
        m_features.row(static_cast<Eigen::Index>(row)) = reduced.scores.row(rows[row]);
    }
}

MatrixD LogisticProblem::rowScores(const MatrixD& parameters) const {
    return m_features * parameters.transpose();
}

LogisticProblem::Point LogisticProblem::pointAt(const MatrixD& parameters, const MatrixD& rowScores) const {
    Point point;
    point.probabilities.noalias() = rowScores * m_basis.transpose();
    double loss = 0;
    for (Eigen::Index row = 0; row < rows(); ++row) {
        auto values = point.probabilities.row(row).array();
        values -= values.maxCoeff();
        const double own = values(m_labels[static_cast<std::size_t>(row)]);
        values = values.exp();
        const double sum = values.sum();
        values /= sum;
        loss += std::log(sum) - own;
    }
    point.objective = m_strength * loss + 0.5 * parameters.leftCols(parameters.cols() - 1).squaredNorm();
    return point;
}

MatrixD LogisticProblem::gradient(const MatrixD& parameters, const MatrixD& probabilities) const {
    MatrixD residuals = probabilities;
    for (Eigen::Index row = 0; row < rows(); ++row) {
        residuals(row, m_labels[static_cast<std::size_t>(row)]) -= 1;
    }
    const MatrixD pulled = residuals * m_basis;
    MatrixD result = m_strength * (pulled.transpose() * m_features);
    result.leftCols(result.cols() - 1) += parameters.leftCols(result.cols() - 1);
    return result;
}

MatrixD LogisticProblem::hessianTimes(const MatrixD& direction, const MatrixD& probabilities) const {
    MatrixD result = MatrixD::Zero(direction.rows(), direction.cols());
    MatrixD change;
    for (Eigen::Index first = 0; first < rows(); first += kBlock) {
        const Eigen::Index count = std::min(kBlock, rows() - first);
        const auto block = m_features.middleRows(first, count);
        const auto p = probabilities.middleRows(first, count);
        change.noalias() = (block * direction.transpose()) * m_basis.transpose();
        for (Eigen::Index row = 0; row < count; ++row) {
            const double mean = p.row(row).dot(change.row(row));
            change.row(row).array() = p.row(row).array() * (change.row(row).array() - mean);
        }
        const MatrixD pulled = m_strength * (change * m_basis);
        result.noalias() += pulled.transpose() * block;
    }
    result.leftCols(result.cols() - 1) += direction.leftCols(result.cols() - 1);
    return result;
}

MatrixD LogisticProblem::hessianDiagonal(const MatrixD& probabilities) const {
    // Along direction m of the basis the curvature of row i is the variance of B's column m under p_i.
    const MatrixD means = probabilities * m_basis;
    const MatrixD variances = (probabilities * m_basis.cwiseAbs2() - means.cwiseAbs2()).cwiseMax(0.0);
    MatrixD result = MatrixD::Zero(directions(), m_features.cols());
    for (Eigen::Index first = 0; first < rows(); first += kBlock) {
        const Eigen::Index count = std::min(kBlock, rows() - first);
        result.noalias() +=
            variances.middleRows(first, count).transpose() * m_features.middleRows(first, count).cwiseAbs2();
    }
    result *= m_strength;
    result.leftCols(result.cols() - 1).array() += 1;
    // The intercept is not penalised: keep its scale positive where all rows are saturated.
    return result.cwiseMax(1e-12);
}

LogisticProblem::AlongLine LogisticProblem::alongLine(const MatrixD& parameters, const MatrixD& rowScores,
                                                      const MatrixD& direction, const MatrixD& rowDirection,
                                                      double t) const {
    const MatrixD logits = (rowScores + t * rowDirection) * m_basis.transpose();
    const MatrixD changes = rowDirection * m_basis.transpose();
    AlongLine line;
    Eigen::ArrayXd values(logits.cols());
    for (Eigen::Index row = 0; row < rows(); ++row) {
        const auto label = static_cast<Eigen::Index>(m_labels[static_cast<std::size_t>(row)]);
        values = logits.row(row).transpose().array();
        values -= values.maxCoeff();
        const double own = values(label);
        values = values.exp();
        const double sum = values.sum();
        values /= sum;
        const auto change = changes.row(row).transpose().array();
        const double mean = (values * change).sum();
        line.value += std::log(sum) - own;
        line.slope += mean - change(label);
        line.curvature += (values * (change - mean).square()).sum();
    }
    const auto width = parameters.cols() - 1;
    const auto start = parameters.leftCols(width);
    const auto step = direction.leftCols(width);
    const double stepSquared = step.squaredNorm();
    const double product = start.cwiseProduct(step).sum();
    line.value = m_strength * line.value + 0.5 * (start.squaredNorm() + t * (2 * product + t * stepSquared));
    line.slope = m_strength * line.slope + product + t * stepSquared;
    line.curvature = m_strength * line.curvature + stepSquared;
    return line;
}

double LogisticProblem::originalNorm(const MatrixD& gradient) const {
    // Feature = basis score + mean (up to directions in which no row moves), so the gradient by V is that by
    // A, rotated back, plus the gradient by the intercept times the mean.
    const auto byWeight = gradient.leftCols(gradient.cols() - 1);
    const auto byBias = gradient.col(gradient.cols() - 1);
    return std::sqrt(std::max(0.0, byWeight.squaredNorm() + 2 * byBias.dot(byWeight * m_meanInBasis) +
                                       byBias.squaredNorm() * (1 + m_meanSquared)));
}

MatrixD LogisticProblem::weight(const MatrixD& parameters) const {
    return m_basis * (parameters.leftCols(parameters.cols() - 1) * m_reduced.basis.transpose());
}

VectorD LogisticProblem::bias(const MatrixD& parameters) const {
    return m_basis * (parameters.col(parameters.cols() - 1) -
                      parameters.leftCols(parameters.cols() - 1) * m_meanInBasis);
}

MatrixD LogisticProblem::logits(const MatrixD& parameters, const MatrixD& reducedRows) const {
    return (reducedRows * parameters.transpose()) * m_basis.transpose();
}

} // namespace finescope::analysis
