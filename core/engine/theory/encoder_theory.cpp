#include "core/engine/theory/encoder_theory.h"

#include "core/engine/model/lora.h"
#include "core/engine/tensor_matrix.h"
#include "core/engine/theory/random_draws.h"

namespace finescope::engine {

EncoderTheory::EncoderTheory(std::string_view family, Pooling pooling, const TheorySize& size,
                             std::uint64_t seed)
    : m_family(family), m_pooling(pooling), m_size(size) {
    RandomBits bits(seed);
    m_seed = bits.next();
    m_encoder = makeEncoder();
    m_train = randomSamples(m_encoder->config, size.train, bits.next());
    m_test = randomSamples(m_encoder->config, size.test, bits.next());
    m_probe = randomSamples(m_encoder->config, size.probe, bits.next());
    m_labels = randomLabels(size.train, size.classes, bits);
    m_probeLabels = randomLabels(size.probe, size.classes, bits);
}

Encoder EncoderTheory::makeEncoder() const {
    return randomEncoder(m_family, m_size.width, m_seed);
}

LayerSweep EncoderTheory::sweep(const Encoder& encoder, AdaptedParameters adapted) const {
    SweepSettings settings;
    settings.adapted = adapted;
    settings.pooling = m_pooling;
    return {encoder, m_train, m_test, settings};
}

ProbeSamples EncoderTheory::probeSamples() const {
    const torch::NoGradGuard noGrad;
    const torch::Tensor features = encoderBody(m_encoder, m_probe, m_test, m_pooling).features(false);
    return {toMatrixD(features).cast<float>(), m_probeLabels};
}

HeadKernel EncoderTheory::kernel(const Head& head) const {
    return headKernel(sweep(m_encoder, AdaptedParameters::full), head, m_labels, {});
}

HeadKernel EncoderTheory::loraKernel(const Head& head, const LoraDraw& draw) const {
    Encoder adapted = makeEncoder();
    addLora(adapted, {draw.rank, draw.alpha, draw.seed});
    return headKernel(sweep(adapted, AdaptedParameters::lora), head, m_labels, {});
}

MatrixD EncoderTheory::featureKernel() const {
    const torch::Tensor allDirections = torch::eye(m_size.width, torch::kFloat64);
    return sweep(m_encoder, AdaptedParameters::full)
        .run({allDirections, {groupsOf(AdaptedParameters::full)}, {}})
        .kernels.front()
        .test;
}

double EncoderTheory::loraVariance() const {
    return 1.0 / (3.0 * static_cast<double>(m_size.width));
}

MatrixD EncoderTheory::features() const {
    const torch::NoGradGuard noGrad;
    const DifferentiableBody body = encoderBody(m_encoder, m_train, m_test, m_pooling);
    return toMatrixD(torch::cat({body.features(false), body.features(true)}));
}

MatrixD EncoderTheory::extractorGradients(const Head& head) const {
    std::vector<Encoding> all = m_train;
    all.insert(all.end(), m_test.begin(), m_test.end());
    const torch::Tensor directions =
        toTensor(head.weight)
            .unsqueeze(1)
            .expand({head.weight.rows(), static_cast<std::int64_t>(all.size()), m_size.width});
    std::vector<torch::Tensor> groups;
    for (const auto& [group, rows] : gradientsByGroup(m_encoder, all, m_pooling, directions)) {
        groups.push_back(rows);
    }
    return toMatrixD(torch::cat(groups, 1));
}

StepChange EncoderTheory::step(const Head& head, const std::optional<MatrixD>& residuals, double rate) const {
    return stepChange(encoderBody(m_encoder, m_train, m_test, m_pooling), head, m_labels, residuals, rate);
}

} // namespace finescope::engine
