#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/local_layers.h"
#include "core/engine/model/architecture/rotary_config.h"
#include "core/engine/model/architecture/sizes.h"
#include "core/engine/model/architecture/weight_names.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace finescope::engine {

namespace {

// What all of them have.
PreNormSettings decoderLayers() {
    PreNormSettings settings;
    settings.norm = NormKind::rootMeanSquare;
    settings.activation = Activation::silu;
    settings.causal = true;
    settings.gated = true;
    settings.queryKeyValueBiased = settings.attentionOutputBiased = settings.linearBiased = false;
    return settings;
}

// A window of n tokens: a token and the n - 1 before it.
void setWindow(EncoderConfig& config, std::int64_t tokens, std::vector<bool> local) {
    config.preNorm.window = tokens - 1;
    config.preNorm.local = std::move(local);
    config.preNorm.localRotary = config.preNorm.rotary;
}

EncoderConfig readDecoder(const ConfigReader& reader) {
    EncoderConfig config = readSizes(reader);
    config.padLearns = reader.find("pad_token_id") == nullptr;
    config.padId = reader.integerOr("pad_token_id", 0, 0); // any will do where there is none: it is masked
    config.layerNormEpsilon = reader.numberOr("rms_norm_eps", 0, 1, 1e-6);
    config.hiddenDropout = 0;
    config.attentionDropout = reader.numberOr("attention_dropout", 0, 1, 0);
    reader.require("hidden_act", "silu");

    PreNormSettings& settings = config.preNorm = decoderLayers();
    settings.keyValueHeads = reader.integerOr("num_key_value_heads", 1, config.heads);
    settings.headWidth = reader.integerOr("head_dim", 1, 0);
    if (settings.headWidth == 0) {
        requireWholeHeads(reader, config);
        settings.headWidth = config.hiddenSize / config.heads;
    }
    if (config.heads % settings.keyValueHeads != 0) {
        throw reader.bad("\"num_attention_heads\" " + std::to_string(config.heads) +
                         " is not a multiple of \"num_key_value_heads\" " +
                         std::to_string(settings.keyValueHeads));
    }
    const std::int64_t positions = reader.integer("max_position_embeddings", 1);
    settings.rotary = readRotary(reader, positions, settings.headWidth);
    config.maxPositions = longestInput(settings.rotary, positions);
    return config;
}

EncoderConfig readLlama(const ConfigReader& reader, const Family&) {
    EncoderConfig config = readDecoder(reader);
    config.preNorm.queryKeyValueBiased = config.preNorm.attentionOutputBiased =
        reader.flagOr("attention_bias", false);
    config.preNorm.linearBiased = reader.flagOr("mlp_bias", false);
    return config;
}

EncoderConfig readMistral(const ConfigReader& reader, const Family&) {
    EncoderConfig config = readDecoder(reader);
    if (!reader.isNull("sliding_window")) {
        setWindow(config, reader.integerOr("sliding_window", 1, 4096),
                  localLayers(reader, config.layers, [](std::int64_t) { return true; }));
    }
    return config;
}

// Layers with a window: as `layer_types` says, or those from `max_window_layers` on.
void readWindow(EncoderConfig& config, const ConfigReader& reader) {
    if (!reader.flagOr("use_sliding_window", false)) {
        return;
    }
    const std::int64_t first = reader.integerOr("max_window_layers", 0, 28);
    setWindow(config, reader.integerOr("sliding_window", 1, 4096),
              readLocalLayers(reader, config.layers, [first](std::int64_t layer) { return layer >= first; }));
}

EncoderConfig readQwen2(const ConfigReader& reader, const Family&) {
    EncoderConfig config = readDecoder(reader);
    config.preNorm.queryKeyValueBiased = true;
    readWindow(config, reader);
    return config;
}

EncoderConfig readQwen3(const ConfigReader& reader, const Family&) {
    EncoderConfig config = readDecoder(reader);
    if (reader.find("head_dim") == nullptr) {
        throw reader.bad("\"head_dim\" is missing; a config.json of this family has it");
    }
    config.preNorm.queryKeyNorm = true;
    config.preNorm.queryKeyValueBiased = config.preNorm.attentionOutputBiased =
        reader.flagOr("attention_bias", false);
    readWindow(config, reader);
    return config;
}

nlohmann::ordered_json writeDecoder(const EncoderConfig& config) {
    const PreNormSettings& settings = config.preNorm;
    nlohmann::ordered_json object = {
        {"hidden_size", config.hiddenSize},
        {"num_hidden_layers", config.layers},
        {"num_attention_heads", config.heads},
        {"num_key_value_heads", config.keyValueHeads()},
        {"head_dim", config.headWidth()},
        {"intermediate_size", config.intermediateSize},
        {"vocab_size", config.vocabularySize},
        {"max_position_embeddings", config.maxPositions},
        {"rms_norm_eps", config.layerNormEpsilon},
        {"attention_dropout", config.attentionDropout},
        {"attention_bias", settings.queryKeyValueBiased},
        {"mlp_bias", settings.linearBiased},
        {"hidden_act", "silu"},
        {"rope_parameters", writeRotary(settings.rotary)},
        {"pad_token_id", nullptr},
        {"sliding_window", nullptr},
        {"use_sliding_window", !settings.local.empty()},
    };
    if (!config.padLearns) {
        object["pad_token_id"] = config.padId;
    }
    if (!settings.local.empty()) {
        object["sliding_window"] = settings.window + 1;
        object["layer_types"] = writeLocalLayers(settings.local);
    }
    return object;
}

std::vector<WeightName> decoderEmbeddingWeights(const EncoderConfig& config) {
    return WeightNames("", "")
        .weight("word_embeddings.weight", "embed_tokens.weight", {config.vocabularySize, config.hiddenSize})
        .norm("layer_" + std::to_string(config.layers - 1) + ".output_norm", "norm", config.hiddenSize, false)
        .all();
}

std::vector<WeightName> decoderLayerWeights(const EncoderConfig& config, std::int64_t layer) {
    const PreNormSettings& settings = config.preNorm;
    const std::int64_t width = config.hiddenSize, wide = config.intermediateSize,
                       queries = config.heads * config.headWidth(),
                       keys = config.keyValueHeads() * config.headWidth();
    const std::string index = std::to_string(layer) + ".";
    WeightNames names("layer_" + index, "layers." + index);
    names.norm("attention_norm", "input_layernorm", width, false)
        .linear("query", "self_attn.q_proj", queries, width, settings.queryKeyValueBiased)
        .linear("key", "self_attn.k_proj", keys, width, settings.queryKeyValueBiased)
        .linear("value", "self_attn.v_proj", keys, width, settings.queryKeyValueBiased)
        .linear("attention_output", "self_attn.o_proj", width, queries, settings.attentionOutputBiased)
        .norm("middle_norm", "post_attention_layernorm", width, false)
        .linear("intermediate", "mlp.gate_proj", wide, width, settings.linearBiased)
        .linear("up", "mlp.up_proj", wide, width, settings.linearBiased)
        .linear("output", "mlp.down_proj", width, wide, settings.linearBiased);
    if (settings.queryKeyNorm) {
        names.norm("query_norm", "self_attn.q_norm", config.headWidth(), false)
            .norm("key_norm", "self_attn.k_norm", config.headWidth(), false);
    }
    return names.all();
}

EncoderConfig smallDecoder(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 2;
    config.padLearns = true;
    config.layerNormEpsilon = 1e-6;
    config.hiddenDropout = config.attentionDropout = 0;
    config.preNorm = decoderLayers();
    config.preNorm.keyValueHeads = 1;
    config.preNorm.headWidth = width / 4 * 2;
    config.preNorm.rotary.base = 100;
    return config;
}

EncoderConfig smallLlama(const Family& family, std::int64_t width) {
    EncoderConfig config = smallDecoder(family, width);
    RotarySettings& rotary = config.preNorm.rotary;
    rotary.scaling = RotaryScaling::llama3;
    rotary.factor = 4;
    rotary.originalPositions = 6;
    return config;
}

EncoderConfig smallMistral(const Family& family, std::int64_t width) {
    EncoderConfig config = smallDecoder(family, width);
    setWindow(config, 3, {true, true});
    return config;
}

EncoderConfig smallQwen2(const Family& family, std::int64_t width) {
    EncoderConfig config = smallDecoder(family, width);
    config.preNorm.queryKeyValueBiased = true;
    setWindow(config, 4, {false, true});
    return config;
}

EncoderConfig smallQwen3(const Family& family, std::int64_t width) {
    EncoderConfig config = smallDecoder(family, width);
    config.preNorm.queryKeyNorm = true;
    config.preNorm.headWidth = width / 2 + 2; // not the width by the heads
    return config;
}

/// A family of this form.
constexpr Family decoder(std::string_view name, std::string_view modelClass, std::string_view description,
                         decltype(Family::read) read, decltype(Family::makeSmall) small) {
    return {.name = name,
            .modelClass = modelClass,
            .description = description,
            .prefix = "model.",
            .layer = LayerKind::preNorm,
            .positions = Positions::none,
            .embeddingsNormed = false,
            .pooling = Pooling::last,
            .verified = name == "llama",
            .read = read,
            .write = writeDecoder,
            .embeddingWeights = decoderEmbeddingWeights,
            .layerWeights = decoderLayerWeights,
            .makeSmall = small};
}

} // namespace

// Touvron et al. 2023; also SmolLM and what else says that it is one.
const Family kLlama =
    decoder("llama", "LlamaModel", "Llama 1 to 3, and what has its form: SmolLM, TinyLlama, ...", readLlama,
            smallLlama);
// Jiang et al. 2023: attention to near tokens only.
const Family kMistral = decoder("mistral", "MistralModel", "Mistral", readMistral, smallMistral);
// Yang et al. 2024: biases on query, key and value.
const Family kQwen2 = decoder("qwen2", "Qwen2Model", "Qwen2 and Qwen2.5", readQwen2, smallQwen2);
// Yang et al. 2025: norms of each head's queries and keys.
const Family kQwen3 = decoder("qwen3", "Qwen3Model", "Qwen3", readQwen3, smallQwen3);

} // namespace finescope::engine
