#include "core/engine/tokenizer/word_piece.h"

#include "core/engine/text_file.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

class WordPiece final : public SubwordModel {
public:
    WordPiece(Vocabulary vocabulary, WordPieceOptions options, std::int64_t unknown)
        : m_vocabulary(std::move(vocabulary)), m_options(std::move(options)), m_unknown(unknown) {
        for (const auto& [token, id] : m_vocabulary) {
            m_longest = std::max(m_longest, token.size());
        }
    }

    void append(std::u32string_view word, std::vector<std::int64_t>& ids) const override {
        const std::size_t before = ids.size();
        bool known = word.size() <= m_options.longestWord;
        for (std::size_t begin = 0; known && begin < word.size();) {
            known = false;
            std::string token = begin == 0 ? std::string() : m_options.continuation;
            std::vector<std::size_t> ends; // of each longer beginning of `token`, in bytes
            for (std::size_t end = begin; end < word.size() && token.size() <= m_longest; ++end) {
                appendUtf8(token, word[end]);
                ends.push_back(token.size());
            }
            for (; !ends.empty(); ends.pop_back()) {
                const auto found = m_vocabulary.find(std::string_view(token).substr(0, ends.back()));
                if (found != m_vocabulary.end()) {
                    ids.push_back(found->second);
                    begin += ends.size();
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
    const Vocabulary& vocabulary() const override { return m_vocabulary; }

private:
    Vocabulary m_vocabulary;
    WordPieceOptions m_options;
    std::int64_t m_unknown;
    std::size_t m_longest = 0; ///< bytes of the longest token
};

} // namespace

std::unique_ptr<SubwordModel> makeWordPiece(Vocabulary vocabulary, WordPieceOptions options,
                                            const std::string& where) {
    const auto unknown = vocabulary.find(options.unknown);
    if (unknown == vocabulary.end()) {
        throw Error(ErrorKind::badFile, where + ": the unk_token \"" + text::shown(options.unknown) +
                                            "\" is not in the vocabulary");
    }
    const std::int64_t id = unknown->second;
    return std::make_unique<WordPiece>(std::move(vocabulary), std::move(options), id);
}

Vocabulary readVocabularyLines(const std::filesystem::path& path) {
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

} // namespace finescope::engine
