#include "core/engine/model/encoder.h"

#include "core/engine/model/architecture/families.h"
#include "core/error.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <limits>
#include <string>

namespace finescope::engine {

namespace {

// torch's own constructors draw random weights, slow for 100 million of them and thrown away by every
// checkpoint: the modules are made tiny, then given their true size.
torch::nn::Linear linear(std::int64_t in, std::int64_t out) {
    torch::nn::Linear module(1, 1);
    module->options.in_features(in).out_features(out);
    module->weight.set_data(torch::zeros({out, in}));
    module->bias.set_data(torch::zeros({out}));
    return module;
}

torch::nn::Embedding embedding(std::int64_t rows, std::int64_t width) {
    torch::nn::Embedding module(1, 1);
    module->options.num_embeddings(rows).embedding_dim(width);
    module->weight.set_data(torch::zeros({rows, width}));
    return module;
}

torch::nn::LayerNorm layerNorm(const EncoderConfig& config) {
    return torch::nn::LayerNorm(
        torch::nn::LayerNormOptions({config.hiddenSize}).eps(config.layerNormEpsilon));
}

torch::Tensor project(torch::nn::Linear& layer, const LoraUpdate& update, const torch::Tensor& x) {
    torch::Tensor y = layer->forward(x);
    if (!update.active()) {
        return y;
    }
    return y + update.scale * torch::matmul(torch::matmul(x, update.a.t()), update.b.t());
}

} // namespace

SelfAttentionImpl::SelfAttentionImpl(const EncoderConfig& config)
    : query(register_module("query", linear(config.hiddenSize, config.hiddenSize))),
      key(register_module("key", linear(config.hiddenSize, config.hiddenSize))),
      value(register_module("value", linear(config.hiddenSize, config.hiddenSize))), m_heads(config.heads),
      m_dropout(config.attentionDropout) {}

torch::Tensor SelfAttentionImpl::splitHeads(const torch::Tensor& projected) const {
    const std::int64_t batch = projected.size(0), length = projected.size(1);
    return projected.view({batch, length, m_heads, -1})
        .transpose(1, 2)
        .reshape({batch * m_heads, length, projected.size(2) / m_heads});
}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& asking, const torch::Tensor& hidden,
                                         const torch::Tensor& attentionBias, Dropout* dropout,
                                         LayerTrace* trace) {
    const std::int64_t batch = hidden.size(0), length = hidden.size(1), width = hidden.size(2);
    const std::int64_t asked = asking.size(1);
    const double scale = 1 / std::sqrt(static_cast<double>(width / m_heads));
    const torch::Tensor queries = project(query, queryLora, asking);
    const torch::Tensor keys = key->forward(hidden);
    const torch::Tensor values = project(value, valueLora, hidden);
    if (trace != nullptr) {
        trace->query = queries;
        trace->key = keys;
        trace->value = values;
    }
    const torch::Tensor q = splitHeads(queries * scale), k = splitHeads(keys), v = splitHeads(values);

    torch::Tensor scores = torch::bmm(q, k.transpose(1, 2)); // [B * heads, T', T]
    if (attentionBias.defined()) {
        scores = (scores.view({batch, m_heads, asked, length}) + attentionBias).view_as(scores);
    }
    const torch::Tensor probabilities = dropped(torch::softmax(scores, -1), m_dropout, dropout);
    return torch::bmm(probabilities, v)
        .view({batch, m_heads, asked, width / m_heads})
        .transpose(1, 2)
        .reshape({batch, asked, width});
}

EncoderLayerImpl::EncoderLayerImpl(const EncoderConfig& config)
    : attention(register_module("attention", SelfAttention(config))),
      attentionOutput(register_module("attention_output", linear(config.hiddenSize, config.hiddenSize))),
      intermediate(register_module("intermediate", linear(config.hiddenSize, config.intermediateSize))),
      output(register_module("output", linear(config.intermediateSize, config.hiddenSize))),
      attentionNorm(register_module("attention_norm", layerNorm(config))),
      outputNorm(register_module("output_norm", layerNorm(config))), m_dropout(config.hiddenDropout) {}

