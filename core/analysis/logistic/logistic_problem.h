#pragma once

#include "core/analysis/calibration/cross_entropy.h"
#include "core/matrix.h"

#include <span>

namespace finescope::analysis {

/// Features in the coordinates the solver works in. Centring changes only the meaning of the free intercept,
/// and an orthonormal basis leaves the penalty ||V||_F^2 as it is, so the optimum is the same; but features
/// whose cosine similarity is .997 become well conditioned, because principal directions are what a diagonal
/// can scale.
struct ReducedFeatures {
    VectorD mean;          ///< [h]
    Eigen::MatrixXd basis; ///< [h, r], orthonormal columns that span all centred rows, by ascending variance
    MatrixD scores; ///< [N, r + 1]: (features - mean) basis, and a last column of ones for the intercept
};

/// features [N, h], finite; r = min(N, h). O(N h min(N, h)).
[[nodiscard]] ReducedFeatures reduceFeatures(MatrixD features);

/// strength * sum_i CE_i + 0.5 ||V||_F^2 on reduced features. Softmax does not change when a constant is
/// added to all logits and the penalty removes such constants from the optimum, so V = B A and b = B a with B
/// [C, C-1] an orthonormal basis of the vectors of sum zero; then the objective is strictly convex in
/// parameters [C-1, r + 1] (A, and a as last column). "scores" of rows are [n, C-1], their logits B times
/// that.
class LogisticProblem {
public:
    /// Uses the given rows of `reduced`; labels [n] of those rows, all in 0..classes-1.
    LogisticProblem(const ReducedFeatures& reduced, std::span<const Eigen::Index> rows, Labels labels,
                    int classes, double strength);

    void setStrength(double strength) { m_strength = strength; }
    [[nodiscard]] Eigen::Index rows() const { return m_features.rows(); }
    [[nodiscard]] Eigen::Index directions() const { return m_basis.cols(); }
    [[nodiscard]] MatrixD zeroParameters() const { return MatrixD::Zero(directions(), m_features.cols()); }

    /// Z parameters^T: [n, C-1].
    using Rows = MatrixD;
    [[nodiscard]] Rows rowsOf(const MatrixD& parameters) const;

    /// Everything about one point but the gradient: cheap, O(n C^2).
    struct Point {
        MatrixD probabilities; ///< [n, C]
        double objective = 0;
    };
    [[nodiscard]] Point pointAt(const MatrixD& parameters, const Rows& rows) const;
    [[nodiscard]] MatrixD gradient(const MatrixD& parameters, const Point& point) const;
    [[nodiscard]] MatrixD hessianTimes(const MatrixD& direction, const Point& point) const;
    /// The diagonal of the Hessian, shaped as the parameters; positive.
    [[nodiscard]] MatrixD hessianDiagonal(const Point& point) const;
    [[nodiscard]] auto preconditioner(const Point& point) const {
        return [inverse = MatrixD(hessianDiagonal(point).cwiseInverse())](const MatrixD& values) -> MatrixD {
            return values.cwiseProduct(inverse);
        };
    }

    /// Value and two derivatives of the objective along parameters + t direction, from rows alone.
    [[nodiscard]] AlongLine alongLine(const MatrixD& parameters, const Rows& rows, const MatrixD& direction,
                                      const Rows& rowsOfDirection, double t) const;

    /// At most how far the objective lies above its minimum, but for rounding: the gap to the value of the
    /// dual problem (the maximum over distributions q_i, with sum_i q_i that of the labels, of strength sum_i
    /// H(q_i) - 0.5 ||strength sum_i (y_i - q_i) x_i^T||^2) at the probabilities there, mixed with as little
    /// of fixed ones as makes their sums right. Half the squared norm of the gradient by A where that by the
    /// intercept is zero; each class has a row. Boyd and Vandenberghe 2004, section 5.5.1.
    [[nodiscard]] double gapBound(const MatrixD& parameters, const Point& point,
                                  const MatrixD& gradient) const;
    /// What rounding may leave of a gradient that is zero at the start, in the measure of originalNorm().
    [[nodiscard]] double roundingOfGradient() const;

    /// Norm of the gradient by V [C, h] and b [C] in the coordinates of the caller's features.
    [[nodiscard]] double originalNorm(const MatrixD& gradient) const;
    /// V [C, h] and b [C] of `parameters`, in the caller's coordinates.
    [[nodiscard]] MatrixD weight(const MatrixD& parameters) const;
    [[nodiscard]] VectorD bias(const MatrixD& parameters) const;
    /// Logits [m, C] of any rows in reduced coordinates [m, r + 1].
    [[nodiscard]] MatrixD logits(const MatrixD& parameters, const MatrixD& reducedRows) const;

private:
    const ReducedFeatures& m_reduced;
    MatrixD m_features; // [n, r + 1]
    Labels m_labels;
    MatrixD m_basis; // [C, C-1]
    VectorD m_meanInBasis;
    VectorD m_classCounts; // [C]
    VectorD m_meanOfRows;  // [r], of the rows used
    MatrixD m_startPull;   // [C-1, r], B^T sum_i (y_i - share of the classes) x_i^T
    double m_meanSquared = 0;
    double m_strength = 1;
};

} // namespace finescope::analysis
