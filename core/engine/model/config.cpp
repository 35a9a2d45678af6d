#include "core/engine/model/config.h"

#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>

namespace finescope::engine {

namespace {

using nlohmann::json;

/// The keys of one config.json, with errors that name the file and the key.
class Reader {
public:
    Reader(const json& object, std::filesystem::path path) : m_object(object), m_path(std::move(path)) {}

    [[nodiscard]] Error bad(const std::string& what) const {
        return {ErrorKind::badFile, m_path.string() + ": " + what};
    }

    [[nodiscard]] std::int64_t integer(const char* key, std::int64_t least) const {
        const json* value = find(key);
        if (value == nullptr) {
            throw bad(std::string("\"") + key +
                      "\" is missing; an encoder's config.json of transformers has it");
        }
        constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
        if (!value->is_number_integer() || *value < least || *value > kMost) {
            throw bad(std::string("\"") + key + "\" must be an integer from " + std::to_string(least) +
                      " to " + std::to_string(kMost) + ", found " + text::shown(value->dump()));
        }
        return value->get<std::int64_t>();
    }

    [[nodiscard]] std::int64_t integerOr(const char* key, std::int64_t least, std::int64_t fallback) const {
        return find(key) == nullptr ? fallback : integer(key, least);
    }

    /// A number in [least, most).
    [[nodiscard]] double numberOr(const char* key, double least, double most, double fallback) const {
        const json* value = find(key);
        if (value == nullptr) {
            return fallback;
        }
        if (!value->is_number() || !(value->get<double>() >= least) || !(value->get<double>() < most)) {
            throw bad(std::string("\"") + key + "\" must be a number from " + json(least).dump() +
                      " to below " + json(most).dump() + ", found " + text::shown(value->dump()));
        }
        return value->get<double>();
    }

    /// Refuses a key that is there and is not `only`, the one thing that Encoder computes.
    void require(const char* key, const json& only) const {
        const json* value = find(key);
        if (value != nullptr && *value != only) {
            throw bad(std::string("\"") + key + "\" is " + text::shown(value->dump()) + "; only " +
                      only.dump() + " is supported");
        }
    }

    [[nodiscard]] const json* find(const char* key) const {
        const auto found = m_object.find(key);
        return found == m_object.end() || found->is_null() ? nullptr : &*found;
    }

private:
    const json& m_object;
    std::filesystem::path m_path;
};

Architecture architectureOf(const Reader& reader) {
    const json* type = reader.find("model_type");
    if (type != nullptr && *type == "bert") {
        return Architecture::bert;
    }
    if (type != nullptr && *type == "roberta") {
        return Architecture::roberta;
    }
    throw reader.bad("\"model_type\" must be \"bert\" or \"roberta\", found " +
                     (type == nullptr ? std::string("nothing") : text::shown(type->dump())));
}

} // namespace

EncoderConfig readEncoderConfig(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "config.json";
    const json object = readJsonObject(path);
    const Reader reader(object, path);

    EncoderConfig config;
    config.architecture = architectureOf(reader);
    config.hiddenSize = reader.integer("hidden_size", 1);
    config.layers = reader.integer("num_hidden_layers", 1);
    config.heads = reader.integer("num_attention_heads", 1);
    config.intermediateSize = reader.integer("intermediate_size", 1);
    config.vocabularySize = reader.integer("vocab_size", 1);
    config.maxPositions = reader.integer("max_position_embeddings", 1);
    // What transformers assumes where these are not written.
    config.typeVocabularySize = reader.integerOr("type_vocab_size", 1, 2);
    config.padId = reader.integerOr("pad_token_id", 0, config.architecture == Architecture::roberta ? 1 : 0);
    config.layerNormEpsilon = reader.numberOr("layer_norm_eps", 0, 1, 1e-12);
    config.hiddenDropout = reader.numberOr("hidden_dropout_prob", 0, 1, 0.1);
    config.attentionDropout = reader.numberOr("attention_probs_dropout_prob", 0, 1, 0.1);

    reader.require("hidden_act", "gelu");
    reader.require("position_embedding_type", "absolute");
    reader.require("is_decoder", false);
    if (config.hiddenSize % config.heads != 0) {
        throw reader.bad("\"hidden_size\" " + std::to_string(config.hiddenSize) +
                         " is not a multiple of \"num_attention_heads\" " + std::to_string(config.heads));
    }
    if (config.padId >= config.vocabularySize) {
        throw reader.bad("\"pad_token_id\" " + std::to_string(config.padId) +
                         " is not below \"vocab_size\" " + std::to_string(config.vocabularySize));
    }
    if (config.maxLength() < 1) {
        throw reader.bad("\"max_position_embeddings\" " + std::to_string(config.maxPositions) +
                         " leaves no position after the pad id " + std::to_string(config.padId));
    }
    return config;
}

void writeEncoderConfig(const EncoderConfig& config, const std::filesystem::path& folder) {
    const bool roberta = config.architecture == Architecture::roberta;
    const nlohmann::ordered_json object = {
        {"model_type", roberta ? "roberta" : "bert"},
        {"architectures", json::array({roberta ? "RobertaModel" : "BertModel"})},
        {"hidden_size", config.hiddenSize},
        {"num_hidden_layers", config.layers},
        {"num_attention_heads", config.heads},
        {"intermediate_size", config.intermediateSize},
        {"vocab_size", config.vocabularySize},
        {"max_position_embeddings", config.maxPositions},
        {"type_vocab_size", config.typeVocabularySize},
        {"pad_token_id", config.padId},
        {"layer_norm_eps", config.layerNormEpsilon},
        {"hidden_dropout_prob", config.hiddenDropout},
        {"attention_probs_dropout_prob", config.attentionDropout},
        {"hidden_act", "gelu"},
        {"position_embedding_type", "absolute"},
    };
    const std::string text = object.dump(2) + "\n";
    const std::string_view parts[] = {text};
    writeWhole(folder / "config.json", parts);
}

} // namespace finescope::engine
