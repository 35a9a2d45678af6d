#include "core/engine/tensor_matrix.h"

namespace finescope::engine {

MatrixD toMatrixD(const torch::Tensor& tensor) {
    const torch::Tensor values = tensor.detach().to(torch::kCPU, torch::kFloat64).contiguous();
    return Eigen::Map<const MatrixD>(values.data_ptr<double>(), values.size(0), values.size(1));
}

torch::Tensor toTensor(const MatrixD& matrix) {
    torch::Tensor tensor = torch::empty({matrix.rows(), matrix.cols()}, torch::kFloat64);
    Eigen::Map<MatrixD>(tensor.data_ptr<double>(), matrix.rows(), matrix.cols()) = matrix;
    return tensor;
}

} // namespace finescope::engine
