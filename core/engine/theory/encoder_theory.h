#pragma once

#include "core/engine/theory/linear_theory.h"

#include <string>
#include <string_view>

namespace finescope::engine {

/// A small random encoder in float64: formulas by the layer sweep that `finescope-engine ntk` uses, gradients
/// by LibTorch.
class EncoderTheory : public TheoryModel {
public:
    /// `family`: a name in the list of families.
    EncoderTheory(std::string_view family, Pooling pooling, const TheorySize& size, std::uint64_t seed);

    [[nodiscard]] std::string name() const override { return m_family; }
    [[nodiscard]] const Labels& labels() const override { return m_labels; }
    [[nodiscard]] ProbeSamples probeSamples() const override;
    [[nodiscard]] HeadKernel kernel(const Head& head) const override;
    [[nodiscard]] HeadKernel loraKernel(const Head& head, const LoraDraw& draw) const override;
    [[nodiscard]] MatrixD featureKernel() const override;
    [[nodiscard]] double loraVariance() const override;
    [[nodiscard]] MatrixD features() const override;
    [[nodiscard]] MatrixD extractorGradients(const Head& head) const override;
    [[nodiscard]] StepChange step(const Head& head, const std::optional<MatrixD>& residuals,
                                  double rate) const override;

private:
    [[nodiscard]] Encoder makeEncoder() const;
    [[nodiscard]] LayerSweep sweep(const Encoder& encoder, AdaptedParameters adapted) const;

    std::string m_family;
    Pooling m_pooling;
    TheorySize m_size;
    std::uint64_t m_seed; // of the encoder's weights
    Encoder m_encoder{nullptr};
    std::vector<Encoding> m_train, m_test, m_probe;
    Labels m_labels, m_probeLabels;
};

} // namespace finescope::engine
