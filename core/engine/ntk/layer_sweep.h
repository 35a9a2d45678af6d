#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/ntk/kernel_rows.h"
#include "core/engine/ntk/sweep_plan.h"
#include "core/engine/tokenizer/tokenizer.h"
#include "core/matrix.h"

#include <vector>

namespace finescope::engine {

/// What a sweep is to compute.
struct SweepRequest {
    /// u: [R, h], the same for all samples, or [R, n + m, h], train samples first.
    torch::Tensor directions;
    /// One kernel for each; a group is in one of them at most, and in none it is left out.
    std::vector<std::vector<ParameterGroup>> sets;
    /// 0/1 [vocabulary, h]: only these count (definitions.md, Sampled word embeddings). Undefined: all.
    torch::Tensor wordMask;
};

/// Kernels of directions: entry (i R + q, j R + p) is the inner product over the parameters of
/// d(u_qi . phi(x_i))/dtheta and d(u_pj . phi(x_j))/dtheta.
struct SweepKernel {
    MatrixD train; ///< [n R, n R], symmetric
    MatrixD test;  ///< [m R, n R]
};

struct SweepResult {
    MatrixD trainFeatures, testFeatures; ///< phi [n, h], [m, h], in the samples' order
    std::vector<SweepKernel> kernels;    ///< one for each of SweepRequest::sets
};

/// Exact kernels of an encoder's gradients, layer by layer: all samples go forward once, then each layer is
/// recomputed, R deltas a sample are pulled through it, and the Gram matrix of its weights' gradients is
/// added before the next layer begins, so that no gradient of the whole model is ever held. performance.md,
/// Kernel sweep. Set LibTorch and its BLAS to one thread before (setThreads): the workers are the threads.
class LayerSweep {
public:
    /// The encoder's dtype is the precision of the products; its device computes, other than the CPU with one
    /// worker, and it is that device's memory which the settings bound. It is put into eval() mode and its
    /// parameters need no gradient afterwards. Throws Error{badInput} for no train samples, an encoding that
    /// is empty or longer than the encoder takes, or adapted = lora without adapters or with some whose B is
    /// not zero: what is computed is the kernel at LoRA's start, where A has no gradient.
    LayerSweep(Encoder encoder, const std::vector<Encoding>& train, const std::vector<Encoding>& test,
               SweepSettings settings);

    /// Of a run with R directions, whichever they are.
    [[nodiscard]] SweepDemand demand(std::int64_t directions) const;

    /// The same settings and samples give the same numbers to the last bit. With no directions (R = 0) the
    /// features only, and kernels without entries. Throws Error{cancelled}, Error{internal} (scratch disk
    /// full), Error{numeric} if a kernel is not finite, Error{badInput} for directions of another shape.
    [[nodiscard]] SweepResult run(const SweepRequest& request) const;

    [[nodiscard]] std::int64_t trainCount() const { return m_samples.train; }
    [[nodiscard]] std::int64_t testCount() const { return m_samples.test; }
    [[nodiscard]] const Encoder& encoder() const { return m_encoder; }
    [[nodiscard]] AdaptedParameters adapted() const { return m_settings.adapted; }

private:
    Encoder m_encoder;
    SweepSettings m_settings;
    SweepSamples m_samples;
};

/// The groups that a kernel over these parameters has.
[[nodiscard]] std::vector<ParameterGroup> groupsOf(AdaptedParameters adapted);

} // namespace finescope::engine
