#include "core/analysis/logistic/logistic_problem.h"

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

/// The variance under p [C] of each column of sumZeroBasis(), whose first row is `scales`: about the
/// likeliest class, which nearly all of p may be at.
Eigen::RowVectorXd varianceOfBasis(const Eigen::RowVectorXd& p, const Eigen::RowVectorXd& scales) {
    Eigen::Index likeliest = 0;
    p.maxCoeff(&likeliest);
    Eigen::RowVectorXd others = p;
    others(likeliest) = 0;
    Eigen::RowVectorXd behind(p.size()); // the sum of the others after each class
    behind(p.size() - 1) = 0;
    for (Eigen::Index label = p.size() - 1; label > 0; --label) {
        behind(label - 1) = behind(label) + others(label);
    }
    Eigen::RowVectorXd variances(scales.size());
    double before = 0;
    for (Eigen::Index column = 0; column < scales.size(); ++column) {
        // The column is `first` up to its own row, `second` one row below and zero from there on.
        const double first = scales(column);
        const double second = -static_cast<double>(column + 1) * first;
        const double about = likeliest <= column ? first : (likeliest == column + 1 ? second : 0.0);
        before += others(column);
        const double own = others(column + 1), after = behind(column + 1);
        const double mean = before * (first - about) + own * (second - about) - after * about;
        variances(column) = before * (first - about) * (first - about) +
                            own * (second - about) * (second - about) + after * about * about - mean * mean;
    }
    return variances.cwiseMax(0.0);
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
    m_classCounts = VectorD::Zero(classes);
    for (const std::int64_t label : m_labels) {
        m_classCounts(label) += 1;
    }
    const auto width = m_features.cols() - 1;
    m_meanOfRows = m_features.leftCols(width).colwise().mean();
    MatrixD pull = -m_classCounts * m_meanOfRows.transpose();
    for (Eigen::Index row = 0; row < m_features.rows(); ++row) {
        pull.row(m_labels[static_cast<std::size_t>(row)]) += m_features.row(row).head(width);
    }
    m_startPull = m_basis.transpose() * pull;
}

MatrixD LogisticProblem::rowsOf(const MatrixD& parameters) const {
    return m_features * parameters.transpose();
}

LogisticProblem::Point LogisticProblem::pointAt(const MatrixD& parameters, const Rows& rows) const {
    Point point;
    point.probabilities.noalias() = rows * m_basis.transpose();
    const double loss = softmaxInPlace(point.probabilities, m_labels);
    point.objective = m_strength * loss + 0.5 * parameters.leftCols(parameters.cols() - 1).squaredNorm();
    return point;
}

MatrixD LogisticProblem::gradient(const MatrixD& parameters, const Point& point) const {
    MatrixD residuals = point.probabilities;
    subtractLabels(residuals, m_labels);
    const MatrixD pulled = residuals * m_basis;
    MatrixD result = m_strength * (pulled.transpose() * m_features);
    result.leftCols(result.cols() - 1) += parameters.leftCols(result.cols() - 1);
    return result;
}

MatrixD LogisticProblem::hessianTimes(const MatrixD& direction, const Point& point) const {
    MatrixD result = MatrixD::Zero(direction.rows(), direction.cols());
    MatrixD change;
    for (Eigen::Index first = 0; first < rows(); first += kBlock) {
        const Eigen::Index count = std::min(kBlock, rows() - first);
        const auto block = m_features.middleRows(first, count);
        change.noalias() = (block * direction.transpose()) * m_basis.transpose();
        changeProbabilities(point.probabilities.middleRows(first, count), change);
        const MatrixD pulled = m_strength * (change * m_basis);
        result.noalias() += pulled.transpose() * block;
    }
    result.leftCols(result.cols() - 1) += direction.leftCols(result.cols() - 1);
    return result;
}

MatrixD LogisticProblem::hessianDiagonal(const Point& point) const {
    // Along direction m of the basis the curvature of row i is the variance of B's column m under p_i.
    MatrixD variances(rows(), directions());
    for (Eigen::Index row = 0; row < rows(); ++row) {
        variances.row(row) = varianceOfBasis(point.probabilities.row(row), m_basis.row(0));
    }
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

AlongLine LogisticProblem::alongLine(const MatrixD& parameters, const Rows& rows, const MatrixD& direction,
                                     const Rows& rowsOfDirection, double t) const {
    MatrixD scores = (rows + t * rowsOfDirection) * m_basis.transpose();
    const MatrixD changes = rowsOfDirection * m_basis.transpose();
    AlongLine line = crossEntropyAlong(scores, changes, m_labels);
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

double LogisticProblem::gapBound(const MatrixD& parameters, const Point& point,
                                 const MatrixD& gradient) const {
    const auto width = parameters.cols() - 1;
    const auto byWeight = gradient.leftCols(width);
    const auto byBias = gradient.col(width);
    // What the probabilities of all rows have too much of each class, and how much of the fixed distribution
    // takes it off again without becoming negative.
    const VectorD excess = m_basis * byBias / m_strength;
    double mixed = 0;
    for (Eigen::Index label = 0; label < excess.size(); ++label) {
        mixed = std::max(mixed, excess(label) / (m_classCounts(label) + std::max(0.0, excess(label))));
    }
    const auto& p = point.probabilities.array();
    const double entropy = -m_strength * (p > 0).select(p * p.max(1e-300).log(), 0.0).sum();
    // strength sum_i (y_i - p_i) x_i^T, and what mixing adds to it.
    const MatrixD pull = parameters.leftCols(width) - byWeight;
    const MatrixD added =
        mixed * (m_strength * m_startPull - pull) + (1 - mixed) * (byBias * m_meanOfRows.transpose());
    return 0.5 * byWeight.squaredNorm() + byBias.dot(parameters.col(width)) + mixed * entropy +
           pull.cwiseProduct(added).sum() + 0.5 * added.squaredNorm();
}

double LogisticProblem::roundingOfGradient() const {
    constexpr double kRounding = 1e-13; // of the sum of absolute terms
    const double lengths =
        m_features.rowwise().norm().sum() + static_cast<double>(rows()) * std::sqrt(m_meanSquared);
    return kRounding * m_strength * lengths;
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
