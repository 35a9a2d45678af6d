#include "core/analysis/recalibration/vector_scaling.h"

#include "core/analysis/compute/validation.h"
#include "core/analysis/logistic/newton_walk.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

namespace finescope::analysis {

namespace {

constexpr Eigen::Index kScores = 4096; // held at a time, in whole rows: what the first-level cache takes
constexpr double kTolerance = 1e-16;   // of the NLL that is left to gain by the quadratic model
constexpr double kAlike = 1e-10; // of the variance: logits that differ by no more are each other's multiples
constexpr double kMovingStep = 1e-4; // of a score: Newton's step at a minimum is far smaller
constexpr int kMaxIterations = 200;

/// The mean NLL of softmax(v * u + a) for standardised logits u; parameters [2, C]: v, then a. A NewtonWalk's
/// problem, whose rows are made from the parameters block by block.
class VectorScalingProblem {
public:
    VectorScalingProblem(const MatrixViewF& logits, const Labels& labels)
        : m_logits(logits), m_labels(labels), m_mean(logits.cast<double>().colwise().mean().transpose()),
          m_inverseDeviation(logits.cols()), m_block(std::max<Eigen::Index>(1, kScores / logits.cols())) {
        const auto rows = static_cast<double>(logits.rows());
        for (Eigen::Index column = 0; column < logits.cols(); ++column) {
            const Eigen::ArrayXd centred = logits.col(column).cast<double>().array() - m_mean(column);
            const bool constant = logits.col(column).maxCoeff() == logits.col(column).minCoeff();
            m_inverseDeviation(column) = constant ? 0 : 1 / std::sqrt(centred.square().sum() / rows);
        }
        findSharedDirection();
    }

    [[nodiscard]] MatrixD zeroParameters() const { return MatrixD::Zero(2, m_logits.cols()); }

    using Rows = MatrixD;
    [[nodiscard]] Rows rowsOf(const MatrixD& parameters) const { return parameters; }

    struct Point {
        MatrixD probabilities; ///< [N, C]
        double objective = 0;
    };
    [[nodiscard]] Point pointAt(const MatrixD& parameters, const Rows& /*rows*/) const {
        Point point{MatrixD(m_logits.rows(), m_logits.cols()), 0};
        for (Eigen::Index first = 0; first < m_logits.rows(); first += m_block) {
            auto block = point.probabilities.middleRows(first, rowsFrom(first));
            block = scoresOf(standardised(first), parameters);
            point.objective += softmaxInPlace(block, labelsFrom(first));
        }
        point.objective /= count();
        return point;
    }

    [[nodiscard]] MatrixD gradient(const MatrixD& /*parameters*/, const Point& point) const {
        return momentsOf([&](Eigen::Index first, const MatrixD&) -> MatrixD {
            MatrixD residuals = point.probabilities.middleRows(first, rowsFrom(first));
            subtractLabels(residuals, labelsFrom(first));
            return residuals;
        });
    }

    [[nodiscard]] MatrixD hessianTimes(const MatrixD& direction, const Point& point) const {
        return momentsOf([&](Eigen::Index first, const MatrixD& u) -> MatrixD {
            MatrixD changes = scoresOf(u, direction);
            changeProbabilities(point.probabilities.middleRows(first, rowsFrom(first)), changes);
            return changes;
        });
    }

