#include "core/engine/model/lora.h"

#include "core/error.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <string>

namespace finescope::engine {

namespace {

void adapt(ProjectionImpl& layer, const LoraOptions& options, torch::Generator& generator) {
    const std::int64_t out = layer.weight.size(0), in = layer.weight.size(1);
    const double bound = 1 / std::sqrt(static_cast<double>(in));
    const torch::TensorOptions like = layer.weight.options();
    // Drawn on the CPU, so that a seed means the same adapters on every device.
    const torch::Tensor a = torch::empty({options.rank, in}).uniform_(-bound, bound, generator);
    layer.adapt(a.to(like), torch::zeros({out, options.rank}, like),
                options.alpha / static_cast<double>(options.rank));
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
    for (const std::shared_ptr<Layer>& layer : encoder->layers) {
        adapt(*layer->query, options, generator);
        adapt(*layer->value, options, generator);
    }
}

std::vector<Projection> adaptedLayers(const Encoder& encoder) {
    std::vector<Projection> adapted;
    for (const std::shared_ptr<Layer>& layer : encoder->layers) {
        for (const LinearPart& part : layer->parts().linears) {
            if (part.linear->lora.active()) {
                adapted.push_back(part.linear);
            }
        }
    }
    return adapted;
}

std::vector<torch::Tensor> loraParameters(const Encoder& encoder) {
    std::vector<torch::Tensor> parameters;
    for (const Projection& linear : adaptedLayers(encoder)) {
        parameters.push_back(linear->lora.a);
        parameters.push_back(linear->lora.b);
    }
    return parameters;
}

} // namespace finescope::engine
