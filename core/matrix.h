#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace finescope {

/// Row-major matrices: rows are samples, so that a row of logits or features is contiguous, as in the run
/// file.
using MatrixF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixD = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using VectorF = Eigen::VectorXf;
using VectorD = Eigen::VectorXd;

/// Read-only views that accept a whole matrix, a block of rows or mapped memory without a copy.
using MatrixViewF = Eigen::Ref<const MatrixF>;
using MatrixViewD = Eigen::Ref<const MatrixD>;

/// Class index of each sample, 0 .. C-1.
using Labels = std::vector<std::int64_t>;

} // namespace finescope
