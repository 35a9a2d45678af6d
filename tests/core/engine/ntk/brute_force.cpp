#include "tests/core/engine/ntk/brute_force.h"

#include "core/engine/model/embed.h"

#include <ATen/CPUGeneratorImpl.h>

#include <limits>
#include <random>

namespace finescope::tests {

using namespace engine;

Encoder randomEncoder(Architecture architecture, std::int64_t width, std::uint64_t seed) {
    EncoderConfig config;
    config.architecture = architecture;
    config.hiddenSize = width;
    config.layers = architecture == Architecture::bert ? 2 : 3;
    config.heads = 2;
    config.intermediateSize = 2 * width + 4;
    config.vocabularySize = 20;
    config.maxPositions = 12;
    config.typeVocabularySize = architecture == Architecture::bert ? 2 : 1;
    config.padId = architecture == Architecture::bert ? 0 : 1;
    Encoder encoder(config);
    encoder->to(torch::kFloat64);
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const torch::NoGradGuard noGrad;
    for (auto& item : encoder->named_parameters()) {
        constexpr double kSpread = 0.3;
        item.value().add_(torch::empty(item.value().sizes(), torch::kFloat64).normal_(0, kSpread, generator));
    }
    return encoder;
}

std::vector<Encoding> randomSamples(const EncoderConfig& config, std::int64_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    const auto below = [&](std::int64_t end) {
        return static_cast<std::int64_t>(generator() % static_cast<std::uint64_t>(end));
    };
    std::vector<Encoding> samples;
    for (std::int64_t i = 0; i < count; ++i) {
        Encoding sample;
        const std::int64_t length = 2 + below(8);
        for (std::int64_t t = 0; t < length; ++t) {
            sample.ids.push_back(t == 0 ? 2 : below(config.vocabularySize));
            sample.typeIds.push_back(config.typeVocabularySize == 2 && 2 * t > length ? 1 : 0);
        }
        if (length > 4) {
            sample.ids[3] = sample.ids[1];
        }
        if (i % 3 == 0) {
            sample.ids.back() = config.padId;
        }
        samples.push_back(std::move(sample));
    }
    return samples;
}

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
            std::map<ParameterGroup, std::vector<torch::Tensor>> pieces;
            for (std::size_t p = 0; p < gradients.size(); ++p) {
                const ParameterGroup group = groupOf(names[p]);
                if (group == ParameterGroup::wordEmbedding ||
                    (group == ParameterGroup::positionEmbedding &&
                     config.architecture == Architecture::roberta)) {
                    gradients[p][config.padId].zero_();
                }
                pieces[group].push_back(gradients[p].flatten());
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

MatrixD toMatrix(const torch::Tensor& tensor) {
    const torch::Tensor values = tensor.detach().to(torch::kFloat64).contiguous();
    return Eigen::Map<const MatrixD>(values.data_ptr<double>(), values.size(0), values.size(1));
}

torch::Tensor toTensor(const MatrixD& matrix) {
    torch::Tensor tensor = torch::empty({matrix.rows(), matrix.cols()}, torch::kFloat64);
    Eigen::Map<MatrixD>(tensor.data_ptr<double>(), matrix.rows(), matrix.cols()) = matrix;
    return tensor;
}

double relativeDifference(const MatrixD& a, const MatrixD& b) {
    if (a.rows() != b.rows() || a.cols() != b.cols()) {
        return std::numeric_limits<double>::infinity();
    }
    return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff();
}

} // namespace finescope::tests
