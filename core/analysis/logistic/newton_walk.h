#pragma once

#include "core/analysis/calibration/cross_entropy.h"
#include "core/matrix.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace finescope::analysis {

/// Steps down a smooth convex objective of a matrix of parameters. `Problem` says what it is:
///   Rows: what is known of each row, linear in the parameters; rowsOf(parameters)
///   Point: with a member `objective`; pointAt(parameters, rows)
///   gradient(parameters, point), hessianTimes(direction, point), preconditioner(point): a function of
///   such a matrix, roughly the inverse of the Hessian; all as the parameters
///   alongLine(parameters, rows, direction, rowsOfDirection, t): the objective there, as AlongLine
template <typename Problem>
class NewtonWalk {
public:
    /// `problem` outlives the walk.
    NewtonWalk(const Problem& problem, MatrixD start) : m_problem(problem), m_parameters(std::move(start)) {
        refresh();
    }

    [[nodiscard]] const MatrixD& parameters() const { return m_parameters; }
    [[nodiscard]] const typename Problem::Point& point() const { return m_point; }
    [[nodiscard]] const MatrixD& gradient() const { return m_gradient; }

    /// Forgets what rounding has added to the rows, which are updated along with the parameters.
    void refresh() {
        m_rows = m_problem.rowsOf(m_parameters);
        update();
    }

    /// Goes along a descent direction to (almost) the lowest point on it. False if the direction does not
    /// descend.
    bool advance(const MatrixD& direction) {
        const typename Problem::Rows rowsOfDirection = m_problem.rowsOf(direction);
        const double length = lineMinimum(direction, rowsOfDirection);
        if (!(length > 0)) {
            return false;
        }
        m_parameters += length * direction;
        m_rows += length * rowsOfDirection;
        update();
        return true;
    }

    /// Solves H d = -gradient by preconditioned conjugate gradients, up to a residual of `accuracy`
    /// (relative, in the norm of the preconditioner). `pulse` is called before each
    /// product with the Hessian and may throw.
    template <typename Pulse>
    [[nodiscard]] MatrixD newtonDirection(double accuracy, const Pulse& pulse) const {
        const auto precondition = m_problem.preconditioner(m_point);
        MatrixD result = MatrixD::Zero(m_parameters.rows(), m_parameters.cols());
        MatrixD residual = -m_gradient;
        MatrixD scaled = precondition(residual);
        MatrixD direction = scaled;
        double square = dot(residual, scaled);
        const double target = accuracy * accuracy * square;
        const auto limit = std::max<Eigen::Index>(100, 2 * result.size());
        for (Eigen::Index iteration = 0; iteration < limit && square > target; ++iteration) {
            pulse();
            const MatrixD product = m_problem.hessianTimes(direction, m_point);
            const double curvature = dot(direction, product);
            if (!(curvature > 0)) {
                break;
            }
            const double length = square / curvature;
            result += length * direction;
            residual -= length * product;
            scaled = precondition(residual);
            const double next = dot(residual, scaled);
            direction = scaled + (next / square) * direction;
            square = next;
        }
        return result;
    }

    [[nodiscard]] static double dot(const MatrixD& a, const MatrixD& b) { return a.cwiseProduct(b).sum(); }

private:
    void update() {
        m_point = m_problem.pointAt(m_parameters, m_rows);
        m_gradient = m_problem.gradient(m_parameters, m_point);
    }

    /// The objective is convex, so its slope along the line rises: bracket the slope's zero and close in by
    /// Newton's method, without comparing objective values that differ by less than their rounding.
    [[nodiscard]] double lineMinimum(const MatrixD& direction,
                                     const typename Problem::Rows& rowsOfDirection) const {
        const auto at = [&](double t) {
            return m_problem.alongLine(m_parameters, m_rows, direction, rowsOfDirection, t);
        };
        const AlongLine start = at(0);
        if (!(start.slope < 0)) {
            return 0;
        }
        const double allowed = start.value + 1e-13 * std::abs(start.value);
        double low = 0;
        double high = std::numeric_limits<double>::infinity();
        double t = 1;
        for (int trial = 0; trial < 60; ++trial) {
            const AlongLine here = at(t);
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

    const Problem& m_problem;
    MatrixD m_parameters;
    typename Problem::Rows m_rows;
    typename Problem::Point m_point;
    MatrixD m_gradient;
};

} // namespace finescope::analysis
