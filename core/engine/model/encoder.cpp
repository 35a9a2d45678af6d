#include "core/engine/model/encoder.h"

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/relative_positions.h"
#include "core/engine/model/recomputed_layer.h"
#include "core/error.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace finescope::engine {

namespace {

// torch's own constructor draws random weights, slow for 100 million of them and thrown away by every
// checkpoint: the module is made tiny, then given its true size.
torch::nn::Embedding embedding(std::int64_t rows, std::int64_t width) {
    torch::nn::Embedding module(1, 1);
    module->options.num_embeddings(rows).embedding_dim(width);
    module->weight.set_data(torch::zeros({rows, width}));
    return module;
}

} // namespace

EncoderImpl::EncoderImpl(const EncoderConfig& encoderConfig)
    : config(encoderConfig), wordEmbeddings(register_module(
                                 "word_embeddings", embedding(config.vocabularySize, config.tableWidth()))) {
    const Family& family = familyOf(config.family);
    if (family.positions != Positions::none && config.positionsInInput) {
        positionEmbeddings =
            register_module("position_embeddings", embedding(config.maxPositions, config.tableWidth()));
    }
    if (config.typeVocabularySize > 0) {
        typeEmbeddings =
            register_module("type_embeddings", embedding(config.typeVocabularySize, config.tableWidth()));
    }
    if (family.embeddingsNormed) {
        const std::int64_t width = family.projectedBeforeNorm ? config.hiddenSize : config.tableWidth();
        const NormKind kind = family.layer == LayerKind::preNorm ? config.preNorm.norm : NormKind::layer;
        embeddingNorm = register_module("embedding_norm", Norm(width, config.layerNormEpsilon, kind));
    }
    if (config.tableWidth() != config.hiddenSize) {
        embeddingProjection =
            register_module("embedding_projection",
                            Projection(config.tableWidth(), config.hiddenSize, !family.projectedBeforeNorm));
    }
    if (config.relativeBuckets > 0) {
        relativeEmbeddings = register_module("relative_position_embeddings",
                                             embedding(config.relativeBuckets, config.relativeWidth()));
    }
    if (config.disentangled.tableNormed) {
        relativeNorm = register_module("relative_norm", Norm(config.hiddenSize, config.layerNormEpsilon));
    }
    for (std::int64_t i = 0; i < config.layers; ++i) {
        layers.push_back(register_module("layer_" + std::to_string(i), makeLayer(config, i)));
    }
}

torch::Tensor EncoderImpl::positions(const torch::Tensor& ids) const {
    if (familyOf(config.family).positions == Positions::afterPad) {
        const torch::Tensor present = ids.ne(config.padId).to(torch::kInt64);
        return present.cumsum(1) * present + config.padId;
    }
    return torch::arange(ids.size(1), ids.options()).unsqueeze(0);
}

std::vector<EmbeddingTable> EncoderImpl::tables() const {
    using enum ParameterGroup;
    const auto pad = std::optional(config.padId);
    std::vector<EmbeddingTable> tables{{wordEmbedding, wordEmbeddings->weight,
                                        config.padLearns ? std::nullopt : pad,
                                        [](const TokenBatch& batch) { return batch.ids; }}};
    if (!positionEmbeddings.is_empty()) {
        const bool afterPad = familyOf(config.family).positions == Positions::afterPad;
        tables.push_back(
            {positionEmbedding, positionEmbeddings->weight, afterPad ? pad : std::nullopt,
             [this](const TokenBatch& batch) { return positions(batch.ids).expand_as(batch.ids); }});
    }
    if (!typeEmbeddings.is_empty()) {
        tables.push_back({typeEmbedding, typeEmbeddings->weight, std::nullopt,
                          [](const TokenBatch& batch) { return batch.typeIds; }});
    }
    return tables;
}

std::vector<EmbeddingTable> EncoderImpl::sharedTables() const {
    if (relativeEmbeddings.is_empty()) {
        return {};
    }
    return {{ParameterGroup::positionEmbedding, relativeEmbeddings->weight, std::nullopt, {}, relativeNorm}};
}

torch::Tensor EncoderImpl::embeddingSum(const TokenBatch& batch) {
    const std::int64_t length = batch.ids.size(1);
    if (length > config.maxLength()) {
        throw Error(ErrorKind::badInput,
                    "an input of " + std::to_string(length) + " tokens; this encoder takes at most " +
                        std::to_string(config.maxLength()) + ": use a smaller --max-length");
    }
    torch::Tensor sum = wordEmbeddings->forward(batch.ids);
    if (!typeEmbeddings.is_empty()) {
        sum = sum + typeEmbeddings->forward(batch.typeIds);
    }
    return positionEmbeddings.is_empty() ? sum : sum + positionEmbeddings->forward(positions(batch.ids));
}

