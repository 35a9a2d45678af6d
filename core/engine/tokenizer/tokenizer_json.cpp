#include "core/engine/tokenizer/tokenizer_json.h"

#include "core/engine/text_file.h"
#include "core/engine/tokenizer/json_part.h"
#include "core/engine/tokenizer/tokenizer_files.h"
#include "core/text/shown.h"

#include <cstddef>
#include <limits>
#include <utility>

namespace finescope::engine {

namespace {

using nlohmann::json;
using text::shown;

Vocabulary parseVocabulary(const JsonPart& model) {
    const json* const tokens = model.find("vocab");
    if (tokens == nullptr || !tokens->is_object()) {
        throw model.bad("\"vocab\" must be an object of tokens and their ids");
    }
    Vocabulary vocabulary;
    vocabulary.reserve(tokens->size());
    for (const auto& [token, id] : tokens->items()) {
        vocabulary.emplace(token, parseTokenId(id, model.where() + ": the token \"" + shown(token) + "\""));
    }
    return vocabulary;
}

/// Each "left right" or ["left", "right"].
Merges parseMerges(const JsonPart& model, const Vocabulary& vocabulary) {
    Merges merges;
    std::int64_t rank = 0;
    for (const json& merge : model.list("merges")) {
        const std::string where = model.where() + ": merge " + std::to_string(++rank);
        std::string_view left, right;
        if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
            left = merge[0].get_ref<const std::string&>();
            right = merge[1].get_ref<const std::string&>();
        } else if (merge.is_string()) {
            const std::string_view both = merge.get_ref<const std::string&>();
            const std::size_t space = both.find(' ');
            if (space != std::string_view::npos && both.find(' ', space + 1) == std::string_view::npos) {
                left = both.substr(0, space);
                right = both.substr(space + 1);
            }
        }
        if (left.empty() || right.empty()) {
            throw Error(ErrorKind::badFile, where + " must be two tokens, found " + shown(merge.dump()));
        }
        addMerge(merges, left, right, rank, vocabulary, where);
    }
    return merges;
}

void readWordPiece(const JsonPart& part, TokenizerJson& result) {
    part.refuseAllBut(
        {"type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"});
    WordPieceOptions options;
    options.unknown = part.text("unk_token");
    options.continuation = part.text("continuing_subword_prefix");
    options.longestWord = static_cast<std::size_t>(part.count("max_input_chars_per_word"));
    result.model = makeWordPiece(parseVocabulary(part), options, part.where());
    result.modelOptions = options;
}

void readBpe(const JsonPart& part, TokenizerJson& result) {
    // "dropout", "continuing_subword_prefix" and "end_of_word_suffix" may be there empty.
    part.refuseAllBut({"type", "unk_token", "fuse_unk", "ignore_merges", "byte_fallback", "vocab", "merges"});
    BpeOptions options;
    options.unknown = part.textOrNothing("unk_token");
    options.fuseUnknown = part.booleanOr("fuse_unk", false);
    options.ignoreMerges = part.booleanOr("ignore_merges", false);
    options.byteFallback = part.booleanOr("byte_fallback", false);
    Vocabulary vocabulary = parseVocabulary(part);
    Merges merges = parseMerges(part, vocabulary);
    result.model = makeBpe(std::move(vocabulary), std::move(merges), options, part.where());
    result.modelOptions = options;
}

void readUnigram(const JsonPart& part, TokenizerJson& result) {
    part.refuseAllBut({"type", "unk_id", "byte_fallback", "vocab"});
    UnigramOptions options;
    if (part.find("unk_id") != nullptr) {
        options.unknown = static_cast<std::size_t>(part.count("unk_id"));
    }
    options.byteFallback = part.booleanOr("byte_fallback", false);
    std::vector<std::pair<std::string, double>> tokens;
    for (const json& token : part.list("vocab")) {
        if (!token.is_array() || token.size() != 2 || !token[0].is_string() || !token[1].is_number()) {
            throw part.bad("\"vocab\" " + std::to_string(tokens.size() + 1) +
                           " must be a token and its log probability, found " + shown(token.dump()));
        }
        tokens.emplace_back(token[0].get<std::string>(), token[1].get<double>());
    }
    result.model = makeUnigram(tokens, options, part.where());
    result.modelOptions = options;
}

void readModel(const JsonPart& part, TokenizerJson& result) {
    // Files of old versions do not say the type.
    const bool said = part.find("type") != nullptr;
    const std::string type = said                                               ? part.type()
                             : part.find("merges") != nullptr                   ? "BPE"
                             : part.find("max_input_chars_per_word") != nullptr ? "WordPiece"
                             : part.find("unk_id") != nullptr                   ? "Unigram"
                                                                                : "";
    if (type == "WordPiece") {
        readWordPiece(part, result);
    } else if (type == "BPE") {
        readBpe(part, result);
    } else if (type == "Unigram") {
        readUnigram(part, result);
    } else {
        throw part.bad("the type \"" + shown(type) + "\" is not understood; WordPiece, BPE and Unigram are");
    }
}

std::vector<AddedToken> parseAdded(const JsonPart& document) {
    std::vector<AddedToken> tokens;
    if (document.find("added_tokens") == nullptr) {
        return tokens;
    }
    std::size_t number = 0;
    for (const json& value : document.list("added_tokens")) {
        const std::string where = document.where() + ": \"added_tokens\" " + std::to_string(++number);
        AddedToken token = parseAddedToken(value, false, where);
        for (const char* const key : {"single_word", "lstrip", "rstrip", "normalized", "special"}) {
            static_cast<void>(JsonPart(value, where).boolean(key)); // each has to be said
        }
        JsonPart(value, where)
            .refuseAllBut({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
        token.id = parseTokenId(value.value("id", json()), where);
        tokens.push_back(std::move(token));
    }
    return tokens;
}

} // namespace

TokenizerJson readTokenizerJson(const std::filesystem::path& path) {
    const json object = readJsonObject(path);
    const JsonPart document(object, path.string());
    document.refuseAllBut({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
                           "post_processor", "decoder", "model"});
    if (document.textOrNothing("version") != "1.0") {
        throw document.bad("\"version\" must be \"1.0\"");
    }
    TokenizerJson result;
    const json none;
    const auto read = [&](const char* key, auto&& parse) {
        const json* const value = document.find(key);
        return parse(value == nullptr ? none : *value, path.string() + ": \"" + key + "\"");
    };
    result.normalizer = read("normalizer", parseNormalizer);
    result.preTokenizer = read("pre_tokenizer", parsePreTokenizer);
    result.framing = read("post_processor", parsePostProcessor);
    if (document.find("truncation") != nullptr) {
        result.framing.truncateLeft = document.object("truncation").textOrNothing("direction") == "Left";
    }
    if (document.find("padding") != nullptr) {
        result.padToken = document.object("padding").textOrNothing("pad_token");
    }
    result.added = parseAdded(document);
    readModel(document.object("model"), result);
    return result;
}

} // namespace finescope::engine
