#include "core/analysis/kernel/spectrum.h"

#include "core/error.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace finescope::analysis {

VectorD symmetricSingularValues(const MatrixD& matrix) {
    if (matrix.rows() != matrix.cols()) {
        throw Error(ErrorKind::badInput, "the spectrum needs a square matrix, got [" +
                                             std::to_string(matrix.rows()) + ", " +
                                             std::to_string(matrix.cols()) + "]");
    }
    if (!matrix.allFinite()) {
        throw Error(ErrorKind::badInput,
                    "the spectrum needs finite values, but the matrix holds NaN or infinity");
    }
    if (matrix.size() == 0) {
        return {};
    }
    const Eigen::MatrixXd symmetric = 0.5 * (matrix + matrix.transpose());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success) {
        throw Error(ErrorKind::numeric, "the eigenvalues of a matrix of order " +
                                            std::to_string(matrix.rows()) + " did not converge");
    }
    VectorD values = solver.eigenvalues().cwiseAbs();
    std::ranges::sort(values, std::greater<>());
    return values;
}

std::int64_t numericalRank(std::span<const double> singularValues) {
    if (singularValues.empty()) {
        return 0;
    }
    const double largest = std::ranges::max(singularValues);
    const double tolerance = largest * static_cast<double>(singularValues.size()) * std::ldexp(1.0, -23);
    return std::ranges::count_if(singularValues, [tolerance](double value) { return value > tolerance; });
}

double effectiveRank(std::span<const double> singularValues) {
    double sum = 0;
    for (const double value : singularValues) {
        sum += value;
    }
    if (!(sum > 0)) {
        return 0;
    }
    double entropy = 0;
    for (const double value : singularValues) {
        const double share = value / sum;
        entropy -= share > 0 ? share * std::log(share) : 0.0;
    }
    return std::exp(entropy);
}

double stableRank(std::span<const double> singularValues) {
    double largest = 0;
    for (const double value : singularValues) {
        largest = std::max(largest, value);
    }
    if (!(largest > 0)) {
        return 0;
    }
    double sum = 0;
    for (const double value : singularValues) {
        sum += (value / largest) * (value / largest);
    }
    return sum;
}

} // namespace finescope::analysis