torch::Tensor EncoderImpl::embed(const TokenBatch& batch, Dropout* dropout) {
    return normedSum(embeddingSum(batch), dropout);
}

torch::Tensor EncoderImpl::normedSum(const torch::Tensor& sum, Dropout* dropout, Taps* taps) {
    const bool projectedFirst = familyOf(config.family).projectedBeforeNorm;
    const auto projected = [&](const torch::Tensor& x) {
        return embeddingProjection.is_empty() ? x : embeddingProjection->forward(x, taps);
    };
    const torch::Tensor read = projectedFirst ? projected(sum) : sum;
    const torch::Tensor normed = embeddingNorm.is_empty() ? read : embeddingNorm->forward(read, taps);
    const torch::Tensor input =
        dropped(normed, config.embeddingDropout.value_or(config.hiddenDropout), dropout);
    return projectedFirst ? input : projected(input);
}

Parts EncoderImpl::embeddingParts() const {
    Parts parts;
    if (!embeddingNorm.is_empty()) {
        parts.norms.push_back(embeddingNorm);
    }
    if (!relativeNorm.is_empty()) {
        parts.norms.push_back(relativeNorm);
    }
    if (!embeddingProjection.is_empty()) {
        parts.linears.push_back({embeddingProjection, ParameterGroup::otherWeight});
    }
    return parts;
}

LayerContext EncoderImpl::context(const torch::Tensor& mask, Pooling pooling) const {
    const torch::TensorOptions options = wordEmbeddings->weight.options().requires_grad(false);
    const PreNormSettings& settings = config.preNorm;
    const std::int64_t length = mask.size(1);
    LayerContext context;
    context.bar(mask, settings, options);
    context.rotation = rotationOf(settings.rotary, config.headWidth(), length, options);
    context.localRotation = rotationOf(settings.localRotary, config.headWidth(), length, options);
    if (pooling == Pooling::last) {
        context.pooled = lastTokens(mask);
    }
    if (!relativeEmbeddings.is_empty()) {
        const auto [first, count] = reachedRows(config, length);
        const torch::Tensor table = relativeEmbeddings->weight.narrow(0, first, count).unsqueeze(0);
        context.relative = relativeRows(config, length, mask.options());
        context.shared = {relativeNorm.is_empty() ? table : Norm(relativeNorm)->forward(table)};
    }
    return context;
}

torch::Tensor EncoderImpl::forward(const TokenBatch& batch, Dropout* dropout) {
    torch::Tensor hidden = embed(batch, dropout);
    const LayerContext own = context(batch.mask);
    for (const std::shared_ptr<Layer>& layer : layers) {
        hidden = recomputesLayers && torch::GradMode::is_enabled()
                     ? recomputed(layer, hidden, own, dropout)
                     : layer->forward(hidden, own, OutputTokens::all, dropout);
    }
    return hidden;
}

void initialise(Encoder& encoder, std::uint64_t seed) {
    constexpr double kStandardDeviation = 0.02;
    const torch::NoGradGuard noGrad;
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const auto draw = [&](const torch::Tensor& weight) {
        // Drawn on the CPU, so that a seed means the same weights on every device.
        weight.copy_(torch::empty(weight.sizes()).normal_(0, kStandardDeviation, generator));
    };
    const auto drawParts = [&](const Parts& parts) {
        for (const LinearPart& part : parts.linears) {
            draw(part.linear->weight);
            if (part.linear->bias.defined()) {
                part.linear->bias.zero_();
            }
        }
        for (const Norm& norm : parts.norms) {
            norm->weight.fill_(1);
            if (norm->bias.defined()) {
                norm->bias.zero_();
            }
        }
    };
    EncoderImpl& e = *encoder;
    std::vector<EmbeddingTable> tables = e.tables();
    std::ranges::copy(e.sharedTables(), std::back_inserter(tables));
    for (const EmbeddingTable& table : tables) {
        draw(table.weight);
    }
    for (const EmbeddingTable& table : tables) {
        if (table.skipped) {
            table.weight[*table.skipped].zero_();
        }
    }
    drawParts(e.embeddingParts());
    for (const std::shared_ptr<Layer>& layer : e.layers) {
        drawParts(layer->parts());
    }
}

torch::Tensor pool(const torch::Tensor& hidden, const torch::Tensor& mask, Pooling pooling) {
    if (pooling == Pooling::first) {
        return hidden.select(1, 0);
    }
    if (pooling == Pooling::last) {
        return atPlaces(hidden, lastTokens(mask)).squeeze(1);
    }
    const torch::Tensor weights = mask.to(hidden.scalar_type()).unsqueeze(-1);
    return (hidden * weights).sum(1) / weights.sum(1);
}

} // namespace finescope::engine
