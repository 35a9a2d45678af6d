#include "core/engine/tokenizer/tokenizer_class.h"

#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <utility>

namespace finescope::engine {

namespace {

using text::shown;

struct ClassTokens {
    TokenizerClass which;
    std::array<std::string_view, kSpecialNames.size()> tokens; ///< in the order of the names
};
constexpr std::string_view kEndOfText = "<|endoftext|>";
constexpr std::array kClassTokens = {
    ClassTokens{TokenizerClass::bert, {"", "", "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"}},
    ClassTokens{TokenizerClass::mpnet, {"<s>", "</s>", "[UNK]", "</s>", "<pad>", "<s>", "<mask>"}},
    ClassTokens{TokenizerClass::roberta, {"<s>", "</s>", "<unk>", "</s>", "<pad>", "<s>", "<mask>"}},
    ClassTokens{TokenizerClass::gpt2, {kEndOfText, kEndOfText, kEndOfText, "", "", "", ""}},
    ClassTokens{TokenizerClass::qwen2, {"", kEndOfText, kEndOfText, "", kEndOfText, "", ""}},
};

/// Qwen 2's words.
constexpr std::string_view kQwen2Words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

} // namespace

bool isBuilt(TokenizerClass which) {
    return std::ranges::find(kClassTokens, which, &ClassTokens::which) != kClassTokens.end();
}

std::optional<ModelKind> classModel(TokenizerClass which) {
    using enum TokenizerClass;
    switch (which) {
    case bert:
    case mpnet:
        return ModelKind::wordPiece;
    case roberta:
    case gpt2:
    case qwen2:
    case llama:
        return ModelKind::bpe;
    case sentencePiece:
        return ModelKind::unigram;
    case notSaid:
    case asWritten:
        break;
    }
    return std::nullopt;
}

NormalizerSteps classNormalizer(TokenizerClass which, const TokenizerOptions& options) {
    if (which == TokenizerClass::qwen2) {
        return {NormalForm{.compatible = false, .composed = true}};
    }
    if (classModel(which) != ModelKind::wordPiece) {
        return {};
    }
    const bool lowerCase = options.lowerCase.value_or(true);
    return {BertNormalization{true, options.chineseCharacters.value_or(true),
                              options.stripAccents.value_or(lowerCase), lowerCase}};
}

PreTokenizerSteps classPreTokenizer(TokenizerClass which, const TokenizerOptions& options) {
    if (classModel(which) == ModelKind::wordPiece) {
        return {BertWords{}};
    }
    const bool prefixSpace = options.addPrefixSpace.value_or(false);
    if (which == TokenizerClass::qwen2) {
        return {PatternSplit{RegularExpression(std::string(kQwen2Words), options.classSource)},
                ByteLevelWords{prefixSpace, false}};
    }
    return {ByteLevelWords{prefixSpace, true}};
}

bool hasOwnFraming(TokenizerClass which) {
    return which == TokenizerClass::bert || which == TokenizerClass::mpnet ||
           which == TokenizerClass::roberta;
}

Framing classFraming(TokenizerClass which, const TokenizerOptions& options,
                     const std::function<std::optional<std::int64_t>(std::string_view)>& idOf) {
    if (!hasOwnFraming(which)) {
        const auto wanted = [&](std::optional<bool> option, std::string_view name) {
            return option.value_or(false) ? idOf(name) : std::nullopt;
        };
        return plainFraming(wanted(options.addBegin, "bos_token"), wanted(options.addEnd, "eos_token"));
    }
    const std::int64_t first = idOf("cls_token").value(), separator = idOf("sep_token").value();
    return which == TokenizerClass::bert ? bertFraming(first, separator) : robertaFraming(first, separator);
}

std::string_view classToken(TokenizerClass which, std::string_view name) {
    const auto* const place = std::ranges::find(kSpecialNames, name);
    const auto* const known = std::ranges::find(kClassTokens, which, &ClassTokens::which);
    if (place == kSpecialNames.end() || known == kClassTokens.end()) {
        return {};
    }
    return known->tokens[static_cast<std::size_t>(place - kSpecialNames.begin())];
}

TokenAdder::TokenAdder(const Vocabulary& vocabulary, std::size_t size, std::string where)
    : m_vocabulary(vocabulary), m_size(size), m_where(std::move(where)) {
    for (const auto& [token, id] : vocabulary) {
        m_largestKnown = std::max(m_largestKnown, id);
    }
}

std::int64_t TokenAdder::next() const {
    return std::max(static_cast<std::int64_t>(m_size), m_largestAdded + 1);
}

void TokenAdder::add(AddedToken token) {
    if (token.content.empty()) {
        return;
    }
    const auto vocabularyToken = m_vocabulary.find(token.content);
    const AddedToken* const known = find(token.content);
    const std::int64_t id = known != nullptr                        ? known->id
                            : vocabularyToken != m_vocabulary.end() ? vocabularyToken->second
                                                                    : next();
    const auto name = "the added token \"" + shown(token.content) + "\"";
    if (token.id >= 0 && token.id != id) {
        throw Error(ErrorKind::badFile, m_where + ": " + name + " has the id " + std::to_string(token.id) +
                                            ", but transformers gives it " + std::to_string(id) +
                                            "; save the tokenizer again with transformers");
    }
    token.id = id;
    if (known != nullptr) {
        if (*known != token) {
            throw Error(ErrorKind::badFile, m_where + ": " + name + " comes twice with different properties");
        }
        return;
    }
    if (vocabularyToken == m_vocabulary.end() && id <= m_largestKnown) {
        throw Error(ErrorKind::badFile, m_where + ": " + name + " gets the id " + std::to_string(id) +
                                            ", which another token has, as ids are left out before it");
    }
    m_largestAdded = std::max(m_largestAdded, id);
    m_places.emplace(token.content, m_tokens.size());
    m_tokens.push_back(std::move(token));
}

const AddedToken* TokenAdder::find(std::string_view content) const {
    const auto place = m_places.find(content);
    return place == m_places.end() ? nullptr : &m_tokens[place->second];
}

std::optional<std::int64_t> TokenAdder::idOf(std::string_view content) const {
    if (const AddedToken* const added = find(content)) {
        return added->id;
    }
    const auto found = m_vocabulary.find(content);
    return found == m_vocabulary.end() ? std::nullopt : std::optional(found->second);
}

void addSpecialTokens(TokenAdder& adder, TokenizerClass which, const TokenizerOptions& options,
                      const Vocabulary& vocabulary) {
    const auto addNew = [&](const AddedToken& token) {
        if (adder.find(token.content) == nullptr) {
            adder.add(token);
        }
    };
    for (const std::string_view name : kSpecialNames) {
        const AddedToken* const given = options.find(name);
        AddedToken token;
        if (given != nullptr) {
            token = *given;
        } else {
            token.content = classToken(which, name);
        }
        // MPNetTokenizer alone gives a flag to a token that comes without any.
        if (which == TokenizerClass::mpnet && name == "mask_token" &&
            (given == nullptr || options.withoutFlags.contains(name))) {
            token.leftStrip = true;
        }
        if (given != nullptr || vocabulary.contains(token.content)) {
            addNew(token);
        }
    }
    std::string_view unordered; // of a name that only this tokenizer has, and not in the vocabulary
    for (const auto& [name, token] : options.special) {
        if (!adder.idOf(token.content)) {
            if (!unordered.empty() && unordered != token.content) {
                throw Error(ErrorKind::badFile, options.config.string() + ": the tokens \"" +
                                                    shown(unordered) + "\" and \"" + shown(token.content) +
                                                    "\" are in no vocabulary, and their order, which would "
                                                    "give their ids, is not kept; save the tokenizer again "
                                                    "with transformers 5");
            }
            unordered = token.content;
        }
        addNew(token);
    }
    std::ranges::for_each(options.extra, addNew);
}

std::int64_t specialId(const TokenAdder& adder, TokenizerClass which, const TokenizerOptions& options,
                       std::string_view name, const std::string& where) {
    const AddedToken* const given = options.find(name);
    const std::string content = given == nullptr ? std::string(classToken(which, name)) : given->content;
    const auto id = adder.idOf(content);
    if (!id) {
        throw Error(ErrorKind::badFile, where + ": the " + std::string(name) + " \"" + shown(content) +
                                            "\" is not in the vocabulary");
    }
    return *id;
}

} // namespace finescope::engine
