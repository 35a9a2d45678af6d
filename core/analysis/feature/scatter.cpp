#include "core/analysis/feature/scatter.h"

#include "core/error.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <string>

namespace finescope::analysis {

namespace {
constexpr double kDroppedBelow = 1e-12; // of the largest eigenvalue (definitions.md)
}

ScatterDirections scatterDirectionsOf(const Eigen::MatrixXd& scatter, std::string_view what) {
    ScatterDirections result;
    result.trace = scatter.trace();
    if (scatter.rows() == 0) {
        return result;
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scatter);
    if (solver.info() != Eigen::Success) {
        throw Error(ErrorKind::numeric,
                    std::string(what) + ": the eigenvalues of the scatter did not converge");
    }
    const VectorD descending = solver.eigenvalues().reverse();
    const double threshold = kDroppedBelow * descending(0);
    const Eigen::Index kept = (descending.array() > threshold).count();
    result.values = descending.head(kept);
    result.vectors = solver.eigenvectors().rowwise().reverse().leftCols(kept);
    return result;
}

ScatterDirections scatterDirections(const MatrixD& centredRows, std::string_view what) {
    const bool wide = centredRows.rows() < centredRows.cols();
    const Eigen::Index order = std::min(centredRows.rows(), centredRows.cols());
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(order, order);
    if (wide) {
        gram.selfadjointView<Eigen::Lower>().rankUpdate(centredRows);
    } else {
        gram.selfadjointView<Eigen::Lower>().rankUpdate(centredRows.transpose());
    }
    ScatterDirections result = scatterDirectionsOf(gram, what);
    if (wide) {
        result.vectors = centredRows.transpose() * result.vectors;
        result.vectors.colwise().normalize();
    }
    return result;
}

} // namespace finescope::analysis
