#include "core/analysis/logistic_solver.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <limits>
#include <string>
#include <vector>

namespace finescope::analysis {

namespace {

constexpr std::size_t kMemory = 10;
constexpr double kHandOver = 1e-4; // relative gradient norm from which Newton is faster
constexpr int kQuasiNewtonLimit = 500;
constexpr double kNoProgress = 1e-12; // relative; far below any tolerance of the objective

std::string shortNumber(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

double dot(const MatrixD& a, const MatrixD& b) {
    return a.cwiseProduct(b).sum();
}

/// A point on the way, with what both methods need of it.
class Walker {
public:
    Walker(const LogisticProblem& problem, const MatrixD& start, const SolverOptions& options)
        : m_problem(problem), m_options(options) {
        const MatrixD zero = problem.zeroParameters();
        m_startNorm = problem.originalNorm(
            problem.gradient(zero, problem.pointAt(zero, problem.rowScores(zero)).probabilities));
        m_state.parameters = start;
        refresh();
        report();
    }

    [[nodiscard]] const SolverState& state() const { return m_state; }
    [[nodiscard]] const MatrixD& gradient() const { return m_gradient; }
    [[nodiscard]] const MatrixD& probabilities() const { return m_point.probabilities; }
    [[nodiscard]] bool converged() const { return m_state.relativeGradientNorm <= m_options.tolerance; }
    [[nodiscard]] bool exhausted() const { return m_state.iterations >= m_options.maxIterations; }

    void requireNotStopped() const {
        if (m_options.stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "logistic regression was cancelled");
        }
    }

    /// Forgets what rounding has added to the row scores, which are updated along with the parameters.
    void refresh() {
        m_rowScores = m_problem.rowScores(m_state.parameters);
        update();
    }

    /// Goes along a descent direction to (almost) the lowest point on it. False if the direction does not
    /// descend.
    bool advance(const MatrixD& direction) {
        const MatrixD rowDirection = m_problem.rowScores(direction);
        const double length = lineMinimum(direction, rowDirection);
        if (!(length > 0)) {
            return false;
        }
        m_state.parameters += length * direction;
        m_rowScores += length * rowDirection;
        ++m_state.iterations;
        update();
        report();
        return true;
    }

private:
    void update() {
        m_point = m_problem.pointAt(m_state.parameters, m_rowScores);
        m_gradient = m_problem.gradient(m_state.parameters, m_point.probabilities);
        m_state.objective = m_point.objective;
        m_state.gradientNorm = m_problem.originalNorm(m_gradient);
        // Nothing to learn (equal features, balanced classes): zero is the optimum.
        m_state.relativeGradientNorm = m_startNorm > 0 ? m_state.gradientNorm / m_startNorm : 0.0;
    }

    void report() const {
        if (m_options.onIteration) {
            m_options.onIteration(m_state);
        }
    }

    /// The objective is convex, so its slope along the line rises: bracket the slope's zero and close in by
    /// Newton's method, without comparing objective values that differ by less than their rounding.
    [[nodiscard]] double lineMinimum(const MatrixD& direction, const MatrixD& rowDirection) const {
        const auto at = [&](double t) {
            return m_problem.alongLine(m_state.parameters, m_rowScores, direction, rowDirection, t);
        };
        const LogisticProblem::AlongLine start = at(0);
        if (!(start.slope < 0)) {
            return 0;
        }
        const double allowed = start.value + 1e-13 * std::abs(start.value);
        double low = 0;
        double high = std::numeric_limits<double>::infinity();
        double t = 1;
        for (int trial = 0; trial < 60; ++trial) {
            const LogisticProblem::AlongLine here = at(t);
            if (std::abs(here.slope) <= 0.1 * std::abs(start.slope) && here.value <= allowed) {
                return t;
            }
            (here.slope < 0 ? low : high) = t;
            const double newton = t - here.slope / here.curvature;
            if (std::isinf(high)) {
                t = std::isfinite(newton) ? std::clamp(newton, 1.1 * t, 10 * t) : 10 * t;
            } else {
                t = newton > low && newton < high ? newton : 0.5 * (low + high);
            }
            if (!(t > low && t < high)) {
                break; // the bracket is one rounding step wide
            }
        }
        return low;
    }

    const LogisticProblem& m_problem;
    const SolverOptions& m_options;
    SolverState m_state;
    MatrixD m_rowScores;
    LogisticProblem::Point m_point;
    MatrixD m_gradient;
    double m_startNorm = 0;
};

/// -H^-1 gradient from the last few steps (Nocedal and Wright, algorithm 7.4).
class QuasiNewton {
public:
    void remember(MatrixD step, MatrixD change) {
        const double product = dot(step, change);
        if (!(product > 1e-14 * change.squaredNorm() * step.norm() / std::max(change.norm(), 1e-300))) {
            return;
        }
        if (m_pairs.size() == kMemory) {
            m_pairs.pop_front();
        }
        m_pairs.push_back({std::move(step), std::move(change), 1 / product});
    }

