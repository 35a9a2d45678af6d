#include "core/engine/model/classifier.h"

#include "core/error.h"

#include <ATen/CPUGeneratorImpl.h>

#include <string>

namespace finescope::engine {

namespace {

torch::nn::Linear makeLinear(std::int64_t width, std::int64_t classes) {
    if (classes < 2) {
        throw Error(ErrorKind::badInput,
                    "a classifier needs at least 2 classes, not " + std::to_string(classes));
    }
    return torch::nn::Linear(width, classes);
}

} // namespace

ClassifierImpl::ClassifierImpl(std::int64_t width, std::int64_t classes, double dropout, std::uint64_t seed)
    : linear(register_module("linear", makeLinear(width, classes))), m_dropout(dropout) {
    if (!(dropout >= 0 && dropout < 1)) {
        throw Error(ErrorKind::badInput, "the head's dropout must be from 0 to below 1");
    }
    constexpr double kStandardDeviation = 0.02;
    const torch::NoGradGuard noGrad;
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    linear->weight.normal_(0, kStandardDeviation, generator);
    linear->bias.zero_();
}

torch::Tensor ClassifierImpl::forward(const torch::Tensor& features, Dropout* dropout) {
    return linear->forward(dropped(features, m_dropout, dropout));
}

} // namespace finescope::engine
