#include "core/engine/model/architecture/layer.h"

#include "core/engine/model/architecture/disentangled_layer.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/post_norm_layer.h"
#include "core/engine/model/architecture/pre_norm_layer.h"

namespace finescope::engine {

torch::Tensor Layer::forward(const torch::Tensor& hidden, const LayerContext& context, OutputTokens tokens,
                             Dropout* dropout) {
    return close(outputSum(widen(hidden, context, tokens, dropout), dropout));
}

torch::Tensor Layer::outputSum(const Widened& values, Dropout* dropout) {
    return dropped(output->forward(values.widened), m_dropout, dropout) + values.residual;
}

torch::Tensor Layer::close(const torch::Tensor& sum, Taps* taps) {
    return outputNorm.is_empty() ? sum : outputNorm->forward(sum, taps);
}

Parts Layer::parts() const {
    Parts parts;
    for (const std::shared_ptr<Module>& module : modules(false)) {
        if (auto linear = std::dynamic_pointer_cast<ProjectionImpl>(module)) {
            const bool adaptable = linear == query.ptr() || linear == value.ptr();
            parts.linears.push_back({Projection(std::move(linear)), adaptable
                                                                        ? ParameterGroup::queryValueWeight
                                                                        : ParameterGroup::otherWeight});
        } else if (auto norm = std::dynamic_pointer_cast<NormImpl>(module)) {
            parts.norms.emplace_back(std::move(norm));
        }
    }
    return parts;
}

std::shared_ptr<Layer> makeLayer(const EncoderConfig& config, std::int64_t index) {
    switch (familyOf(config.family).layer) {
    case LayerKind::postNorm:
        return std::make_shared<PostNormLayer>(config);
    case LayerKind::disentangled:
        return std::make_shared<DisentangledLayer>(config);
    case LayerKind::preNorm:
        return std::make_shared<PreNormLayer>(config, index);
    }
    return {};
}

} // namespace finescope::engine