    [[nodiscard]] MatrixD direction(const MatrixD& gradient) const {
        MatrixD result = -gradient;
        if (m_pairs.empty()) {
            return result / std::max(gradient.norm(), 1e-300); // no scale is known yet: a step of length 1
        }
        std::vector<double> factors(m_pairs.size());
        for (std::size_t index = m_pairs.size(); index-- > 0;) {
            factors[index] = m_pairs[index].inverse * dot(m_pairs[index].step, result);
            result -= factors[index] * m_pairs[index].change;
        }
        result /= m_pairs.back().inverse * m_pairs.back().change.squaredNorm();
        for (std::size_t index = 0; index < m_pairs.size(); ++index) {
            const double factor = m_pairs[index].inverse * dot(m_pairs[index].change, result);
            result += (factors[index] - factor) * m_pairs[index].step;
        }
        return result;
    }

private:
    struct Pair {
        MatrixD step, change;
        double inverse = 0;
    };
    std::deque<Pair> m_pairs;
};

/// Solves H d = -g by preconditioned conjugate gradients, up to a residual of `accuracy` (relative, in the
/// norm of the preconditioner).
MatrixD newtonDirection(const LogisticProblem& problem, const Walker& walker, double accuracy) {
    const MatrixD inverse = problem.hessianDiagonal(walker.probabilities()).cwiseInverse();
    MatrixD result = problem.zeroParameters();
    MatrixD residual = -walker.gradient();
    MatrixD scaled = residual.cwiseProduct(inverse);
    MatrixD direction = scaled;
    double square = dot(residual, scaled);
    const double target = accuracy * accuracy * square;
    const auto limit = std::max<Eigen::Index>(100, 2 * result.size());
    for (Eigen::Index iteration = 0; iteration < limit && square > target; ++iteration) {
        walker.requireNotStopped();
        const MatrixD product = problem.hessianTimes(direction, walker.probabilities());
        const double curvature = dot(direction, product);
        if (!(curvature > 0)) {
            break;
        }
        const double length = square / curvature;
        result += length * direction;
        residual -= length * product;
        scaled = residual.cwiseProduct(inverse);
        const double next = dot(residual, scaled);
        direction = scaled + (next / square) * direction;
        square = next;
    }
    return result;
}

/// Whether the tolerances were met, or met but for what rounding leaves: with the gradient as small as asked
/// for, no step goes down.
bool reachedByNewton(const LogisticProblem& problem, Walker& walker, const SolverOptions& options,
                     double& height) {
    while (true) {
        const SolverState& state = walker.state();
        if (walker.converged() && std::isinf(options.objectiveTolerance)) {
            return true;
        }
        walker.requireNotStopped();
        // Loose while far away, ever tighter close by: superlinear convergence without solving early steps
        // exactly.
        const double accuracy = std::clamp(std::sqrt(state.relativeGradientNorm), 1e-6, 0.1);
        const MatrixD direction = newtonDirection(problem, walker, accuracy);
        height = -0.5 * dot(walker.gradient(), direction);
        if (walker.converged() && height <= options.objectiveTolerance * state.objective) {
            return true;
        }
        if (walker.exhausted()) {
            return false;
        }
        const bool near = walker.converged();
        const double before = state.objective;
        if (!walker.advance(direction)) {
            return near;
        }
        walker.refresh();
        if (near && walker.converged() && state.objective >= (1 - kNoProgress) * before) {
            return true;
        }
    }
}

void finishByNewton(const LogisticProblem& problem, Walker& walker, const SolverOptions& options) {
    double height = 0;
    if (!reachedByNewton(problem, walker, options, height)) {
        throw Error(ErrorKind::numeric, "logistic regression stopped at a relative gradient norm of " +
                                            shortNumber(walker.state().relativeGradientNorm) +
                                            " and an objective of " + shortNumber(walker.state().objective) +
                                            ", " + shortNumber(height) + " above its minimum, after " +
                                            std::to_string(walker.state().iterations) +
                                            " iterations: are some features very much larger than others?");
    }
}

} // namespace

SolverState solveFromZero(const LogisticProblem& problem, const SolverOptions& options) {
    Walker walker(problem, problem.zeroParameters(), options);
    QuasiNewton history;
    const double handOver = std::max(kHandOver, options.tolerance);
    while (walker.state().relativeGradientNorm > handOver && walker.state().iterations < kQuasiNewtonLimit &&
           !walker.exhausted()) {
        walker.requireNotStopped();
        const MatrixD before = walker.state().parameters;
        const MatrixD gradientBefore = walker.gradient();
        if (!walker.advance(history.direction(gradientBefore))) {
            break; // Newton takes over
        }
        history.remember(walker.state().parameters - before, walker.gradient() - gradientBefore);
    }
    walker.refresh();
    finishByNewton(problem, walker, options);
    return walker.state();
}

SolverState solveByNewton(const LogisticProblem& problem, const MatrixD& start,
                          const SolverOptions& options) {
    Walker walker(problem, start, options);
    finishByNewton(problem, walker, options);
    return walker.state();
}

} // namespace finescope::analysis
