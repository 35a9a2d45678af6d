#include "core/engine/theory/brute_force.h"

#include "core/engine/model/embed.h"
#include "core/engine/tensor_matrix.h"

#include <limits>
#include <utility>

namespace finescope::engine {

namespace {

/// Rows of pad ids do not learn, so they have no gradient.
void dropPadRows(const EncoderImpl& encoder, const std::vector<torch::Tensor>& parameters,
                 std::vector<torch::Tensor>& gradients) {
    for (const EmbeddingTable& table : encoder.tables()) {
        for (std::size_t p = 0; p < parameters.size(); ++p) {
            if (table.skipped && parameters[p].is_same(table.weight) && gradients[p].defined()) {
                gradients[p][*table.skipped].zero_();
            }
        }
    }
}

/// The logits' V and b as LibTorch's parameters.
struct HeadTensors {
    torch::Tensor weight, bias;

    explicit HeadTensors(const Head& head)
        : weight(toTensor(head.weight).requires_grad_(true)),
          bias(toTensor(head.bias).squeeze(1).requires_grad_(true)) {}

    [[nodiscard]] torch::Tensor logits(const torch::Tensor& features) const {
        return torch::mm(features, weight.t()) + bias;
    }
};

} // namespace

ParameterGroup groupOf(const std::string& name) {
    const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
    using enum ParameterGroup;
    if (has("lora")) {
        return lora;
    }
    if (has("embeddings")) {
        return has("word") ? wordEmbedding : has("position") ? positionEmbedding : typeEmbedding;
    }
    if (has("norm")) {
        return layerNorm;
    }
    if (has("bias")) {
        return bias;
    }
    return has("query") || has("value") ? queryValueWeight : otherWeight;
}

std::map<ParameterGroup, torch::Tensor> gradientsByGroup(Encoder encoder,
                                                         const std::vector<Encoding>& samples,
                                                         Pooling pooling, const torch::Tensor& directions) {
    const EncoderConfig& config = encoder->config;
    std::vector<torch::Tensor> parameters;
    std::vector<std::string> names;
    for (auto& item : encoder->named_parameters()) {
        item.value().set_requires_grad(true);
        parameters.push_back(item.value());
        names.push_back(item.key());
    }
    std::map<ParameterGroup, std::vector<torch::Tensor>> rows;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const TokenBatch batch = makeTokenBatch(std::vector{samples[i]}, config.padId);
        const torch::Tensor features = pool(encoder->forward(batch), batch.mask, pooling)[0];
        for (std::int64_t q = 0; q < directions.size(0); ++q) {
            const torch::Tensor along = directions[q][static_cast<std::int64_t>(i)].dot(features);
            std::vector<torch::Tensor> gradients = torch::autograd::grad({along}, parameters, {}, true);
            dropPadRows(*encoder, parameters, gradients);
            std::map<ParameterGroup, std::vector<torch::Tensor>> pieces;
            for (std::size_t p = 0; p < gradients.size(); ++p) {
                pieces[groupOf(names[p])].push_back(gradients[p].flatten());
            }
            for (const auto& [group, parts] : pieces) {
                rows[group].push_back(torch::cat(parts));
            }
        }
    }
    std::map<ParameterGroup, torch::Tensor> result;
    for (const auto& [group, each] : rows) {
        result[group] = torch::stack(each);
    }
    for (torch::Tensor& parameter : parameters) {
        parameter.set_requires_grad(false);
    }
    return result;
}

MatrixD headGradients(const MatrixD& features, const Head& head) {
    const HeadTensors tensors(head);
    const torch::Tensor logits = tensors.logits(toTensor(features));
    std::vector<torch::Tensor> rows;
    for (std::int64_t i = 0; i < logits.size(0); ++i) {
        for (std::int64_t c = 0; c < logits.size(1); ++c) {
            const std::vector<torch::Tensor> gradients =
                torch::autograd::grad({logits[i][c]}, {tensors.weight, tensors.bias}, {}, true);
            rows.push_back(torch::cat({gradients[0].flatten(), gradients[1]}));
        }
    }
    return toMatrixD(torch::stack(rows));
}

DifferentiableBody encoderBody(Encoder encoder, const std::vector<Encoding>& train,
                               const std::vector<Encoding>& test, Pooling pooling) {
    DifferentiableBody body;
    body.parameters = encoder->parameters();
    body.features = [encoder, pooling, trainBatch = makeTokenBatch(train, encoder->config.padId),
                     testBatch = makeTokenBatch(test, encoder->config.padId)](bool ofTest) mutable {
        const TokenBatch& batch = ofTest ? testBatch : trainBatch;
        return pool(encoder->forward(batch), batch.mask, pooling);
    };
    body.mend = [encoder, parameters = body.parameters](std::vector<torch::Tensor>& gradients) {
        dropPadRows(*encoder, parameters, gradients);
    };
    return body;
}

StepChange stepChange(const DifferentiableBody& body, const Head& head, const Labels& labels,
                      const std::optional<MatrixD>& residuals, double rate) {
    HeadTensors tensors(head);
    std::vector<torch::Tensor> parameters = body.parameters;
    std::vector<torch::Tensor> kept;
    for (torch::Tensor& parameter : parameters) {
        kept.push_back(parameter.detach().clone());
        parameter.set_requires_grad(true);
    }
    parameters.insert(parameters.end(), {tensors.weight, tensors.bias});
    const auto testValues = [&] {
        const torch::NoGradGuard noGrad;
        const torch::Tensor features = body.features(true);
        return std::pair(toMatrixD(features), toMatrixD(tensors.logits(features)));
    };
    const auto before = testValues();
    const torch::Tensor logits = tensors.logits(body.features(false));
    const torch::Tensor loss =
        residuals ? -(toTensor(*residuals) * logits).sum()
                  : torch::nn::functional::cross_entropy(
                        logits, torch::tensor(labels, torch::kInt64),
                        torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum));
    std::vector<torch::Tensor> gradients = torch::autograd::grad({loss}, parameters, {}, {}, false, true);
    const torch::NoGradGuard noGrad;
    body.mend(gradients);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (gradients[i].defined()) {
            parameters[i].sub_(rate * gradients[i]);
        }
    }
    const auto after = testValues();
    for (std::size_t i = 0; i < kept.size(); ++i) {
        parameters[i].copy_(kept[i]);
        parameters[i].set_requires_grad(false);
    }
    return {(after.first - before.first) / rate, (after.second - before.second) / rate};
}

double relativeDifference(const MatrixD& a, const MatrixD& b) {
    if (a.rows() != b.rows() || a.cols() != b.cols()) {
        return std::numeric_limits<double>::infinity();
    }
    return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff();
}

} // namespace finescope::engine