    /// The inverse of the Hessian's blocks of factor and offset of one class.
    [[nodiscard]] auto preconditioner(const Point& point) const {
        MatrixD sums = MatrixD::Zero(3, m_logits.cols()); // of u^2, u and 1, weighted
        for (Eigen::Index first = 0; first < m_logits.rows(); first += m_block) {
            MatrixD weights = point.probabilities.middleRows(first, rowsFrom(first));
            for (Eigen::Index row = 0; row < weights.rows(); ++row) {
                auto p = weights.row(row).array();
                Eigen::Index likeliest = 0;
                const double largest = p.maxCoeff(&likeliest);
                p(likeliest) = 0;
                const double others = p.sum();
                p *= 1 - p;
                p(likeliest) = largest * others;
            }
            const MatrixD u = standardised(first);
            sums.row(0) += weights.cwiseProduct(u.cwiseAbs2()).colwise().sum();
            sums.row(1) += weights.cwiseProduct(u).colwise().sum();
            sums.row(2) += weights.colwise().sum();
        }
        sums /= count();
        return [sums](const MatrixD& values) -> MatrixD {
            MatrixD result(2, values.cols());
            for (Eigen::Index column = 0; column < values.cols(); ++column) {
                // A little more on the diagonal, so that rounding leaves the block positive.
                const double first = sums(0, column) * (1 + 1e-12) + 1e-300, mixed = sums(1, column),
                             second = sums(2, column) * (1 + 1e-12) + 1e-300;
                const double scale = first * second - mixed * mixed;
                if (scale > 1e-12 * first * second) {
                    result(0, column) = (second * values(0, column) - mixed * values(1, column)) / scale;
                    result(1, column) = (first * values(1, column) - mixed * values(0, column)) / scale;
                } else {
                    result(0, column) = values(0, column) / first;
                    result(1, column) = values(1, column) / second;
                }
            }
            return result;
        };
    }

    [[nodiscard]] AlongLine alongLine(const MatrixD& parameters, const Rows& /*rows*/,
                                      const MatrixD& direction, const Rows& /*rowsOfDirection*/,
                                      double t) const {
        AlongLine sum;
        const MatrixD there = parameters + t * direction;
        for (Eigen::Index first = 0; first < m_logits.rows(); first += m_block) {
            const MatrixD u = standardised(first);
            MatrixD scores = scoresOf(u, there);
            const AlongLine block = crossEntropyAlong(scores, scoresOf(u, direction), labelsFrom(first));
            sum.value += block.value;
            sum.slope += block.slope;
            sum.curvature += block.curvature;
        }
        return {sum.value / count(), sum.slope / count(), sum.curvature / count()};
    }

    /// Without what changes no probability: one number added to all offsets, and, where the logits of all
    /// classes are one another's multiples, what adds the same to all scores of a row.
    [[nodiscard]] MatrixD effective(MatrixD direction) const {
        direction.row(1).array() -= direction.row(1).mean();
        if (m_shared.size() > 0) {
            direction.row(0) -= direction.row(0).dot(m_shared) * m_shared;
        }
        return direction;
    }

    /// The largest change of any score by a step.
    [[nodiscard]] double largestMove(const MatrixD& step) const {
        double largest = 0;
        for (Eigen::Index first = 0; first < m_logits.rows(); first += m_block) {
            largest = std::max(largest, scoresOf(standardised(first), step).cwiseAbs().maxCoeff());
        }
        return largest;
    }

    /// In the caller's logits: w = v / deviation, b = a - w mean.
    [[nodiscard]] VectorScaling scaling(const MatrixD& parameters) const {
        VectorScaling result;
        result.weight = parameters.row(0).transpose().cwiseProduct(m_inverseDeviation);
        result.bias = parameters.row(1).transpose() - result.weight.cwiseProduct(m_mean);
        result.bias.array() -= result.bias.mean();
        return result;
    }

private:
    [[nodiscard]] double count() const { return static_cast<double>(m_logits.rows()); }
    [[nodiscard]] Eigen::Index rowsFrom(Eigen::Index first) const {
        return std::min(m_block, m_logits.rows() - first);
    }
    [[nodiscard]] std::span<const std::int64_t> labelsFrom(Eigen::Index first) const {
        return std::span(m_labels).subspan(static_cast<std::size_t>(first),
                                           static_cast<std::size_t>(rowsFrom(first)));
    }

    [[nodiscard]] MatrixD standardised(Eigen::Index first) const {
        MatrixD block = m_logits.middleRows(first, rowsFrom(first)).cast<double>();
        block.rowwise() -= m_mean.transpose();
        return block * m_inverseDeviation.asDiagonal();
    }

    static MatrixD scoresOf(const MatrixD& standardised, const MatrixD& parameters) {
        MatrixD scores = standardised * parameters.row(0).asDiagonal();
        scores.rowwise() += parameters.row(1);
        return scores;
    }

