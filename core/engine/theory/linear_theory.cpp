#include "core/engine/theory/linear_theory.h"

#include "core/engine/tensor_matrix.h"
#include "core/engine/theory/random_draws.h"

#include <cmath>

namespace finescope::engine {

LinearTheory::LinearTheory(const TheorySize& size, LoraDistribution distribution, std::uint64_t seed)
    : m_distribution(distribution) {
    RandomBits bits(seed);
    const LinearModel model = randomLinearModel(size.inputs, size.width, size.classes, bits);
    m_extractor = model.extractor;
    m_train = normalMatrix(size.train, size.inputs, 1, bits);
    m_test = normalMatrix(size.test, size.inputs, 1, bits);
    m_labels = randomLabels(size.train, size.classes, bits);
    const MatrixD inputs = normalMatrix(size.probe, size.inputs, 1, bits);
    m_probe = {linearFeatures(model, inputs).cast<float>(), randomLabels(size.probe, size.classes, bits)};
}

HeadKernel LinearTheory::kernel(const Head& head) const {
    return linearKernel(with(head), m_train, m_test, m_labels);
}

HeadKernel LinearTheory::loraKernel(const Head& head, const LoraDraw& draw) const {
    RandomBits bits(draw.seed);
    const Eigen::Index inputs = m_extractor.cols();
    LinearLora lora;
    lora.scale = draw.alpha / static_cast<double>(draw.rank);
    lora.a = m_distribution == LoraDistribution::normal
                 ? normalMatrix(draw.rank, inputs, std::sqrt(loraVariance()), bits)
                 : uniformMatrix(draw.rank, inputs, std::sqrt(3 * loraVariance()), bits);
    return linearLoraKernel(with(head), lora, m_train, m_test, m_labels);
}

MatrixD LinearTheory::featureKernel() const {
    const MatrixD similarities = m_test * m_train.transpose();
    const Eigen::Index width = m_extractor.rows();
    MatrixD kernel(similarities.rows() * width, similarities.cols() * width);
    for (Eigen::Index i = 0; i < similarities.rows(); ++i) {
        for (Eigen::Index j = 0; j < similarities.cols(); ++j) {
            kernel.block(i * width, j * width, width, width) =
                similarities(i, j) * MatrixD::Identity(width, width);
        }
    }
    return kernel;
}

double LinearTheory::loraVariance() const {
    return 1.0 / (3.0 * static_cast<double>(m_extractor.cols()));
}

MatrixD LinearTheory::features() const {
    MatrixD all(m_train.rows() + m_test.rows(), m_extractor.rows());
    all << m_train * m_extractor.transpose(), m_test * m_extractor.transpose();
    return all;
}

MatrixD LinearTheory::extractorGradients(const Head& head) const {
    torch::Tensor extractor = toTensor(m_extractor).requires_grad_(true);
    const torch::Tensor weight = toTensor(head.weight);
    std::vector<torch::Tensor> rows;
    for (const MatrixD* inputs : {&m_train, &m_test}) {
        const torch::Tensor logits = toTensor(*inputs).mm(extractor.t()).mm(weight.t());
        for (std::int64_t i = 0; i < logits.size(0); ++i) {
            for (std::int64_t c = 0; c < logits.size(1); ++c) {
                rows.push_back(torch::autograd::grad({logits[i][c]}, {extractor}, {}, true)[0].flatten());
            }
        }
    }
    return toMatrixD(torch::stack(rows));
}

StepChange LinearTheory::step(const Head& head, const std::optional<MatrixD>& residuals, double rate) const {
    return stepChange(body(), head, m_labels, residuals, rate);
}

DifferentiableBody LinearTheory::body() const {
    const torch::Tensor extractor = toTensor(m_extractor);
    return {.parameters = {extractor},
            .features = [extractor, train = toTensor(m_train), test = toTensor(m_test)](
                            bool ofTest) { return (ofTest ? test : train).mm(extractor.t()); },
            .mend = [](std::vector<torch::Tensor>&) {}};
}

} // namespace finescope::engine
