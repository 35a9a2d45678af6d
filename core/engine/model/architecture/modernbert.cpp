#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/local_layers.h"
#include "core/engine/model/architecture/rotary_config.h"
#include "core/engine/model/architecture/sizes.h"
#include "core/engine/model/architecture/weight_names.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace finescope::engine {

namespace {

constexpr double kGlobalTheta = 160000, kLocalTheta = 10000; // where config.json says none

PreNormSettings gatedLayers() {
    PreNormSettings settings;
    settings.norm = NormKind::layerWithoutBias;
    settings.gated = true;
    settings.queryKeyValueBiased = settings.attentionOutputBiased = settings.linearBiased = false;
    settings.firstWithoutNorm = true;
    return settings;
}

// transformers 5 has an object for each type of layers, transformers 4 a theta for each.
RotarySettings readOwnRotary(const ConfigReader& reader, const char* type, const char* thetaKey, double theta,
                             const EncoderConfig& config) {
    const std::optional<ConfigReader> all = reader.child("rope_parameters"),
                                      own = all ? all->child(type) : std::nullopt,
                                      before = reader.child("rope_scaling");
    if (own && before) {
        throw reader.bad(
            "\"rope_parameters\" and \"rope_scaling\" are both there; leave the one that is meant");
    }
    return readRotary(reader,
                      own      ? &*own
                      : before ? &*before
                               : nullptr,
                      reader.numberOr(thetaKey, 0x1p-20, std::numeric_limits<double>::max(), theta),
                      config.maxPositions, config.headWidth());
}

EncoderConfig readModernBert(const ConfigReader& reader, const Family& family) {
    EncoderConfig config = readSizes(reader);
    config.maxPositions = reader.integer("max_position_embeddings", 1);
    config.padId = reader.integerOr("pad_token_id", 0, family.padId);
    config.layerNormEpsilon = reader.numberOr("norm_eps", 0, 1, 1e-5);
    config.embeddingDropout = reader.numberOr("embedding_dropout", 0, 1, 0);
    config.attentionDropout = reader.numberOr("attention_dropout", 0, 1, 0);
    config.hiddenDropout = 0;
    reader.require("hidden_activation", "gelu");
    requireWholeHeads(reader, config);

    PreNormSettings& settings = config.preNorm = gatedLayers();
    settings.norm = reader.flagOr("norm_bias", false) ? NormKind::layer : NormKind::layerWithoutBias;
    settings.queryKeyValueBiased = settings.attentionOutputBiased = reader.flagOr("attention_bias", false);
    settings.linearBiased = reader.flagOr("mlp_bias", false);
    settings.attentionOutputDropout = config.attentionDropout;
    settings.widenedDropout = reader.numberOr("mlp_dropout", 0, 1, 0);
    settings.window = reader.integerOr("local_attention", 2, 128) / 2; // to each side
    const std::int64_t every = reader.integerOr("global_attn_every_n_layers", 1, 3);
    settings.local =
        readLocalLayers(reader, config.layers, [every](std::int64_t layer) { return layer % every != 0; });
    settings.rotary = readOwnRotary(reader, "full_attention", "global_rope_theta", kGlobalTheta, config);
    settings.localRotary =
        readOwnRotary(reader, "sliding_attention", "local_rope_theta", kLocalTheta, config);
    config.maxPositions = std::min(longestInput(settings.rotary, config.maxPositions),
                                   longestInput(settings.localRotary, config.maxPositions));
    return config;
}

nlohmann::ordered_json writeModernBert(const EncoderConfig& config) {
    const PreNormSettings& settings = config.preNorm;
    return {{"hidden_size", config.hiddenSize},
            {"num_hidden_layers", config.layers},
            {"num_attention_heads", config.heads},
            {"intermediate_size", config.intermediateSize},
            {"vocab_size", config.vocabularySize},
            {"max_position_embeddings", config.maxPositions},
            {"pad_token_id", config.padId},
            {"norm_eps", config.layerNormEpsilon},
            {"norm_bias", settings.norm == NormKind::layer},
            {"attention_bias", settings.queryKeyValueBiased},
            {"mlp_bias", settings.linearBiased},
            {"embedding_dropout", config.embeddingDropout.value_or(0)},
            {"attention_dropout", config.attentionDropout},
            {"mlp_dropout", settings.widenedDropout},
            {"hidden_activation", "gelu"},
            {"local_attention", 2 * settings.window},
            {"layer_types", writeLocalLayers(settings.local)},
            {"rope_parameters",
             {{"full_attention", writeRotary(settings.rotary)},
              {"sliding_attention", writeRotary(settings.localRotary)}}}};
}

bool normBiased(const EncoderConfig& config) {
    return config.preNorm.norm == NormKind::layer;
}

std::vector<WeightName> modernBertEmbeddingWeights(const EncoderConfig& config) {
    return WeightNames("", "")
        .weight("word_embeddings.weight", "embeddings.tok_embeddings.weight",
                {config.vocabularySize, config.hiddenSize})
        .norm("embedding_norm", "embeddings.norm", config.hiddenSize, normBiased(config))
        .norm("layer_" + std::to_string(config.layers - 1) + ".output_norm", "final_norm", config.hiddenSize,
              normBiased(config))
        .all();
}

std::vector<WeightName> modernBertLayerWeights(const EncoderConfig& config, std::int64_t layer) {
    const PreNormSettings& settings = config.preNorm;
    const std::int64_t width = config.hiddenSize, wide = config.intermediateSize;
    const std::string index = std::to_string(layer) + ".";
    WeightNames names("layer_" + index, "layers." + index);
    if (layer > 0) {
        names.norm("attention_norm", "attn_norm", width, normBiased(config));
    }
    return names.fused({"query", "key", "value"}, "attn.Wqkv", width, width, settings.queryKeyValueBiased)
        .linear("attention_output", "attn.Wo", width, width, settings.attentionOutputBiased)
        .norm("middle_norm", "mlp_norm", width, normBiased(config))
        .fused({"intermediate", "up"}, "mlp.Wi", wide, width, settings.linearBiased)
        .linear("output", "mlp.Wo", width, wide, settings.linearBiased)
        .all();
}

EncoderConfig smallModernBert(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 3;
    config.padId = 3;
    config.layerNormEpsilon = 1e-5;
    config.hiddenDropout = config.attentionDropout = 0;
    config.embeddingDropout = 0;
    config.preNorm = gatedLayers();
    config.preNorm.window = 2;
    config.preNorm.local = {false, true, true};
    config.preNorm.rotary.base = 400;
    config.preNorm.localRotary.base = 100;
    return config;
}

} // namespace

// Warner et al. 2024.
const Family kModernBert{.name = "modernbert",
                         .modelClass = "ModernBertModel",
                         .description = "ModernBERT",
                         .prefix = "model.",
                         .layer = LayerKind::preNorm,
                         .positions = Positions::none,
                         .padId = 50283,
                         .verified = true,
                         .read = readModernBert,
                         .write = writeModernBert,
                         .embeddingWeights = modernBertEmbeddingWeights,
                         .layerWeights = modernBertLayerWeights,
                         .makeSmall = smallModernBert};

} // namespace finescope::engine
