#include "core/engine/model/encoder.h"

#include "core/engine/model/architecture/families.h"
#include "core/error.h"

#include <ATen/CPUGeneratorImpl.h>

#include <limits>
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
    : config(encoderConfig),
      wordEmbeddings(register_module("word_embeddings", embedding(config.vocabularySize, config.hiddenSize))),
      positionEmbeddings(
          register_module("position_embeddings", embedding(config.maxPositions, config.hiddenSize))),
      typeEmbeddings(
          register_module("type_embeddings", embedding(config.typeVocabularySize, config.hiddenSize))),
      embeddingNorm(register_module("embedding_norm", Norm(config.hiddenSize, config.layerNormEpsilon))) {
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
    std::optional<std::int64_t> skippedPosition;
    if (familyOf(config.family).positions == Positions::afterPad) {
        skippedPosition = config.padId;
    }
    return {{wordEmbedding, wordEmbeddings->weight, config.padId,
             [](const TokenBatch& batch) { return batch.ids; }},
            {positionEmbedding, positionEmbeddings->weight, skippedPosition,
             [this](const TokenBatch& batch) { return positions(batch.ids).expand_as(batch.ids); }},
            {typeEmbedding, typeEmbeddings->weight, std::nullopt,
             [](const TokenBatch& batch) { return batch.typeIds; }}};
}

torch::Tensor EncoderImpl::embeddingSum(const TokenBatch& batch) {
    const std::int64_t length = batch.ids.size(1);
    if (length > config.maxLength()) {
        throw Error(ErrorKind::badInput,
                    "an input of " + std::to_string(length) + " tokens; this encoder takes at most " +
                        std::to_string(config.maxLength()) + ": use a smaller --max-length");
    }
    return wordEmbeddings->forward(batch.ids) + typeEmbeddings->forward(batch.typeIds) +
           positionEmbeddings->forward(positions(batch.ids));
}

torch::Tensor EncoderImpl::embed(const TokenBatch& batch, Dropout* dropout) {
    return dropped(normedSum(embeddingSum(batch)), config.hiddenDropout, dropout);
}

torch::Tensor EncoderImpl::normedSum(const torch::Tensor& sum, Taps* taps) {
    return embeddingNorm->forward(sum, taps);
}

torch::Tensor EncoderImpl::attentionBias(const torch::Tensor& mask) const {
    if (mask.min().item<std::int64_t>() != 0) {
        return {};
    }
    const torch::ScalarType type = wordEmbeddings->weight.scalar_type();
    const double lowest = type == torch::kFloat64 ? std::numeric_limits<double>::lowest()
                                                  : static_cast<double>(std::numeric_limits<float>::lowest());
    return torch::zeros(mask.sizes(), mask.options().dtype(type))
        .masked_fill_(mask.eq(0), lowest)
        .unsqueeze(1)
        .unsqueeze(1);
}

torch::Tensor EncoderImpl::forward(const TokenBatch& batch, Dropout* dropout) {
    torch::Tensor hidden = embed(batch, dropout);
    const torch::Tensor bias = attentionBias(batch.mask);
    for (const std::shared_ptr<Layer>& layer : layers) {
        hidden = layer->forward(hidden, bias, OutputTokens::all, dropout);
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
            norm->bias.zero_();
        }
    };
    EncoderImpl& e = *encoder;
    const std::vector<EmbeddingTable> tables = e.tables();
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
    const torch::Tensor weights = mask.to(hidden.scalar_type()).unsqueeze(-1);
    return (hidden * weights).sum(1) / weights.sum(1);
}

} // namespace finescope::engine
