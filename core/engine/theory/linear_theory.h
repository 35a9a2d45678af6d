#pragma once

#include "core/engine/theory/linear_model.h"
#include "core/engine/theory/theory_model.h"

namespace finescope::engine {

/// How LoRA's A is drawn, with variance 1/(3 d) either way: as the paper's text says, and as its code does.
enum class LoraDistribution { normal, uniform };

struct TheorySize {
    std::int64_t width = 20;  ///< of the features; an encoder's is even
    std::int64_t inputs = 12; ///< d, of the linear model
    std::int64_t train = 5, test = 3, probe = 60;
    std::int64_t classes = 3;
};

/// The two-layer linear model: formulas in Eigen, gradients by LibTorch.
class LinearTheory : public TheoryModel {
public:
    LinearTheory(const TheorySize& size, LoraDistribution distribution, std::uint64_t seed);

    [[nodiscard]] std::string name() const override { return "linear"; }
    [[nodiscard]] const Labels& labels() const override { return m_labels; }
    [[nodiscard]] ProbeSamples probeSamples() const override { return m_probe; }
    [[nodiscard]] HeadKernel kernel(const Head& head) const override;
    [[nodiscard]] HeadKernel loraKernel(const Head& head, const LoraDraw& draw) const override;
    [[nodiscard]] MatrixD featureKernel() const override;
    [[nodiscard]] double loraVariance() const override;
    [[nodiscard]] MatrixD features() const override;
    [[nodiscard]] MatrixD extractorGradients(const Head& head) const override;
    [[nodiscard]] StepChange step(const Head& head, const std::optional<MatrixD>& residuals,
                                  double rate) const override;

private:
    [[nodiscard]] LinearModel with(const Head& head) const { return {m_extractor, head}; }
    [[nodiscard]] DifferentiableBody body() const;

    MatrixD m_extractor;     // B [h, d]
    MatrixD m_train, m_test; // [n, d], [m, d]
    Labels m_labels;
    ProbeSamples m_probe;
    LoraDistribution m_distribution;
};

} // namespace finescope::engine
