#include "core/engine/tokenizer/byte_bpe.h"

#include "core/engine/text_file.h"
#include "core/engine/tokenizer/framing.h"
#include "core/engine/tokenizer/tokenizer_files.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>

namespace finescope::engine {

namespace {

/// Where the word that begins at `at` ends.
std::size_t wordEnd(std::u32string_view text, std::size_t at) {
    const std::u32string_view rest = text.substr(at);
    for (const std::u32string_view contraction : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
        if (rest.starts_with(contraction)) {
            return at + contraction.size();
        }
    }
    const auto runEnd = [&](std::size_t from, auto&& belongs) {
        while (from < text.size() && belongs(text[from])) {
            ++from;
        }
        return from;
    };
    const std::size_t start = text[at] == U' ' ? at + 1 : at;
    if (start < text.size() && !isSpace(text[start])) {
        if (isLetter(text[start])) {
            return runEnd(start, isLetter);
        }
        if (isNumber(text[start])) {
            return runEnd(start, isNumber);
        }
        return runEnd(start, [](char32_t c) { return !isSpace(c) && !isLetter(c) && !isNumber(c); });
    }
    const std::size_t end = runEnd(at, isSpace);
    return end < text.size() && end - at > 1 ? end - 1 : end;
}

/// The printable character that stands for each byte in vocab.json: itself where it is printable, else 256
/// and up.
std::array<char32_t, 256> byteCharacters() {
    std::array<char32_t, 256> characters{};
    char32_t next = 256;
    for (std::size_t byte = 0; byte < characters.size(); ++byte) {
        const bool printable =
            (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
        characters[byte] = printable ? static_cast<char32_t>(byte) : next++;
    }
    return characters;
}

std::uint64_t pairKey(std::int64_t left, std::int64_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint64_t>(right);
}

struct Merge {
    std::int64_t rank, id;
};

/// Ranks and results of merges by the pair of ids that they join.
using Merges = std::unordered_map<std::uint64_t, Merge>;

/// Joins neighbours, the pair of lowest rank first and the leftmost of equals, until no pair has a merge.
class WordMerger {
public:
    WordMerger(std::vector<std::int64_t> symbols, const Merges& merges) : m_merges(merges) {
        const auto count = static_cast<std::ptrdiff_t>(symbols.size());
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            m_symbols.push_back({symbols[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1});
        }
        for (std::ptrdiff_t i = 0; i + 1 < count; ++i) {
            offer(i);
        }
    }

    void appendTo(std::vector<std::int64_t>& ids) {
        while (!m_queue.empty()) {
            const Candidate candidate = m_queue.top();
            m_queue.pop();
            if (isCurrent(candidate)) {
                join(candidate);
            }
        }
        for (std::ptrdiff_t i = m_symbols.empty() ? -1 : 0; i >= 0; i = at(i).next) {
            ids.push_back(at(i).id);
        }
    }

private:
    struct Symbol {
        std::int64_t id;
        std::ptrdiff_t previous, next;
    };
    struct Candidate {
        std::int64_t rank;
        std::ptrdiff_t left;
        std::int64_t leftId, rightId, joined;
        bool operator<(const Candidate& other) const {
            return std::pair(rank, left) > std::pair(other.rank, other.left);
        }
    };

    Symbol& at(std::ptrdiff_t i) { return m_symbols[static_cast<std::size_t>(i)]; }

    void offer(std::ptrdiff_t left) {
        if (left < 0 || at(left).next < 0) {
            return;
        }
        const std::int64_t leftId = at(left).id, rightId = at(at(left).next).id;
        const auto found = m_merges.find(pairKey(leftId, rightId));
        if (found != m_merges.end()) {
            m_queue.push({found->second.rank, left, leftId, rightId, found->second.id});
        }
    }

    /// Neither side has been joined to something else since.
    bool isCurrent(const Candidate& candidate) {
        const Symbol& left = at(candidate.left);
        return left.id == candidate.leftId && left.next >= 0 && at(left.next).id == candidate.rightId;
    }

    void join(const Candidate& candidate) {
        Symbol& left = at(candidate.left);
        Symbol& right = at(left.next);
        left.id = candidate.joined;
        left.next = right.next;
        right.id = kGone;
        if (left.next >= 0) {
            at(left.next).previous = candidate.left;
        }
        offer(left.previous);
        offer(candidate.left);
    }

    static constexpr std::int64_t kGone = -1;
    const Merges& m_merges;
    std::vector<Symbol> m_symbols;
    std::priority_queue<Candidate> m_queue;
};

class ByteBpe final : public Tokenizer {
public:
    ByteBpe(const Vocabulary& vocabulary, Merges merges, const TokenizerOptions& options,
            const std::filesystem::path& vocabularyFile)
        : m_merges(std::move(merges)), m_prefixSpace(options.addPrefixSpace.value_or(false)) {
        constexpr SpecialNames kNames{"<s>", "</s>", "<pad>", "<unk>", "<mask>"};
        const SpecialTokens special = resolveSpecialTokens(options, kNames, vocabulary, vocabularyFile);
        m_added = AddedTokens(special.all, unchanged);
        m_framing = {special.first, special.separator, 2, 0, options.truncateLeft};
        m_pad = special.pad;
        m_mask = special.mask;
        for (const auto& [token, id] : vocabulary) {
            m_size = std::max(m_size, id + 1);
        }
        for (const AddedToken& token : special.all) {
            m_size = std::max(m_size, token.id + 1);
        }
        const std::array<char32_t, 256> characters = byteCharacters();
        for (std::size_t byte = 0; byte < characters.size(); ++byte) {
            const auto found = vocabulary.find(encodeUtf8({&characters[byte], 1}));
            m_byteIds[byte] = found == vocabulary.end() ? kNoId : found->second;
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
    static constexpr std::int64_t kNoId = -1;

    static std::u32string unchanged(std::u32string_view text) { return std::u32string(text); }

    std::vector<std::int64_t> idsOf(std::string_view text) const {
        std::vector<std::int64_t> ids;
        for (AddedTokens::Piece& piece : m_added.split(decodeUtf8(text), unchanged)) {
            if (piece.id) {
                ids.push_back(*piece.id);
                continue;
            }
            if (m_prefixSpace && !piece.text.starts_with(U' ')) {
                piece.text.insert(0, 1, U' ');
            }
            for (const std::u32string_view word : splitByteLevelWords(piece.text)) {
                appendWord(encodeUtf8(word), ids);
            }
        }
        return ids;
    }

    void appendWord(const std::string& bytes, std::vector<std::int64_t>& ids) const {
        std::vector<std::int64_t> symbols;
        for (const char byte : bytes) {
            // A byte that the vocabulary lacks is dropped, as by the tokenizers package.
            const std::int64_t id = m_byteIds[static_cast<std::uint8_t>(byte)];
            if (id != kNoId) {
                symbols.push_back(id);
            }
        }
        WordMerger(std::move(symbols), m_merges).appendTo(ids);
    }

    std::array<std::int64_t, 256> m_byteIds{};
    Merges m_merges;
    AddedTokens m_added;
    Framing m_framing;
    std::int64_t m_pad = 0, m_size = 0;
    std::optional<std::int64_t> m_mask;
    bool m_prefixSpace;
};

Vocabulary readVocabulary(const std::filesystem::path& path) {
    const nlohmann::json object = readJsonObject(path);
    Vocabulary vocabulary;
    for (const auto& [token, id] : object.items()) {
        if (!id.is_number_integer() || id < 0 || id > std::numeric_limits<std::int32_t>::max()) {
            throw Error(ErrorKind::badFile, path.string() + ": token \"" + token +
                                                "\" must have an id from 0, found " + id.dump());
        }
        vocabulary.emplace(token, id.get<std::int64_t>());
    }
    return vocabulary;
}

Merges readMerges(const std::filesystem::path& path, const Vocabulary& vocabulary) {
    const std::string text = readWhole(path);
    Merges merges;
    std::int64_t line = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view merge = std::string_view(text).substr(at, end - at);
        at = end + 1;
        ++line;
        if (merge.ends_with('\r')) {
            merge.remove_suffix(1);
        }
        if (merge.starts_with("#version") || merge.empty()) {
            continue;
        }
        const auto bad = [&](const std::string& what) {
            return Error(ErrorKind::badFile, path.string() + ", line " + std::to_string(line) + ": " + what);
        };
        const std::size_t space = merge.find(' ');
        if (space == 0 || space + 1 >= merge.size() || merge.find(' ', space + 1) != std::string_view::npos) {
            throw bad("expected two tokens with one space between, found \"" + std::string(merge) + "\"");
        }
        const auto idOf = [&](const std::string& token) {
            const auto found = vocabulary.find(token);
            if (found == vocabulary.end()) {
                throw bad("\"" + token + "\" is not in vocab.json");
            }
            return found->second;
        };
        const std::string left(merge.substr(0, space)), right(merge.substr(space + 1));
        merges[pairKey(idOf(left), idOf(right))] = {line, idOf(left + right)};
    }
    return merges;
}

} // namespace

std::vector<std::u32string_view> splitByteLevelWords(std::u32string_view text) {
    std::vector<std::u32string_view> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = wordEnd(text, at);
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

std::unique_ptr<Tokenizer> loadByteBpe(const std::filesystem::path& modelFolder) {
    const std::filesystem::path vocabularyFile = modelFolder / "vocab.json";
    const Vocabulary vocabulary = readVocabulary(vocabularyFile);
    Merges merges = readMerges(modelFolder / "merges.txt", vocabulary);
    return std::make_unique<ByteBpe>(vocabulary, std::move(merges), readTokenizerOptions(modelFolder),
                                     vocabularyFile);
}

} // namespace finescope::engine
