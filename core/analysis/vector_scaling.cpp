#include "core/analysis/vector_scaling.h"

#include "core/analysis/validation.h"
#include "core/error.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <string>

namespace finescope::analysis {

namespace {

constexpr Eigen::Index kBlock = 1024; // rows whose probabilities are held at a time
constexpr double kTolerance = 1e-16;  // of the NLL that is left to gain by the quadratic model
constexpr double kEffective = 1e-10;  // of the largest curvature at the start
constexpr double kRidge = 1e-14; // of the mean of the Hessian's diagonal: for directions without curvature
constexpr double kMovingStep = 1e-4; // of a score: Newton's step at a minimum is far smaller
constexpr int kMaxIterations = 200;

/// The mean NLL of softmax(v * u + a) for standardised logits u; parameters [2 C]: v, then a.
class Objective {
public:
    Objective(const MatrixViewF& logits, const Labels& labels)
        : m_logits(logits), m_labels(labels), m_mean(logits.cast<double>().colwise().mean()),
          m_deviation(logits.cols()) {
        const auto rows = static_cast<double>(logits.rows());
        for (Eigen::Index column = 0; column < logits.cols(); ++column) {
            const Eigen::ArrayXd centred = logits.col(column).cast<double>().array() - m_mean(column);
            const bool constant = logits.col(column).maxCoeff() == logits.col(column).minCoeff();
            m_deviation(column) = constant ? 0 : std::sqrt(centred.square().sum() / rows);
        }
    }

    struct Point {
        double nll = 0;
        VectorD gradient;        ///< [2 C]
        Eigen::MatrixXd hessian; ///< [2 C, 2 C]
    };

    [[nodiscard]] Point pointAt(const VectorD& parameters) const {
        const Eigen::Index classes = m_logits.cols();
        Point point{0, VectorD::Zero(2 * classes), Eigen::MatrixXd::Zero(2 * classes, 2 * classes)};
        MatrixD both(kBlock, 2 * classes);
        forEachBlock(parameters, [&](Eigen::Index first, const MatrixD& standardised, const MatrixD& p) {
            const Eigen::Index rows = p.rows();
            both.topLeftCorner(rows, classes) = p.cwiseProduct(standardised);
            both.topRightCorner(rows, classes) = p;
            const auto used = both.topRows(rows);
            point.hessian.noalias() -= used.transpose() * used;
            const auto moment = [](const MatrixD& values) -> VectorD { return values.colwise().sum(); };
            point.hessian.topLeftCorner(classes, classes).diagonal() +=
                moment(p.cwiseProduct(standardised.cwiseAbs2()));
            const VectorD mixed = moment(p.cwiseProduct(standardised));
            point.hessian.topRightCorner(classes, classes).diagonal() += mixed;
            point.hessian.bottomLeftCorner(classes, classes).diagonal() += mixed;
            point.hessian.bottomRightCorner(classes, classes).diagonal() += moment(p);
            point.gradient.head(classes) += mixed;
            point.gradient.tail(classes) += moment(p);
            for (Eigen::Index row = 0; row < rows; ++row) {
                const Eigen::Index label = labelOf(first + row);
                point.gradient(label) -= standardised(row, label);
                point.gradient(classes + label) -= 1;
            }
        });
        const auto count = static_cast<double>(m_logits.rows());
        point.gradient /= count;
        point.hessian /= count;
        point.nll = nllAt(parameters);
        return point;
    }

    [[nodiscard]] double nllAt(const VectorD& parameters) const {
        double sum = 0;
        for (Eigen::Index first = 0; first < m_logits.rows(); first += kBlock) {
            const MatrixD scores = scoresOf(standardisedBlock(first), parameters);
            for (Eigen::Index row = 0; row < scores.rows(); ++row) {
                const double largest = scores.row(row).maxCoeff();
                sum += std::log((scores.row(row).array() - largest).exp().sum()) + largest -
                       scores(row, labelOf(first + row));
            }
        }
        return sum / static_cast<double>(m_logits.rows());
    }

    /// The largest change of any score by a step.
    [[nodiscard]] double largestMove(const VectorD& step) const {
        double largest = 0;
        for (Eigen::Index first = 0; first < m_logits.rows(); first += kBlock) {
            largest = std::max(largest, scoresOf(standardisedBlock(first), step).cwiseAbs().maxCoeff());
        }
        return largest;
    }

    /// In the caller's logits: w = v / deviation, b = a - w mean.
    [[nodiscard]] VectorScaling scaling(const VectorD& parameters) const {
        const Eigen::Index classes = m_logits.cols();
        VectorScaling result;
        result.weight = parameters.head(classes).cwiseProduct(inverseDeviation());
        result.bias = parameters.tail(classes) - result.weight.cwiseProduct(m_mean);
        result.bias.array() -= result.bias.mean();
        return result;
    }

private:
    [[nodiscard]] Eigen::Index labelOf(Eigen::Index row) const {
        return static_cast<Eigen::Index>(m_labels[static_cast<std::size_t>(row)]);
    }