torch::Tensor EncoderLayerImpl::forward(const torch::Tensor& hidden, const torch::Tensor& attentionBias,
                                        OutputTokens tokens, Dropout* dropout) {
    return outputNorm->forward(outputSum(widen(hidden, attentionBias, tokens, dropout), dropout));
}

Widened EncoderLayerImpl::widen(const torch::Tensor& hidden, const torch::Tensor& attentionBias,
                                OutputTokens tokens, Dropout* dropout, LayerTrace* trace) {
    const torch::Tensor asking = tokens == OutputTokens::all ? hidden : hidden.narrow(1, 0, 1);
    const torch::Tensor context = attention->forward(asking, hidden, attentionBias, dropout, trace);
    const torch::Tensor attended = attentionOutput->forward(context);
    const torch::Tensor attentionSum = dropped(attended, m_dropout, dropout) + asking;
    const torch::Tensor middle = attentionNorm->forward(attentionSum);
    const torch::Tensor before = intermediate->forward(middle);
    if (trace != nullptr) {
        trace->context = context;
        trace->attended = attended;
        trace->attentionSum = attentionSum;
        trace->intermediate = before;
    }
    return {middle, torch::gelu(before)};
}

torch::Tensor EncoderLayerImpl::outputSum(const Widened& values, Dropout* dropout) {
    return dropped(output->forward(values.widened), m_dropout, dropout) + values.middle;
}

EncoderImpl::EncoderImpl(const EncoderConfig& encoderConfig)
    : config(encoderConfig),
      wordEmbeddings(register_module("word_embeddings", embedding(config.vocabularySize, config.hiddenSize))),
      positionEmbeddings(
          register_module("position_embeddings", embedding(config.maxPositions, config.hiddenSize))),
      typeEmbeddings(
          register_module("type_embeddings", embedding(config.typeVocabularySize, config.hiddenSize))),
      embeddingNorm(register_module("embedding_norm", layerNorm(config))) {
    for (std::int64_t i = 0; i < config.layers; ++i) {
        layers.push_back(register_module("layer_" + std::to_string(i), EncoderLayer(config)));
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
    return dropped(embeddingNorm->forward(embeddingSum(batch)), config.hiddenDropout, dropout);
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
    for (EncoderLayer& layer : layers) {
        hidden = layer->forward(hidden, bias, OutputTokens::all, dropout);
    }
    return hidden;
}

void initialise(Encoder& encoder, std::uint64_t seed) {
    constexpr double kStandardDeviation = 0.02;
    const torch::NoGradGuard noGrad;
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const auto draw = [&](torch::Tensor& weight) {
        // Drawn on the CPU, so that a seed means the same weights on every device.
        weight.copy_(torch::empty(weight.sizes()).normal_(0, kStandardDeviation, generator));
    };
    const auto drawLinear = [&](torch::nn::Linear& module) {
        draw(module->weight);
        module->bias.zero_();
    };
    const auto reset = [](torch::nn::LayerNorm& norm) {
        norm->weight.fill_(1);
        norm->bias.zero_();
    };
    EncoderImpl& e = *encoder;
    draw(e.wordEmbeddings->weight);
    draw(e.positionEmbeddings->weight);
    draw(e.typeEmbeddings->weight);
    for (const EmbeddingTable& table : e.tables()) {
        if (table.skipped) {
            table.weight[*table.skipped].zero_();
        }
    }
    reset(e.embeddingNorm);
    for (EncoderLayer& layer : e.layers) {
        for (torch::nn::Linear* module :
             {&layer->attention->query, &layer->attention->key, &layer->attention->value,
              &layer->attentionOutput, &layer->intermediate, &layer->output}) {
            drawLinear(*module);
        }
        reset(layer->attentionNorm);
        reset(layer->outputNorm);
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
