#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/sizes.h"
#include "core/engine/model/architecture/weight_names.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace finescope::engine {

namespace {

PreNormSettings layersOf(Activation activation, double dropout) {
    PreNormSettings settings;
    settings.activation = activation;
    settings.causal = true;
    settings.attentionOutputDropout = dropout;
    return settings;
}

const std::vector<std::pair<std::string_view, Activation>>& activations() {
    static const std::vector<std::pair<std::string_view, Activation>> names = {
        {"gelu_new", Activation::geluTanh},
        {"gelu", Activation::gelu},
        {"gelu_pytorch_tanh", Activation::geluTanh},
        {"relu", Activation::relu},
        {"silu", Activation::silu},
        {"swish", Activation::silu}};
    return names;
}

EncoderConfig readGpt2(const ConfigReader& reader, const Family&) {
    EncoderConfig config;
    config.hiddenSize = reader.integer("n_embd", 1);
    config.layers = reader.integer("n_layer", 1);
    config.heads = reader.integer("n_head", 1);
    config.intermediateSize = reader.integerOr("n_inner", 1, 4 * config.hiddenSize);
    config.vocabularySize = reader.integer("vocab_size", 1);
    config.maxPositions = reader.integer("n_positions", 1);
    config.padId = reader.integerOr("pad_token_id", 0, 0); // any will do where there is none: it is masked
    config.padLearns = true;
    config.layerNormEpsilon = reader.numberOr("layer_norm_epsilon", 0, 1, 1e-5);
    config.hiddenDropout = reader.numberOr("resid_pdrop", 0, 1, 0.1);
    config.attentionDropout = reader.numberOr("attn_pdrop", 0, 1, 0.1);
    config.embeddingDropout = reader.numberOr("embd_pdrop", 0, 1, 0.1);
    config.preNorm = layersOf(reader.choiceOr("activation_function", activations(), Activation::geluTanh),
                              config.hiddenDropout);
    reader.require("scale_attn_weights", true);
    reader.require("scale_attn_by_inverse_layer_idx", false);
    reader.require("add_cross_attention", false);
    requireWholeHeads(reader, config, "n_embd", "n_head");
    return config;
}

nlohmann::ordered_json writeGpt2(const EncoderConfig& config) {
    const auto name = std::ranges::find(activations(), config.preNorm.activation,
                                        [](const auto& row) { return row.second; });
    return {{"n_embd", config.hiddenSize},
            {"n_layer", config.layers},
            {"n_head", config.heads},
            {"n_inner", config.intermediateSize},
            {"vocab_size", config.vocabularySize},
            {"n_positions", config.maxPositions},
            {"pad_token_id", config.padId},
            {"layer_norm_epsilon", config.layerNormEpsilon},
            {"resid_pdrop", config.hiddenDropout},
            {"attn_pdrop", config.attentionDropout},
            {"embd_pdrop", config.embeddingDropout.value_or(config.hiddenDropout)},
            {"activation_function", name->first}};
}

std::vector<WeightName> gpt2EmbeddingWeights(const EncoderConfig& config) {
    return WeightNames("", "")
        .weight("word_embeddings.weight", "wte.weight", {config.vocabularySize, config.hiddenSize})
        .weight("position_embeddings.weight", "wpe.weight", {config.maxPositions, config.hiddenSize})
        .norm("layer_" + std::to_string(config.layers - 1) + ".output_norm", "ln_f", config.hiddenSize)
        .all();
}

std::vector<WeightName> gpt2LayerWeights(const EncoderConfig& config, std::int64_t layer) {
    constexpr bool kBiased = true, kTransposed = true;
    const std::int64_t width = config.hiddenSize, wide = config.intermediateSize;
    const std::string index = std::to_string(layer) + ".";
    return WeightNames("layer_" + index, "h." + index)
        .norm("attention_norm", "ln_1", width)
        .fused({"query", "key", "value"}, "attn.c_attn", width, width, kBiased, kTransposed)
        .linear("attention_output", "attn.c_proj", width, width, kBiased, kTransposed)
        .norm("middle_norm", "ln_2", width)
        .linear("intermediate", "mlp.c_fc", wide, width, kBiased, kTransposed)
        .linear("output", "mlp.c_proj", width, wide, kBiased, kTransposed)
        .all();
}

EncoderConfig smallGpt2(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 2;
    config.padLearns = true;
    config.layerNormEpsilon = 1e-5;
    config.preNorm = layersOf(Activation::geluTanh, config.hiddenDropout);
    return config;
}

} // namespace

// Radford et al. 2019: a decoder with norms before; its linear layers lie transposed in files.
const Family kGpt2{.name = "gpt2",
                   .modelClass = "GPT2Model",
                   .description = "GPT-2, and what has its form: DistilGPT2, ...",
                   .prefix = "transformer.",
                   .layer = LayerKind::preNorm,
                   .positions = Positions::fromZero,
                   .embeddingsNormed = false,
                   .pooling = Pooling::last,
                   .read = readGpt2,
                   .write = writeGpt2,
                   .embeddingWeights = gpt2EmbeddingWeights,
                   .layerWeights = gpt2LayerWeights,
                   .makeSmall = smallGpt2};

} // namespace finescope::engine
