#pragma once

#include "core/engine/theory/brute_force.h"

#include <cstdint>
#include <string>

namespace finescope::engine {

/// One draw of LoRA's A.
struct LoraDraw {
    std::int64_t rank = 4;
    double alpha = 4;
    std::uint64_t seed = 0;
};

/// Features for a linear probe, with as many samples as it needs.
struct ProbeSamples {
    MatrixF features; ///< [n, h]
    Labels labels;
};

/// A model with a few samples, as the checks see it: what the formulas of definitions.md, Theory, say of it,
/// and what LibTorch's own gradients say. V and b are given each time, the extractor stays.
class TheoryModel {
public:
    virtual ~TheoryModel() = default;

    [[nodiscard]] virtual std::string name() const = 0;     ///< "linear" or a family of encoders
    [[nodiscard]] virtual const Labels& labels() const = 0; ///< of the train samples
    [[nodiscard]] virtual ProbeSamples probeSamples() const = 0;

    /// The formulas: P, F and residuals.
    [[nodiscard]] virtual HeadKernel kernel(const Head& head) const = 0;
    /// The same with LoRA at its start, fTrain over its matrices.
    [[nodiscard]] virtual HeadKernel loraKernel(const Head& head, const LoraDraw& draw) const = 0;
    /// Theta^phi of test with train samples, [m h, n h].
    [[nodiscard]] virtual MatrixD featureKernel() const = 0;
    /// Variance of one entry of A.
    [[nodiscard]] virtual double loraVariance() const = 0;

    /// Brute force: phi of all samples, train before test, [n + m, h]; gradients of the logits by the
    /// extractor's parameters, [(n + m) C, parameters]; a real step.
    [[nodiscard]] virtual MatrixD features() const = 0;
    [[nodiscard]] virtual MatrixD extractorGradients(const Head& head) const = 0;
    [[nodiscard]] virtual StepChange step(const Head& head, const std::optional<MatrixD>& residuals,
                                          double rate) const = 0;
};

} // namespace finescope::engine
