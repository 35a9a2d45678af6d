#include "core/engine/model/architecture/bert.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/sizes.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string>

namespace finescope::engine {

namespace {

/// The words of a list, or of a text with bars between: in small letters, without spaces.
std::vector<std::string> wordsOf(const ConfigReader& reader, const char* key) {
    const nlohmann::json* value = reader.find(key);
    std::vector<std::string> words;
    if (value == nullptr) {
        return words;
    }
    const auto all = [](const nlohmann::json& each) { return each.is_string(); };
    if (value->is_array() && std::ranges::all_of(*value, all)) {
        return value->get<std::vector<std::string>>();
    }
    if (!value->is_string()) {
        throw reader.bad("\"" + std::string(key) + "\" must be a text or a list of texts, found " +
                         text::shown(value->dump()));
    }
    std::istringstream stream(value->get<std::string>());
    for (std::string word; std::getline(stream, word, '|');) {
        std::erase_if(word, [](unsigned char c) { return std::isspace(c) != 0; });
        std::ranges::transform(word, word.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        words.push_back(word);
    }
    return words;
}

void readScores(const ConfigReader& reader, DisentangledSettings& settings) {
    for (const std::string& word : wordsOf(reader, "pos_att_type")) {
        if (word != "c2p" && word != "p2c") {
            throw reader.bad("\"pos_att_type\" holds \"" + text::shown(word) +
                             "\"; supported are c2p and p2c");
        }
        (word == "c2p" ? settings.contentToPosition : settings.positionToContent) = true;
    }
    if (!settings.contentToPosition && !settings.positionToContent) {
        throw reader.bad("\"pos_att_type\" must name c2p, p2c or both");
    }
}

DisentangledSettings readDisentangled(const ConfigReader& reader, const EncoderConfig& config) {
    if (!reader.flagOr("relative_attention", false)) {
        throw reader.bad(R"("relative_attention" must be true: attention without it is not computed)");
    }
    DisentangledSettings settings;
    readScores(reader, settings);
    settings.sharesProjections = reader.flagOr("share_att_key", false);
    for (const std::string& word : wordsOf(reader, "norm_rel_ebd")) {
        if (word != "layer_norm" && word != "none") {
            throw reader.bad("\"norm_rel_ebd\" is \"" + text::shown(word) +
                             "\"; supported are layer_norm and none");
        }
        settings.tableNormed |= word == "layer_norm";
    }
    const std::int64_t farthest = reader.integerOr("max_relative_positions", -1, -1);
    settings.farthest = farthest > 0 ? farthest : config.maxPositions;
    settings.buckets = std::max<std::int64_t>(reader.integerOr("position_buckets", -1, -1), 0);
    // Half of the buckets are of one distance; the others reach from there to the farthest.
    if (settings.buckets == 1 || (settings.buckets > 0 && settings.farthest < settings.buckets / 2 + 2)) {
        throw reader.bad("\"position_buckets\" " + std::to_string(settings.buckets) +
                         " must be at least 2, with half of it less than the farthest distance, " +
                         std::to_string(settings.farthest) + ", by 2 or more");
    }
    return settings;
}

EncoderConfig readDebertaV2(const ConfigReader& reader, const Family& family) {
    EncoderConfig config =
        readBertConfigWith({.leastTypes = 0, .types = 0, .layerNormEpsilon = 1e-7}, reader, family);
    config.positionsInInput = reader.flagOr("position_biased_input", true);
    config.embeddingSize = reader.integerOr("embedding_size", 1, config.hiddenSize);
    config.disentangled = readDisentangled(reader, config);
    config.relativeBuckets = 2 * config.disentangled.span();
    reader.require("attention_head_size", config.hiddenSize / config.heads);
    reader.require("conv_kernel_size", 0); // a convolution beside the first layer, of v2-xlarge
    return config;
}

nlohmann::ordered_json writeDebertaV2(const EncoderConfig& config) {
    nlohmann::ordered_json object = writeBertConfig(config);
    object.erase("position_embedding_type");
    const DisentangledSettings& settings = config.disentangled;
    nlohmann::json scores = nlohmann::json::array();
    if (settings.contentToPosition) {
        scores.emplace_back("c2p");
    }
    if (settings.positionToContent) {
        scores.emplace_back("p2c");
    }
    object["embedding_size"] = config.tableWidth();
    object["position_biased_input"] = config.positionsInInput;
    object["relative_attention"] = true;
    object["max_relative_positions"] = settings.farthest;
    object["position_buckets"] = settings.buckets > 0 ? settings.buckets : -1;
    object["norm_rel_ebd"] = settings.tableNormed ? "layer_norm" : "none";
    object["share_att_key"] = settings.sharesProjections;
    object["pos_att_type"] = scores;
    return object;
}

std::vector<WeightName> debertaV2EmbeddingWeights(const EncoderConfig& config) {
    WeightNames names = bertTables(config);
    if (config.tableWidth() != config.hiddenSize) {
        names.linear("embedding_projection", "embed_proj", config.hiddenSize, config.tableWidth(), false);
    }
    std::vector<WeightName> all = names.norm("embedding_norm", "LayerNorm", config.hiddenSize).all();
    WeightNames relative("relative_", "encoder.");
    relative.weight("position_embeddings.weight", "rel_embeddings.weight",
                    {config.relativeBuckets, config.hiddenSize});
    if (config.disentangled.tableNormed) {
        relative.norm("norm", "LayerNorm", config.hiddenSize);
    }
    all.insert(all.end(), relative.all().begin(), relative.all().end());
    return all;
}

std::vector<WeightName> debertaV2LayerWeights(const EncoderConfig& config, std::int64_t layer) {
    std::vector<WeightName> all = postNormLayerWeights(config, layer,
                                                       {.layer = "encoder.layer.",
                                                        .query = "attention.self.query_proj",
                                                        .key = "attention.self.key_proj",
                                                        .value = "attention.self.value_proj",
                                                        .attentionOutput = "attention.output.dense",
                                                        .attentionNorm = "attention.output.LayerNorm",
                                                        .intermediate = "intermediate.dense",
                                                        .output = "output.dense",
                                                        .outputNorm = "output.LayerNorm"});
    const DisentangledSettings& settings = config.disentangled;
    const std::string index = std::to_string(layer) + ".";
    WeightNames own("layer_" + index, "encoder.layer." + index + "attention.self.");
    if (settings.contentToPosition && !settings.sharesProjections) {
        own.linear("position_key", "pos_key_proj", config.hiddenSize, config.hiddenSize);
    }
    if (settings.positionToContent && !settings.sharesProjections) {
        own.linear("position_asking", "pos_query_proj", config.hiddenSize, config.hiddenSize);
    }
    all.insert(all.end(), own.all().begin(), own.all().end());
    return all;
}

EncoderConfig smallDebertaV2(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 2;
    config.typeVocabularySize = 2;
    config.embeddingSize = width / 2 + 1;
    config.disentangled = {.contentToPosition = true,
                           .positionToContent = true,
                           .sharesProjections = true,
                           .tableNormed = true,
                           .farthest = 12,
                           .buckets = 6};
    config.relativeBuckets = 2 * config.disentangled.span();
    return config;
}

} // namespace

// He et al. 2021, and 2023 for v3: BERT's layers with disentangled attention.
const Family kDebertaV2{.name = "deberta-v2",
                        .modelClass = "DebertaV2Model",
                        .description = "DeBERTa-v2 and v3, mDeBERTa",
                        .prefix = "deberta.",
                        .layer = LayerKind::disentangled,
                        .positions = Positions::fromZero,
                        .projectedBeforeNorm = true,
                        .padId = 0,
                        .verified = true,
                        .read = readDebertaV2,
                        .write = writeDebertaV2,
                        .embeddingWeights = debertaV2EmbeddingWeights,
                        .layerWeights = debertaV2LayerWeights,
                        .makeSmall = smallDebertaV2};

} // namespace finescope::engine
