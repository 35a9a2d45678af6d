#pragma once

#include "core/engine/model/classifier.h"
#include "core/engine/model/encoder.h"
#include "core/engine/task/batches.h"
#include "core/matrix.h"

namespace finescope::engine {

/// An encoder with its head on a device: what is trained and evaluated.
struct TunedModel {
    Encoder encoder{nullptr};
    Classifier classifier{nullptr};
    Pooling pooling = Pooling::first;
    torch::Device device{torch::kCPU};
    /// Threads that share the rows of a batch or the batches of a split, each with LibTorch and its BLAS to
    /// itself (setThreads(1) before): two made steps twice as fast, where two threads to a matrix product
    /// were slower than one (performance.md, Threads).
    int workers = 1;

    /// Features [B, h].
    [[nodiscard]] torch::Tensor features(const TokenBatch& batch, Dropout* dropout = nullptr);
    /// V [C, h] and b [C].
    [[nodiscard]] MatrixF weight() const;
    [[nodiscard]] VectorF bias() const;
    void setHead(const MatrixF& weight, const VectorF& bias);
    /// What fine-tuning changes: the LoRA matrices if there are any, else the whole encoder; and the head.
    [[nodiscard]] std::vector<torch::Tensor> trainedParameters() const;
};

/// A copy of a 2-D float tensor, from any device.
[[nodiscard]] MatrixF toMatrix(const torch::Tensor& tensor);

} // namespace finescope::engine
