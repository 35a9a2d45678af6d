#include "core/engine/tokenizer/word_piece.h"

#include "core/engine/text_file.h"
#include "core/engine/tokenizer/framing.h"
#include "core/engine/tokenizer/tokenizer_files.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

constexpr std::size_t kLongestWord = 100; // in code points; longer words are unknown

/// BERT's normaliser: clean-up, ideographs, accents, lower-casing, in this order.
struct BertNormalizer {
    bool chineseCharacters, stripAccentsToo, lowerCase;

    std::u32string operator()(std::u32string_view text) const {
        std::u32string clean;
        clean.reserve(text.size());
        for (const char32_t code : text) {
            if (isRemoved(code)) {
                continue;
            }
            const char32_t kept = isSpace(code) ? U' ' : code;
            if (chineseCharacters && isChinese(kept)) {
                clean += {U' ', kept, U' '};
            } else {
                clean += kept;
            }
        }
        if (stripAccentsToo) {
            clean = stripAccents(clean);
        }
        return lowerCase ? toLower(clean) : clean;
    }
};

/// Words between spaces; each punctuation mark is a word of its own.
std::vector<std::u32string_view> splitWords(std::u32string_view text) {
    std::vector<std::u32string_view> words;
    std::size_t begin = 0;
    const auto finish = [&](std::size_t end) {
        if (end > begin) {
            words.push_back(text.substr(begin, end - begin));
        }
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isSpace(text[i])) {
            finish(i);
            begin = i + 1;
        } else if (isPunctuation(text[i])) {
            finish(i);
            words.push_back(text.substr(i, 1));
            begin = i + 1;
        }
    }
    finish(text.size());
    return words;
}

class WordPiece final : public Tokenizer {
public:
    WordPiece(Vocabulary vocabulary, const TokenizerOptions& options,
              const std::filesystem::path& vocabularyFile)
        : m_vocabulary(std::move(vocabulary)) {
        constexpr SpecialNames kNames{"[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"};
        m_normalizer.lowerCase = options.lowerCase.value_or(true);
        m_normalizer.chineseCharacters = options.chineseCharacters.value_or(true);
        m_normalizer.stripAccentsToo = options.stripAccents.value_or(m_normalizer.lowerCase);
        const SpecialTokens special = resolveSpecialTokens(options, kNames, m_vocabulary, vocabularyFile);
        m_added = AddedTokens(special.all, m_normalizer);
        m_framing = {special.first, special.separator, 1, 1, options.truncateLeft};
        m_pad = special.pad;
        m_unknown = special.unknown;
        m_mask = special.mask;
        for (const auto& [token, id] : m_vocabulary) {
            m_size = std::max(m_size, id + 1);
        }
        for (const AddedToken& token : special.all) {
            m_size = std::max(m_size, token.id + 1);
        }
    }

    Encoding encode(std::string_view first, std::optional<std::string_view> second,
                    std::size_t maxLength) const override {
        std::optional<std::vector<std::int64_t>> secondIds;
        if (second) {
            secondIds = idsOf(*second);
        }
        return frame(idsOf(first), std::move(secondIds), maxLength, m_framing);
    }
    std::int64_t padId() const override { return m_pad; }
    std::int64_t vocabularySize() const override { return m_size; }
    std::optional<std::int64_t> maskId() const override { return m_mask; }

private:
    std::vector<std::int64_t> idsOf(std::string_view text) const {
        std::vector<std::int64_t> ids;
        for (const AddedTokens::Piece& piece : m_added.split(decodeUtf8(text), m_normalizer)) {
            if (piece.id) {
                ids.push_back(*piece.id);
                continue;
            }
            for (const std::u32string_view word : splitWords(piece.text)) {
                appendWord(word, ids);
            }
        }
        return ids;
    }

    /// The longest token that begins the word, then the longest "##" token that goes on, and so forth; one
    /// unknown token if that ends nowhere.
    void appendWord(std::u32string_view word, std::vector<std::int64_t>& ids) const {
        const std::size_t before = ids.size();
        bool known = word.size() <= kLongestWord;
        for (std::size_t begin = 0; known && begin < word.size();) {
            const std::string prefix = begin == 0 ? "" : "##";
            known = false;
            for (std::size_t end = word.size(); end > begin; --end) {
                const auto found = m_vocabulary.find(prefix + encodeUtf8(word.substr(begin, end - begin)));
                if (found != m_vocabulary.end()) {
                    ids.push_back(found->second);
                    begin = end;
                    known = true;
                    break;
                }
            }
        }
        if (!known) {
            ids.resize(before);
            ids.push_back(m_unknown);
        }
    }

    Vocabulary m_vocabulary;
    BertNormalizer m_normalizer{};
    AddedTokens m_added;
    Framing m_framing;
    std::int64_t m_pad = 0, m_unknown = 0, m_size = 0;
    std::optional<std::int64_t> m_mask;
};

/// One token a line; a token that comes twice keeps its last line, as in transformers.
Vocabulary readVocabulary(const std::filesystem::path& path) {
    const std::string text = readWhole(path);
    Vocabulary vocabulary;
    std::int64_t line = 0;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string token = text.substr(at, end - at);
        at = end + 1;
        if (token.ends_with('\r')) {
            token.pop_back();
        }
        vocabulary[token] = line;
    }
    if (vocabulary.empty()) {
        throw Error(ErrorKind::badFile, path.string() + ": is empty; expected one token a line");
    }
    return vocabulary;
}

} // namespace

std::unique_ptr<Tokenizer> loadWordPiece(const std::filesystem::path& modelFolder) {
    const std::filesystem::path vocabularyFile = modelFolder / "vocab.txt";
    return std::make_unique<WordPiece>(readVocabulary(vocabularyFile), readTokenizerOptions(modelFolder),
                                       vocabularyFile);
}

} // namespace finescope::engine