    /// (1/N) sum over rows of what a block gives for each score, times u and alone: [2, C].
    template <typename OfBlock>
    [[nodiscard]] MatrixD momentsOf(const OfBlock& ofBlock) const {
        MatrixD sums = zeroParameters();
        for (Eigen::Index first = 0; first < m_logits.rows(); first += m_block) {
            const MatrixD u = standardised(first);
            const MatrixD values = ofBlock(first, u);
            sums.row(0) += values.cwiseProduct(u).colwise().sum();
            sums.row(1) += values.colwise().sum();
        }
        return effective(sums / count());
    }

    /// The logits of a linear probe of two classes are each other's negative but for their rounding to
    /// float32, and to fit that rounding takes weights of a million.
    void findSharedDirection() {
        VectorD correlation = VectorD::Zero(m_logits.cols());
        for (Eigen::Index first = 0; first < m_logits.rows(); first += m_block) {
            const MatrixD u = standardised(first);
            correlation += u.transpose() * u.col(0) / count();
        }
        if ((1 - correlation.array().square()).maxCoeff() <= kAlike) {
            m_shared = correlation.array().sign().matrix().transpose().normalized();
        }
    }

    const MatrixViewF& m_logits;
    const Labels& m_labels;
    VectorD m_mean, m_inverseDeviation; // [C]
    Eigen::Index m_block;               // rows
    Eigen::RowVectorXd m_shared;        // [C], or empty
};

/// Where a walk is, on its way from the first gain to the last one, in the logarithm.
double fractionDone(double firstGain, double gain) {
    if (!(firstGain > kTolerance)) {
        return 1;
    }
    return std::clamp(std::log(firstGain / std::max(gain, kTolerance)) / std::log(firstGain / kTolerance),
                      0.0, 1.0);
}

} // namespace

VectorScaling fitVectorScaling(const MatrixViewF& logits, const Labels& labels, const WorkHooks& hooks) {
    requireLogitsAndLabels(logits, labels);
    if (logits.cols() == 1) {
        return {VectorD::Ones(1), VectorD::Zero(1)};
    }
    const VectorScalingProblem problem(logits, labels);
    const auto pulse = [&] { throwIfCancelled(hooks, "vector scaling"); };
    NewtonWalk walk(problem, problem.zeroParameters());
    const std::set<std::int64_t> occurring(labels.begin(), labels.end());
    const bool everyClass = occurring.size() == static_cast<std::size_t>(logits.cols());
    double lastNorm = walk.gradient().norm();
    double firstGain = 0;
    double done = 0;
    for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
        pulse();
        const double norm = walk.gradient().norm();
        // Loose until Newton's method converges, then tight enough to keep its speed: Eisenstat and Walker
        // 1996, choice 2. Where there is no minimum it stays loose.
        const double ratio = norm / std::max(std::exchange(lastNorm, norm), 1e-300);
        const bool small = norm <= kVectorScalingGradient;
        const double accuracy = small ? 1e-6 : (iteration == 0 ? 0.1 : std::clamp(ratio * ratio, 1e-6, 0.1));
        const MatrixD step = problem.effective(walk.newtonDirection(accuracy, pulse));
        const double gain = -0.5 * walk.dot(walk.gradient(), step);
        firstGain = iteration == 0 ? gain : firstGain;
        done = std::max(done, fractionDone(firstGain, gain));
        if (hooks.onProgress) {
            hooks.onProgress(done);
        }
        const bool settled = small && gain <= kTolerance;
        const bool recedes = small && (!everyClass || problem.largestMove(step) >= kMovingStep);
        // The last step doubles the digits; on the way to infinity it would be one of many.
        const bool moved = !(settled && recedes) && walk.advance(step);
        walk.refresh();
        if (settled || (small && !moved)) {
            VectorScaling result = problem.scaling(walk.parameters());
            result.nll = walk.point().objective;
            result.gradientNorm = walk.gradient().norm();
            result.iterations = iteration;
            result.hasMinimum = !recedes;
            return result;
        }
        if (!moved) {
            break;
        }
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
