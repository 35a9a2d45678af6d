#include "core/engine/tokenizer/tokenizer_class.h"

#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <utility>

namespace finescope::engine {

namespace {

using text::shown;

struct SpecialName {
    std::string_view name, bert, roberta;
};
constexpr std::array kSpecialNames = {
    SpecialName{"bos_token", "", "<s>"},           SpecialName{"eos_token", "", "</s>"},
    SpecialName{"unk_token", "[UNK]", "<unk>"},    SpecialName{"sep_token", "[SEP]", "</s>"},
    SpecialName{"pad_token", "[PAD]", "<pad>"},    SpecialName{"cls_token", "[CLS]", "<s>"},
    SpecialName{"mask_token", "[MASK]", "<mask>"},
};

} // namespace

NormalizerSteps classNormalizer(TokenizerClass which, const TokenizerOptions& options) {
    if (which != TokenizerClass::bert) {
        return {};
    }
    const bool lowerCase = options.lowerCase.value_or(true);
    return {BertNormalization{true, options.chineseCharacters.value_or(true),
                              options.stripAccents.value_or(lowerCase), lowerCase}};
}

PreTokenizerSteps classPreTokenizer(TokenizerClass which, const TokenizerOptions& options) {
    if (which == TokenizerClass::bert) {
        return {BertWords{}};
    }
    return {ByteLevelWords{options.addPrefixSpace.value_or(false), true}};
}

Framing classFraming(TokenizerClass which, std::int64_t first, std::int64_t separator) {
    return which == TokenizerClass::bert ? bertFraming(first, separator) : robertaFraming(first, separator);
}

std::string_view classToken(TokenizerClass which, std::string_view name) {
    const auto* const found = std::ranges::find(kSpecialNames, name, &SpecialName::name);
    if (found == kSpecialNames.end()) {
        return {};
    }
    return which == TokenizerClass::bert      ? found->bert
           : which == TokenizerClass::roberta ? found->roberta
                                              : std::string_view();
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
    for (const SpecialName& special : kSpecialNames) {
        if (const AddedToken* const given = options.find(special.name)) {
            addNew(*given);
            continue;
        }
        AddedToken own;
        own.content = classToken(which, special.name);
        if (vocabulary.contains(own.content)) {
            addNew(own);
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
