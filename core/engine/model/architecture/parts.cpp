#include "core/engine/model/architecture/parts.h"

namespace finescope::engine {

ProjectionImpl::ProjectionImpl(std::int64_t in, std::int64_t out, bool biased)
    : weight(register_parameter("weight", torch::zeros({out, in}))) {
    if (biased) {
        bias = register_parameter("bias", torch::zeros({out}));
    }
}

torch::Tensor ProjectionImpl::forward(const torch::Tensor& x, Taps* taps) {
    torch::Tensor y = torch::nn::functional::linear(x, weight, bias);
    if (lora.active()) {
        y = y + lora.scale * torch::matmul(torch::matmul(x, lora.a.t()), lora.b.t());
    }
    if (taps != nullptr) {
        taps->linears.push_back({this, x, y});
    }
    return y;
}

torch::Tensor ProjectionImpl::effectiveWeight() const {
    return lora.active() ? weight + lora.scale * torch::matmul(lora.b, lora.a) : weight;
}

void ProjectionImpl::adapt(const torch::Tensor& a, const torch::Tensor& b, double scale) {
    lora.a = register_parameter("lora_a", a);
    lora.b = register_parameter("lora_b", b);
    lora.scale = scale;
}

NormImpl::NormImpl(std::int64_t width, double epsilon, NormKind kind)
    : weight(register_parameter("weight", torch::ones({width}))), m_epsilon(epsilon), m_kind(kind) {
    if (kind == NormKind::layer) {
        bias = register_parameter("bias", torch::zeros({width}));
    }
}

torch::Tensor NormImpl::forward(const torch::Tensor& x, Taps* taps) {
    torch::Tensor y = m_kind == NormKind::rootMeanSquare
                          ? weight * (x * torch::rsqrt(x.square().mean(-1, true) + m_epsilon))
                          : torch::layer_norm(x, weight.sizes(), weight, bias, m_epsilon);
    if (taps != nullptr) {
        taps->norms.push_back({this, x, y});
    }
    return y;
}

torch::Tensor NormImpl::normed(const torch::Tensor& x) const {
    const torch::Tensor read = x.detach();
    return m_kind == NormKind::rootMeanSquare ? read * torch::rsqrt(read.square().mean(-1, true) + m_epsilon)
                                              : torch::layer_norm(read, weight.sizes(), {}, {}, m_epsilon);
}

} // namespace finescope::engine
