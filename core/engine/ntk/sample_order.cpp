#include "core/engine/ntk/sample_order.h"

#include "core/engine/tensor_matrix.h"
#include "core/error.h"

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace finescope::engine {

namespace {

/// Row of the sweep for each row i R + q of the samples as they were given.
torch::Tensor rowsInOrder(const std::vector<std::int64_t>& order, std::int64_t directions) {
    const auto count = static_cast<std::int64_t>(order.size());
    torch::Tensor rows = torch::empty({count, directions}, torch::kInt64);
    for (std::int64_t place = 0; place < count; ++place) {
        for (std::int64_t q = 0; q < directions; ++q) {
            rows.index_put_({order[static_cast<std::size_t>(place)], q}, q * count + place);
        }
    }
    return rows.flatten();
}

} // namespace

SweepKernel inOrder(const torch::Tensor& sum, const SweepSamples& samples, const KernelRows& rows) {
    if (!sum.isfinite().all().item<bool>()) {
        throw Error(ErrorKind::numeric, "the kernel has entries that are not finite numbers: are the model's "
                                        "weights finite, and the head's?");
    }
    const torch::Tensor train = rowsInOrder(samples.trainOrder, rows.directions),
                        test = rowsInOrder(samples.testOrder, rows.directions) + rows.trainRows();
    const torch::Tensor columns = sum.index_select(1, train);
    return {toMatrixD(columns.index_select(0, train)), toMatrixD(columns.index_select(0, test))};
}

} // namespace finescope::engine
