#include "core/engine/tokenizer/tokenizer_files.h"

#include "core/engine/text_file.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace finescope::engine {

namespace {

using nlohmann::json;

constexpr std::array kSpecialKeys = {"bos_token", "eos_token", "unk_token", "sep_token",
                                     "pad_token", "cls_token", "mask_token"};

Error bad(const std::filesystem::path& path, const std::string& key, const std::string& what) {
    return {ErrorKind::badFile, path.string() + ": \"" + key + "\" " + what};
}

/// A key that is true, false, or (null or missing) left to the default.
std::optional<bool> flag(const json& object, const std::string& key, const std::filesystem::path& path) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return std::nullopt;
    }
    if (!found->is_boolean()) {
        throw bad(path, key, "must be true, false or null, found " + found->dump());
    }
    return found->get<bool>();
}

/// A token given as a string or as an object with its content and how it is matched.
AddedToken parseToken(const json& value, const std::string& key, const std::filesystem::path& path) {
    AddedToken token;
    if (value.is_string()) {
        token.content = value.get<std::string>();
        return token;
    }
    if (!value.is_object() || !value.contains("content") || !value["content"].is_string()) {
        throw bad(path, key, "must be a string or an object with \"content\", found " + value.dump());
    }
    token.content = value["content"].get<std::string>();
    token.singleWord = flag(value, "single_word", path).value_or(false);
    token.leftStrip = flag(value, "lstrip", path).value_or(false);
    token.rightStrip = flag(value, "rstrip", path).value_or(false);
    token.normalized = flag(value, "normalized", path).value_or(false);
    return token;
}

void readSpecial(const json& object, const std::filesystem::path& path, TokenizerOptions& options) {
    for (const char* const key : kSpecialKeys) {
        const auto found = object.find(key);
        if (found != object.end() && !found->is_null()) {
            options.special[key] = parseToken(*found, key, path);
        }
    }
    for (const char* const key : {"additional_special_tokens", "extra_special_tokens"}) {
        const auto found = object.find(key);
        if (found != object.end() && found->is_array()) {
            for (const json& value : *found) {
                options.added.push_back(parseToken(value, key, path));
            }
        }
    }
}

std::int64_t parseId(const json& value, const std::string& key, const std::filesystem::path& path) {
    if (!value.is_number_integer() || value < 0 || value > std::int64_t{1} << 31) {
        throw bad(path, key, "must have an id from 0, found " + value.dump());
    }
    return value.get<std::int64_t>();
}

/// "added_tokens_decoder" maps ids to tokens and knows best how each is matched.
void readDecoder(const json& object, const std::filesystem::path& path, TokenizerOptions& options) {
    const auto decoder = object.find("added_tokens_decoder");
    if (decoder == object.end() || !decoder->is_object()) {
        return;
    }
    for (const auto& [id, value] : decoder->items()) {
        AddedToken token = parseToken(value, "added_tokens_decoder", path);
        token.id = parseId(json::parse(id, nullptr, false), "added_tokens_decoder", path);
        for (auto& [name, special] : options.special) {
            if (special.content == token.content) {
                special = token;
            }
        }
        options.added.push_back(token);
    }
}

/// added_tokens.json maps tokens to ids; they are ordinary tokens, looked for in the normalised text.
void readAddedTokens(const std::filesystem::path& path, TokenizerOptions& options) {
    const json tokens = readJsonObject(path);
    for (const auto& [content, id] : tokens.items()) {
        AddedToken token;
        token.content = content;
        token.id = parseId(id, content, path);
        token.normalized = true;
        options.added.push_back(token);
    }
}

std::int64_t findSpecial(const TokenizerOptions& options, const std::string& key, std::string_view name,
                         const Vocabulary& vocabulary, const std::filesystem::path& vocabularyFile) {
    const auto given = options.special.find(key);
    const std::string content = given == options.special.end() ? std::string(name) : given->second.content;
    const auto found = vocabulary.find(content);
    if (found == vocabulary.end()) {
        throw Error(ErrorKind::badFile, vocabularyFile.string() + ": the " + key + " \"" + content +
                                            "\" is not in the vocabulary");
    }
    return found->second;
}

} // namespace

TokenizerOptions readTokenizerOptions(const std::filesystem::path& folder) {
    TokenizerOptions options;
    const std::filesystem::path config = folder / "tokenizer_config.json";
    json object = json::object();
    if (std::filesystem::exists(config)) {
        object = readJsonObject(config);
        options.addPrefixSpace = flag(object, "add_prefix_space", config);
        options.lowerCase = flag(object, "do_lower_case", config);
        options.chineseCharacters = flag(object, "tokenize_chinese_chars", config);
        options.stripAccents = flag(object, "strip_accents", config);
        options.truncateLeft = object.value("truncation_side", json("right")) == "left";
        readSpecial(object, config, options);
    }
    const std::filesystem::path map = folder / "special_tokens_map.json";
    if (std::filesystem::exists(map)) {
        readSpecial(readJsonObject(map), map, options);
    }
    readDecoder(object, config, options);
    if (std::filesystem::exists(folder / "added_tokens.json")) {
        readAddedTokens(folder / "added_tokens.json", options);
    }
    return options;
}

SpecialTokens resolveSpecialTokens(const TokenizerOptions& options, const SpecialNames& names,
                                   const Vocabulary& vocabulary,
                                   const std::filesystem::path& vocabularyFile) {
    const auto find = [&](const char* key, std::string_view name) {
        return findSpecial(options, key, name, vocabulary, vocabularyFile);
    };
    SpecialTokens tokens;
    tokens.first = find("cls_token", names.first);
    tokens.separator = find("sep_token", names.separator);
    tokens.pad = find("pad_token", names.pad);
    tokens.unknown = find("unk_token", names.unknown);

    std::int64_t next = 0;
    for (const auto& [content, id] : vocabulary) {
        next = std::max(next, id + 1);
    }
    const auto add = [&](AddedToken token) {
        const bool known = std::ranges::any_of(
            tokens.all, [&](const AddedToken& other) { return other.content == token.content; });
        if (known) {
            return;
        }
        const auto found = vocabulary.find(token.content);
        if (found != vocabulary.end()) {
            token.id = found->second;
        } else if (token.id < 0) {
            token.id = next;
        }
        next = std::max(next, token.id + 1);
        tokens.all.push_back(token);
    };
    const std::pair<const char*, std::string_view> defaults[] = {{"cls_token", names.first},
                                                                 {"sep_token", names.separator},
                                                                 {"pad_token", names.pad},
                                                                 {"unk_token", names.unknown},
                                                                 {"mask_token", names.mask}};
    for (const auto& [key, name] : defaults) {
        const auto given = options.special.find(key);
        AddedToken token;
        if (given != options.special.end()) {
            token = given->second;
        } else {
            token.content = name;
        }
        const bool present = vocabulary.contains(token.content);
        if (std::string_view(key) == "mask_token" && present) {
            tokens.mask = vocabulary.at(token.content);
        }
        if (present) {
            add(token);
        }
    }
    for (const char* const key : {"bos_token", "eos_token"}) {
        const auto given = options.special.find(key);
        if (given != options.special.end() && vocabulary.contains(given->second.content)) {
            add(given->second);
        }
    }
    for (const AddedToken& token : options.added) {
        add(token);
    }
    return tokens;
}

} // namespace finescope::engine
