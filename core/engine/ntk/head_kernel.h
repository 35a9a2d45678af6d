#pragma once

#include "core/engine/ntk/layer_sweep.h"
#include "core/matrix.h"

#include <cstdint>

namespace finescope::engine {

/// A linear head, logits z = V phi + b.
struct Head {
    MatrixD weight; ///< V [C, h]
    VectorD bias;   ///< b [C]
};

/// z [n, C] of features [n, h].
[[nodiscard]] MatrixD headLogits(const MatrixD& features, const Head& head);
/// delta = one-hot minus softmax [n, C], definitions.md, Residuals; labels [n] in 0 .. C-1.
[[nodiscard]] MatrixD headResiduals(const MatrixD& features, const Head& head, const Labels& labels);
/// P without its I_C: <phi, phi'> + 1 of features [m, h] and [n, h]. definitions.md, Parts of the kernel.
[[nodiscard]] MatrixD pretrainKernel(const MatrixD& left, const MatrixD& right);

/// Orthonormal rows that span those of a head: V = mixing * basis. Kernels of the basis, recombined in
/// double, keep small eigenvalues that products of nearly dependent rows lose. performance.md, Kernel sweep.
struct HeadSpan {
    MatrixD mixing; ///< A [C, R]
    MatrixD basis;  ///< Q [R, h]
};
/// R = rank(V): singular values above 2^-22 of the largest, float32's own precision. R = 0 for V = 0.
[[nodiscard]] HeadSpan headSpan(const MatrixD& weight);

/// (I x A) K (I x A^T): a kernel of directions Q [m R, n R] to one of A Q [m C, n C].
[[nodiscard]] MatrixD recombined(const MatrixD& kernel, const MatrixD& mixing);

/// How word embeddings enter F: all, or sampled as by the authors. definitions.md, Sampled word embeddings.
enum class WordEmbeddings { exact, sampled };

struct HeadKernelSettings {
    WordEmbeddings words = WordEmbeddings::exact; ///< LoRA kernels have none either way
    std::uint64_t seed = 0;                       ///< of the sampling
};

/// The kernel of a head on an encoder: definitions.md, Parts of the kernel. Rows of F are i C + c.
struct HeadKernel {
    MatrixD pTrain;           ///< [n, n], the factor of I_C
    MatrixD pTest;            ///< [m, n]
    MatrixD fTrain;           ///< [n C, n C]
    MatrixD fTest;            ///< [m C, n C]
    MatrixD fTrainQueryValue; ///< [n C, n C], the part of the query and value weights; empty for LoRA
    MatrixD trainResiduals;   ///< [n, C], one-hot minus softmax
};

/// Throws as LayerSweep::run, and Error{badInput} if shapes of head and labels do not fit the samples.
[[nodiscard]] HeadKernel headKernel(const LayerSweep& sweep, const Head& head, const Labels& trainLabels,
                                    const HeadKernelSettings& settings);

} // namespace finescope::engine
