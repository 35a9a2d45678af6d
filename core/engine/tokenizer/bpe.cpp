#include "core/engine/tokenizer/bpe.h"

#include "core/engine/text_file.h"
#include "core/engine/tokenizer/byte_tokens.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <queue>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

std::uint64_t pairKey(std::int64_t left, std::int64_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint64_t>(right);
}

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

constexpr std::int64_t kNoId = -1;

class Bpe final : public SubwordModel {
public:
    Bpe(Vocabulary vocabulary, Merges merges, const BpeOptions& options, std::int64_t unknown)
        : m_vocabulary(std::move(vocabulary)), m_merges(std::move(merges)), m_options(options),
          m_unknown(unknown) {
        for (const auto& [token, id] : m_vocabulary) {
            const std::u32string text = decodeUtf8(token);
            if (text.size() == 1) {
                m_characters.emplace(text.front(), id);
            }
        }
        for (std::size_t code = 0; code < m_first.size(); ++code) {
            const auto found = m_characters.find(static_cast<char32_t>(code));
            m_first[code] = found == m_characters.end() ? kNoId : found->second;
        }
        if (m_options.byteFallback) {
            m_bytes = ByteTokens(m_vocabulary);
        }
    }

    void append(std::u32string_view word, std::vector<std::int64_t>& ids) const override {
        if (m_options.ignoreMerges) {
            const auto whole = m_vocabulary.find(encodeUtf8(word));
            if (whole != m_vocabulary.end()) {
                ids.push_back(whole->second);
                return;
            }
        }
        std::vector<std::int64_t> symbols;
        symbols.reserve(word.size());
        bool unknown = false; // one is still to come: the bytes of the next characters go before it
        for (const char32_t code : word) {
            const std::int64_t id = idOf(code);
            if (id == kNoId && m_options.byteFallback && m_bytes.append(encodeUtf8({&code, 1}), symbols)) {
                continue;
            }
            if (unknown && (id != kNoId || !m_options.fuseUnknown)) {
                symbols.push_back(m_unknown);
            }
            if (id != kNoId) {
                symbols.push_back(id);
            }
            unknown = id == kNoId && m_unknown != kNoId;
        }
        if (unknown) {
            symbols.push_back(m_unknown);
        }
        WordMerger(std::move(symbols), m_merges).appendTo(ids);
    }
    const Vocabulary& vocabulary() const override { return m_vocabulary; }

private:
    std::int64_t idOf(char32_t code) const {
        if (code < m_first.size()) {
            return m_first[code];
        }
        const auto found = m_characters.find(code);
        return found == m_characters.end() ? kNoId : found->second;
    }

    Vocabulary m_vocabulary;
    std::unordered_map<char32_t, std::int64_t> m_characters; ///< tokens of one character
    std::array<std::int64_t, 0x180> m_first{};               ///< the same for those that stand for bytes
    Merges m_merges;
    ByteTokens m_bytes;
    BpeOptions m_options;
    std::int64_t m_unknown;
};

} // namespace

void addMerge(Merges& merges, std::string_view left, std::string_view right, std::int64_t rank,
              const Vocabulary& vocabulary, const std::string& where) {
    const auto idOf = [&](std::string_view token) {
        const auto found = vocabulary.find(token);
        if (found == vocabulary.end()) {
            throw Error(ErrorKind::badFile,
                        where + ": \"" + text::shown(token) + "\" is not in the vocabulary");
        }
        return found->second;
    };
    merges[pairKey(idOf(left), idOf(right))] = {rank, idOf(std::string(left).append(right))};
}

std::unique_ptr<SubwordModel> makeBpe(Vocabulary vocabulary, Merges merges, const BpeOptions& options,
                                      const std::string& where) {
    std::int64_t unknown = kNoId;
    if (!options.unknown.empty()) {
        const auto found = vocabulary.find(options.unknown);
        if (found == vocabulary.end()) {
            throw Error(ErrorKind::badFile, where + ": the unk_token \"" + text::shown(options.unknown) +
                                                "\" is not in the vocabulary");
        }
        unknown = found->second;
    }
    return std::make_unique<Bpe>(std::move(vocabulary), std::move(merges), options, unknown);
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
        const std::string where = path.string() + ", line " + std::to_string(line);
        const std::size_t space = merge.find(' ');
        if (space == 0 || space + 1 >= merge.size() || merge.find(' ', space + 1) != std::string_view::npos) {
            throw Error(ErrorKind::badFile, where + ": expected two tokens with one space between, found \"" +
                                                text::shown(merge) + "\"");
        }
        addMerge(merges, merge.substr(0, space), merge.substr(space + 1), line, vocabulary, where);
    }
    return merges;
}

} // namespace finescope::engine