    [[nodiscard]] VectorD inverseDeviation() const {
        return m_deviation.unaryExpr([](double value) { return value > 0 ? 1 / value : 0.0; });
    }

    [[nodiscard]] MatrixD standardisedBlock(Eigen::Index first) const {
        const Eigen::Index rows = std::min(kBlock, m_logits.rows() - first);
        MatrixD block = m_logits.middleRows(first, rows).cast<double>();
        block.rowwise() -= m_mean.transpose();
        return block * inverseDeviation().asDiagonal();
    }

    static MatrixD scoresOf(const MatrixD& standardised, const VectorD& parameters) {
        const Eigen::Index classes = standardised.cols();
        MatrixD scores = standardised * parameters.head(classes).asDiagonal();
        scores.rowwise() += parameters.tail(classes).transpose();
        return scores;
    }

    template <typename Visit>
    void forEachBlock(const VectorD& parameters, const Visit& visit) const {
        for (Eigen::Index first = 0; first < m_logits.rows(); first += kBlock) {
            const MatrixD standardised = standardisedBlock(first);
            MatrixD p = scoresOf(standardised, parameters);
            for (Eigen::Index row = 0; row < p.rows(); ++row) {
                auto values = p.row(row).array();
                values = (values - values.maxCoeff()).exp();
                values /= values.sum();
            }
            visit(first, standardised, p);
        }
    }

    const MatrixViewF& m_logits;
    const Labels& m_labels;
    VectorD m_mean, m_deviation; // [C]
};

/// Orthonormal columns [2 C, k]: the directions of the parameters that change any probability. Not among them
/// are one number added to all offsets, and what only the rounding of the logits tells apart: the two logits
/// of a linear probe are each other's negative but for float32. At the start, where all probabilities are
/// alike, curvature along a direction is the variance over classes of what it does to their scores.
Eigen::MatrixXd effectiveDirections(const Eigen::MatrixXd& hessianAtStart) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(hessianAtStart);
    const double threshold = kEffective * solver.eigenvalues()(solver.eigenvalues().size() - 1);
    const auto dropped = (solver.eigenvalues().array() <= threshold).count();
    return solver.eigenvectors().rightCols(solver.eigenvectors().cols() - dropped);
}

/// Newton's step within these directions.
VectorD newtonStep(const Objective::Point& point, const Eigen::MatrixXd& directions) {
    Eigen::MatrixXd hessian = directions.transpose() * point.hessian * directions;
    hessian.diagonal().array() += kRidge * hessian.trace() / static_cast<double>(hessian.rows());
    const VectorD inside = hessian.ldlt().solve(directions.transpose() * point.gradient);
    return -directions * inside;
}

} // namespace

VectorScaling fitVectorScaling(const MatrixViewF& logits, const Labels& labels) {
    requireLogitsAndLabels(logits, labels);
    const Eigen::Index classes = logits.cols();
    if (classes == 1) {
        return {VectorD::Ones(1), VectorD::Zero(1)};
    }
    const Objective objective(logits, labels);
    VectorD parameters = VectorD::Zero(2 * classes);
    const Eigen::MatrixXd directions = effectiveDirections(objective.pointAt(parameters).hessian);
    for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
        const Objective::Point point = objective.pointAt(parameters);
        const VectorD step = newtonStep(point, directions);
        const double slope = point.gradient.dot(step); // minus twice what is left to gain
        const bool settled = -slope / 2 <= kTolerance;
        if (settled) {
            const bool hasMinimum = objective.largestMove(step) < kMovingStep;
            // The last step doubles the digits; on the way to infinity it would be one of many.
            VectorScaling result = objective.scaling(hasMinimum ? parameters + step : parameters);
            result.nll = objective.nllAt(hasMinimum ? parameters + step : parameters);
            result.iterations = iteration;
            result.hasMinimum = hasMinimum;
            return result;
        }
        double part = 1;
        while (part > 1e-12 &&
               !(objective.nllAt(parameters + part * step) <= point.nll + 1e-4 * part * slope + 1e-15)) {
            part /= 2;
        }
        parameters += part * step;
    }
    throw Error(ErrorKind::numeric, "vector scaling: no minimum of the NLL after " +
                                        std::to_string(kMaxIterations) +
                                        " Newton steps; use temperature scaling for these logits");
}

MatrixD scaledLogits(const VectorScaling& scaling, const MatrixViewF& logits) {
    if (logits.cols() != scaling.weight.size()) {
        throw Error(ErrorKind::badInput, "vector scaling was fitted on " +
                                             std::to_string(scaling.weight.size()) +
                                             " classes, but these logits have " +
                                             std::to_string(logits.cols()) + ": use splits of one task");
    }
    MatrixD scaled = logits.cast<double>() * scaling.weight.asDiagonal();
    scaled.rowwise() += scaling.bias.transpose();
    return scaled;
}

} // namespace finescope::analysis
