#include "core/engine/model/lora.h"

#include "core/error.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <string>

namespace finescope::engine {

namespace {

LoraUpdate makeUpdate(SelfAttentionImpl& attention, const std::string& name, const torch::nn::Linear& layer,
                      const LoraOptions& options, torch::Generator& generator) {
    const std::int64_t out = layer->weight.size(0), in = layer->weight.size(1);
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    const torch::TensorOptions like = layer->weight.options();
    LoraUpdate update;
    // Drawn on the CPU, so that a seed means the same adapters on every device.
    torch::Tensor a = torch::empty({options.rank, in}).uniform_(-bound, bound, generator);
    update.a = attention.register_parameter(name + "_lora_a", a.to(like));
    update.b = attention.register_parameter(name + "_lora_b", torch::zeros({out, options.rank}, like));
    update.scale = options.alpha / static_cast<double>(options.rank);
    return update;
}

} // namespace

void addLora(Encoder& encoder, const LoraOptions& options) {
    if (options.rank < 1 || options.rank > encoder->config.hiddenSize) {
        throw Error(ErrorKind::badInput, "LoRA rank " + std::to_string(options.rank) + " is not from 1 to " +
                                             std::to_string(encoder->config.hiddenSize) +
                                             ", the encoder's width");
    }
    if (!(options.alpha > 0) || !std::isfinite(options.alpha)) {
        throw Error(ErrorKind::badInput, "LoRA alpha must be a positive number");
    }
    if (!loraParameters(encoder).empty()) {
        throw Error(ErrorKind::badInput, "the encoder has LoRA adapters already");
    }
    for (torch::Tensor& parameter : encoder->parameters()) {
        parameter.set_requires_grad(false);
    }
    const torch::NoGradGuard noGrad;
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(options.seed);
    for (EncoderLayer& layer : encoder->layers) {
        SelfAttentionImpl& attention = *layer->attention;
        attention.queryLora = makeUpdate(attention, "query", attention.query, options, generator);
        attention.valueLora = makeUpdate(attention, "value", attention.value, options, generator);
    }
}

std::vector<torch::Tensor> loraParameters(const Encoder& encoder) {
    std::vector<torch::Tensor> parameters;
    for (const EncoderLayer& layer : encoder->layers) {
        for (const LoraUpdate* update : {&layer->attention->queryLora, &layer->attention->valueLora}) {
            if (update->active()) {
                parameters.push_back(update->a);
                parameters.push_back(update->b);
            }
        }
    }
    return parameters;
}

torch::Tensor effectiveWeight(const torch::nn::Linear& layer, const LoraUpdate& update) {
    return update.active() ? layer->weight + update.scale * torch::matmul(update.b, update.a) : layer->weight;
}

} // namespace finescope::engine
