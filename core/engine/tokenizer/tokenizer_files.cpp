#include "core/engine/tokenizer/tokenizer_files.h"

#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

namespace finescope::engine {

namespace {

using nlohmann::json;
using text::shown;

struct ClassName {
    std::string_view name;
    TokenizerClass is;
    bool givesTypeIds;
};
/// The classes of transformers 5.24 that are, or do the same as, one that is understood; also with "Fast".
constexpr std::array kClasses = {
    ClassName{"BertTokenizer", TokenizerClass::bert, true},
    ClassName{"ConvBertTokenizer", TokenizerClass::bert, true},
    ClassName{"DistilBertTokenizer", TokenizerClass::bert, false},
    ClassName{"ElectraTokenizer", TokenizerClass::bert, true},
    ClassName{"LayoutLMTokenizer", TokenizerClass::bert, true},
    ClassName{"MobileBertTokenizer", TokenizerClass::bert, true},
    ClassName{"SqueezeBertTokenizer", TokenizerClass::bert, true},
    ClassName{"MPNetTokenizer", TokenizerClass::mpnet, false},
    ClassName{"RobertaTokenizer", TokenizerClass::roberta, false},
    ClassName{"BartTokenizer", TokenizerClass::roberta, false},
    ClassName{"LongformerTokenizer", TokenizerClass::roberta, false},
    ClassName{"GPT2Tokenizer", TokenizerClass::gpt2, false},
    ClassName{"Qwen2Tokenizer", TokenizerClass::qwen2, false},
    ClassName{"CamembertTokenizer", TokenizerClass::sentencePiece, false},
    ClassName{"DebertaV2Tokenizer", TokenizerClass::sentencePiece, true},
    ClassName{"XLMRobertaTokenizer", TokenizerClass::sentencePiece, false},
    ClassName{"LlamaTokenizer", TokenizerClass::llama, false},
    ClassName{"TokenizersBackend", TokenizerClass::asWritten, false},
    ClassName{"PreTrainedTokenizer", TokenizerClass::asWritten,
              false}, // "PreTrainedTokenizerFast" it has to be
};

struct ModelType {
    std::string_view name, tokenizerClass;
};
/// What transformers 5.24 takes for a model where no class is said, but for DistilBERT, which has no token
/// types: BertTokenizer would give it some.
constexpr std::array kModelTypes = {
    ModelType{"bert", "BertTokenizer"},
    ModelType{"camembert", "CamembertTokenizer"},
    ModelType{"deberta-v2", "DebertaV2Tokenizer"},
    ModelType{"distilbert", "DistilBertTokenizer"},
    ModelType{"electra", "ElectraTokenizer"},
    ModelType{"gpt2", "GPT2Tokenizer"},
    ModelType{"llama", "LlamaTokenizer"},
    ModelType{"modernbert", "TokenizersBackend"},
    ModelType{"mpnet", "MPNetTokenizer"},
    ModelType{"qwen2", "Qwen2Tokenizer"},
    ModelType{"qwen3", "Qwen2Tokenizer"},
    ModelType{"roberta", "RobertaTokenizer"},
    ModelType{"xlm-roberta", "XLMRobertaTokenizer"},
};

Error bad(const std::filesystem::path& path, std::string_view key, const std::string& what) {
    return {ErrorKind::badFile, path.string() + ": \"" + std::string(key) + "\" " + what};
}

const json* find(const json& object, std::string_view key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// A key that is true, false, or (null or missing) left to the default.
std::optional<bool> flag(const json& object, std::string_view key, const std::filesystem::path& path) {
    const json* const value = find(object, key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_boolean()) {
        throw bad(path, key, "must be true, false or null, found " + shown(value->dump()));
    }
    return value->get<bool>();
}

/// A special token, given as a string or as an object.
AddedToken parseSpecial(const json& value, std::string_view key, const std::filesystem::path& path) {
    if (value.is_string()) {
        AddedToken token;
        token.content = value.get<std::string>();
        return token;
    }
    return parseAddedToken(value, false, path.string() + ": \"" + std::string(key) + "\"");
}

void readSpecial(const json& object, const std::filesystem::path& path, TokenizerOptions& options) {
    const auto set = [&](std::string_view name, const json& value) {
        options.special[std::string(name)] = parseSpecial(value, name, path);
        if (value.is_string()) {
            options.withoutFlags.emplace(name);
        } else {
            options.withoutFlags.erase(std::string(name));
        }
    };
    for (const std::string_view key : kSpecialNames) {
        if (const json* const value = find(object, key)) {
            set(key, *value);
        }
    }
    for (const auto& [key, value] : object.items()) {
        const bool known = std::ranges::find(kSpecialNames, key) != kSpecialNames.end();
        if (!known && key.ends_with("_token") && value.is_string()) {
            set(key, value);
        }
    }
    const auto addAll = [&](std::string_view key) {
        const json* const tokens = find(object, key);
        if (tokens == nullptr) {
            return;
        }
        if (!tokens->is_array() && !tokens->is_object()) {
            throw bad(path, key, "must be a list of tokens, found " + shown(tokens->dump()));
        }
        for (const auto& [name, value] : tokens->items()) {
            if (tokens->is_array()) {
                options.extra.push_back(parseSpecial(value, key, path));
            } else {
                set(name, value);
            }
        }
    };
    const json* const extra = find(object, "extra_special_tokens");
    addAll(extra == nullptr || extra->empty() ? "additional_special_tokens" : "extra_special_tokens");
}

std::vector<AddedToken> byId(std::vector<AddedToken> tokens, const std::string& where) {
    std::ranges::sort(tokens, {}, &AddedToken::id);
    const auto twin = std::ranges::adjacent_find(tokens, {}, &AddedToken::id);
    if (twin != tokens.end()) {
        throw Error(ErrorKind::badFile, where + ": \"" + shown(twin->content) + "\" and \"" +
                                            shown(std::next(twin)->content) + "\" have one id, " +
                                            std::to_string(twin->id));
    }
    return tokens;
}

/// "added_tokens_decoder" maps ids to tokens.
std::optional<std::vector<AddedToken>> readDecoder(const json& object, const std::filesystem::path& path) {
    constexpr std::string_view kKey = "added_tokens_decoder";
    const json* const decoder = find(object, kKey);
    if (decoder == nullptr) {
        return std::nullopt;
    }
    if (!decoder->is_object()) {
        throw bad(path, kKey, "must be an object, found " + shown(decoder->dump()));
    }
    const std::string where = path.string() + ": \"" + std::string(kKey) + "\"";
    std::vector<AddedToken> tokens;
    for (const auto& [id, value] : decoder->items()) {
        AddedToken token = parseAddedToken(value, true, where);
        std::int64_t number = -1;
        const auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
        const bool whole = failure == std::errc() && end == id.data() + id.size();
        token.id = parseTokenId(whole ? json(number) : json(id), where);
        tokens.push_back(std::move(token));
    }
    return byId(std::move(tokens), where);
}

/// added_tokens.json maps tokens to ids: ordinary ones are looked for in the normalised text.
std::vector<AddedToken> readAddedTokens(const std::filesystem::path& path, const TokenizerOptions& options) {
    const json object = readJsonObject(path);
    std::set<std::string_view> special;
    for (const auto& [name, token] : options.special) {
        special.insert(token.content);
    }
    for (const AddedToken& token : options.extra) {
        special.insert(token.content);
    }
    std::vector<AddedToken> tokens;
    for (const auto& [content, id] : object.items()) {
        AddedToken token;
        token.content = content;
        token.id = parseTokenId(id, path.string() + ": \"" + shown(content) + "\"");
        token.normalized = !special.contains(content);
        tokens.push_back(std::move(token));
    }
    return byId(std::move(tokens), path.string());
}

/// All but the two that mean no algorithm.
std::string understoodClasses() {
    std::string names;
    for (const ClassName& known : kClasses) {
        if (known.is != TokenizerClass::asWritten) {
            names.append(names.empty() ? "" : ", ").append(known.name);
        }
    }
    return names;
}

void readModelType(const json& object, const std::filesystem::path& path, TokenizerOptions& options) {
    const json* const value = find(object, "model_type");
    const auto* const type =
        value == nullptr || !value->is_string()
            ? kModelTypes.end()
            : std::ranges::find(kModelTypes, value->get<std::string>(), &ModelType::name);
    if (type == kModelTypes.end()) {
        return;
    }
    const auto* const is = std::ranges::find(kClasses, type->tokenizerClass, &ClassName::name);
    options.modelTypeClass = is->is;
    options.modelTypeSource = path.string() + ": \"model_type\" " + shown(value->dump());
    if (options.tokenizerClass == TokenizerClass::notSaid) {
        options.givesTypeIds = options.givesTypeIds.value_or(is->givesTypeIds);
    }
}

/// The class that a file names; one that stands for another algorithm is refused, and so are options that do.
void readClass(const json& object, const std::filesystem::path& path, TokenizerOptions& options) {
    for (const std::string_view key : {"word_tokenizer_type", "subword_tokenizer_type"}) {
        if (const json* const value = find(object, key)) {
            throw bad(path, key,
                      "is " + shown(value->dump()) +
                          ": a tokenizer of that kind is not understood, and ids of another are "
                          "never made");
        }
    }
    if (const json* const map = find(object, "auto_map");
        map != nullptr && path.filename() != "config.json") {
        throw bad(path, "auto_map", "is " + shown(map->dump()) + ": a tokenizer of its own code is not run");
    }
    const json* const value = find(object, "tokenizer_class");
    if (value == nullptr) {
        return;
    }
    std::string name = value->is_string() ? value->get<std::string>() : "";
    if (name.ends_with("Fast")) {
        name.resize(name.size() - 4);
    }
    const auto* const known = std::ranges::find(kClasses, name, &ClassName::name);
    if (known == kClasses.end() || *value == "PreTrainedTokenizer") {
        throw bad(path, "tokenizer_class",
                  "is " + shown(value->dump()) + ", which is not understood; understood are " +
                      understoodClasses() +
                      " (with or without Fast) and, where tokenizer.json says it all, TokenizersBackend");
    }
    if (options.tokenizerClass == TokenizerClass::notSaid) {
        options.tokenizerClass = known->is;
        options.classSource = path.string() + ": \"tokenizer_class\" " + shown(value->dump());
        options.givesTypeIds = options.givesTypeIds.value_or(known->givesTypeIds);
    }
}

void readInputNames(const json& object, const std::filesystem::path& path, TokenizerOptions& options) {
    const json* const names = find(object, "model_input_names");
    if (names == nullptr) {
        return;
    }
    if (!names->is_array()) {
        throw bad(path, "model_input_names", "must be a list of names, found " + shown(names->dump()));
    }
    options.givesTypeIds = std::ranges::find(*names, json("token_type_ids")) != names->end();
}

void readConfig(const json& object, const std::filesystem::path& path, TokenizerOptions& options) {
    readInputNames(object, path, options);
    readClass(object, path, options);
    options.addPrefixSpace = flag(object, "add_prefix_space", path);
    options.lowerCase = flag(object, "do_lower_case", path);
    options.chineseCharacters = flag(object, "tokenize_chinese_chars", path);
    options.stripAccents = flag(object, "strip_accents", path);
    options.addBegin = flag(object, "add_bos_token", path);
    options.addEnd = flag(object, "add_eos_token", path);
    if (flag(object, "split_special_tokens", path).value_or(false)) {
        throw bad(path, "split_special_tokens", "is true; only false is understood");
    }
    if (const json* const side = find(object, "truncation_side")) {
        if (*side != "left" && *side != "right") {
            throw bad(path, "truncation_side", "must be \"left\" or \"right\", found " + shown(side->dump()));
        }
        options.truncateLeft = *side == "left";
    }
    readSpecial(object, path, options);
    options.decoder = readDecoder(object, path);
}

} // namespace

const AddedToken* TokenizerOptions::find(std::string_view name) const {
    const auto found = special.find(name);
    return found == special.end() ? nullptr : &found->second;
}

TokenizerOptions readTokenizerOptions(const std::filesystem::path& folder) {
    TokenizerOptions options;
    options.config = folder / "tokenizer_config.json";
    if (std::filesystem::exists(options.config)) {
        readConfig(readJsonObject(options.config), options.config, options);
    }
    if (const auto model = folder / "config.json"; std::filesystem::exists(model)) {
        const json object = readJsonObject(model);
        readClass(object, model, options);
        readModelType(object, model, options);
    }
    if (!options.decoder) {
        if (const auto map = folder / "special_tokens_map.json"; std::filesystem::exists(map)) {
            readSpecial(readJsonObject(map), map, options);
        }
        if (const auto added = folder / "added_tokens.json"; std::filesystem::exists(added)) {
            options.added = readAddedTokens(added, options);
        }
    }
    return options;
}

AddedToken parseAddedToken(const json& value, bool normalized, const std::string& where) {
    if (!value.is_object() || !value.contains("content") || !value["content"].is_string()) {
        throw Error(ErrorKind::badFile,
                    where + " must be a token, an object with its \"content\", found " + shown(value.dump()));
    }
    const auto read = [&](const char* key, bool fallback) {
        const json* const found = find(value, key);
        if (found != nullptr && !found->is_boolean()) {
            throw Error(ErrorKind::badFile,
                        where + ": \"" + key + "\" must be true or false, found " + shown(found->dump()));
        }
        return found == nullptr ? fallback : found->get<bool>();
    };
    AddedToken token;
    token.content = value["content"].get<std::string>();
    token.singleWord = read("single_word", false);
    token.leftStrip = read("lstrip", false);
    token.rightStrip = read("rstrip", false);
    token.normalized = read("normalized", normalized);
    return token;
}

std::int64_t parseTokenId(const json& value, const std::string& where) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (!value.is_number_integer() || value < 0 || value > kMost) {
        throw Error(ErrorKind::badFile, where + " must have an id from 0 to " + std::to_string(kMost) +
                                            ", found " + shown(value.dump()));
    }
    return value.get<std::int64_t>();
}

} // namespace finescope::engine
