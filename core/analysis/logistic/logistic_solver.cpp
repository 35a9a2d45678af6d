#include "core/analysis/logistic/logistic_solver.h"

#include "core/analysis/logistic/newton_walk.h"
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
constexpr double kRoundedGap = 1e-6; // of the objective: good enough where rounding allows no less
constexpr int kPatience = 3; // steps in a row after which nothing has become better by anything but rounding

std::string shortNumber(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

using Walk = NewtonWalk<LogisticProblem>;

/// A walk that knows how far it has to go.
class Walker {
public:
    Walker(const LogisticProblem& problem, const MatrixD& start, const SolverOptions& options)
        : m_problem(problem), m_options(options), m_walk(problem, start) {
        const Walk fromZero(problem, problem.zeroParameters());
        m_startNorm = problem.originalNorm(fromZero.gradient());
        if (m_startNorm <= problem.roundingOfGradient()) {
            m_startNorm = 0; // nothing to learn (equal features, balanced classes): zero is the optimum
        }
        update();
        report();
    }

    [[nodiscard]] const SolverState& state() const { return m_state; }
    [[nodiscard]] const Walk& walk() const { return m_walk; }
    [[nodiscard]] bool gradientVanishes() const {
        return m_state.relativeGradientNorm <= m_options.tolerance;
    }
    [[nodiscard]] bool gapIsWithin(double relative) const {
        return m_state.gap <= relative * m_state.objective;
    }
    [[nodiscard]] bool converged() const { return gradientVanishes() && gapIsWithin(m_options.gapTolerance); }
    [[nodiscard]] double gapTolerance() const { return m_options.gapTolerance; }
    [[nodiscard]] bool exhausted() const { return m_state.iterations >= m_options.maxIterations; }

    void requireNotStopped() const {
        if (m_options.stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "logistic regression was cancelled");
        }
    }

    void refresh() {
        m_walk.refresh();
        update();
    }

    bool advance(const MatrixD& direction) {
        if (!m_walk.advance(direction)) {
            return false;
        }
        ++m_state.iterations;
        update();
        report();
        return true;
    }

private:
    void update() {
        m_state.parameters = m_walk.parameters();
        m_state.objective = m_walk.point().objective;
        m_state.gap = m_problem.gapBound(m_walk.parameters(), m_walk.point(), m_walk.gradient());
        m_state.gradientNorm = m_problem.originalNorm(m_walk.gradient());
        m_state.relativeGradientNorm = m_startNorm > 0 ? m_state.gradientNorm / m_startNorm : 0.0;
    }

    void report() const {
        if (m_options.onIteration) {
            m_options.onIteration(m_state);
        }
    }

    const LogisticProblem& m_problem;
    const SolverOptions& m_options;
    Walk m_walk;
    SolverState m_state;
    double m_startNorm = 0;
};

/// -H^-1 gradient from the last few steps (Nocedal and Wright, algorithm 7.4).
class QuasiNewton {
public:
    void remember(MatrixD step, MatrixD change) {
        const double product = Walk::dot(step, change);
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
            factors[index] = m_pairs[index].inverse * Walk::dot(m_pairs[index].step, result);
            result -= factors[index] * m_pairs[index].change;
        }
        result /= m_pairs.back().inverse * m_pairs.back().change.squaredNorm();
        for (std::size_t index = 0; index < m_pairs.size(); ++index) {
            const double factor = m_pairs[index].inverse * Walk::dot(m_pairs[index].change, result);
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

/// Whether steps still make anything smaller by more than rounding does.
class Patience {
public:
    [[nodiscard]] bool ended(const SolverState& state) {
        const bool better = state.gap < 0.5 * m_gap || state.gradientNorm < 0.5 * m_gradientNorm ||
                            state.objective < (1 - 1e-12) * m_objective;
        m_gap = std::min(m_gap, state.gap);
        m_gradientNorm = std::min(m_gradientNorm, state.gradientNorm);
        m_objective = std::min(m_objective, state.objective);
        m_stalled = better ? 0 : m_stalled + 1;
        return m_stalled >= kPatience;
    }

private:
    double m_gap = std::numeric_limits<double>::infinity();
    double m_gradientNorm = m_gap, m_objective = m_gap;
    int m_stalled = 0;
};

void finishByNewton(Walker& walker) {
    Patience progress;
    bool moves = true;
    while (!walker.converged() && !walker.exhausted() && moves && !progress.ended(walker.state())) {
        // Loose while far away, ever tighter close by: superlinear convergence without solving early steps
        // exactly.
        const double accuracy = std::clamp(std::sqrt(walker.state().relativeGradientNorm), 1e-6, 0.1);
        moves = walker.advance(walker.walk().newtonDirection(accuracy, [&] { walker.requireNotStopped(); }));
        walker.refresh();
    }
    if (!walker.gradientVanishes() || !walker.gapIsWithin(std::max(kRoundedGap, walker.gapTolerance()))) {
        const SolverState& state = walker.state();
        throw Error(ErrorKind::numeric, "logistic regression stopped at a relative gradient norm of " +
                                            shortNumber(state.relativeGradientNorm) +
                                            " and an objective of " + shortNumber(state.objective) +
                                            ", at most " + shortNumber(state.gap) +
                                            " above its minimum, after " + std::to_string(state.iterations) +
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
        const MatrixD gradientBefore = walker.walk().gradient();
        if (!walker.advance(history.direction(gradientBefore))) {
            break; // Newton takes over
        }
        history.remember(walker.state().parameters - before, walker.walk().gradient() - gradientBefore);
    }
    walker.refresh();
    finishByNewton(walker);
    return walker.state();
}

SolverState solveByNewton(const LogisticProblem& problem, const MatrixD& start,
                          const SolverOptions& options) {
    Walker walker(problem, start, options);
    finishByNewton(walker);
    return walker.state();
}

} // namespace finescope::analysis
