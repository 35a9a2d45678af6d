#include "core/engine/tokenizer/unigram.h"

#include "core/engine/tokenizer/byte_tokens.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

namespace finescope::engine {

namespace {

constexpr double kUnknownPenalty = 10; // SentencePiece's

/// The tokens that a text begins with, found by one walk along its bytes.
class Trie {
public:
    void add(std::string_view token, std::int64_t id) {
        std::size_t node = 0;
        for (const char byte : token) {
            node = childOf(node, byte);
        }
        m_nodes[node].id = id;
    }

    /// Calls `found(length, id)` for each, the shortest first.
    template <typename Found>
    void prefixes(std::string_view text, Found&& found) const {
        std::size_t node = 0;
        for (std::size_t length = 1; length <= text.size(); ++length) {
            const auto& children = m_nodes[node].children;
            const auto child = std::ranges::lower_bound(children, text[length - 1], {}, &Child::first);
            if (child == children.end() || child->first != text[length - 1]) {
                return;
            }
            node = child->second;
            if (m_nodes[node].id >= 0) {
                found(length, m_nodes[node].id);
            }
        }
    }

private:
    using Child = std::pair<char, std::size_t>;
    struct Node {
        std::int64_t id = -1;
        std::vector<Child> children; ///< sorted by byte
    };

    std::size_t childOf(std::size_t node, char byte) {
        auto& children = m_nodes[node].children;
        const auto child = std::ranges::lower_bound(children, byte, {}, &Child::first);
        if (child != children.end() && child->first == byte) {
            return child->second;
        }
        const std::size_t made = m_nodes.size();
        children.insert(child, {byte, made});
        m_nodes.emplace_back(); // after the last use of `children`, which it may move
        return made;
    }

    std::vector<Node> m_nodes{1};
};

std::size_t bytesOfCharacter(char first) {
    const auto byte = static_cast<std::uint8_t>(first);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

class Unigram final : public SubwordModel {
public:
    Unigram(const std::vector<std::pair<std::string, double>>& tokens, const UnigramOptions& options)
        : m_options(options) {
        double least = std::numeric_limits<double>::infinity();
        for (const auto& [token, score] : tokens) {
            const auto id = static_cast<std::int64_t>(m_scores.size());
            m_vocabulary[token] = id;
            m_scores.push_back(score);
            m_tokens.add(token, id);
            least = std::min(least, score);
        }
        m_unknownScore = least - kUnknownPenalty;
        if (m_options.byteFallback) {
            m_bytes = ByteTokens(m_vocabulary);
        }
    }

    void append(std::u32string_view word, std::vector<std::int64_t>& ids) const override {
        const std::string text = encodeUtf8(word);
        for (const std::string_view piece : cut(text)) {
            const auto found = m_vocabulary.find(piece);
            if (found != m_vocabulary.end()) {
                ids.push_back(found->second);
            } else if (!m_options.byteFallback || !m_bytes.append(piece, ids)) {
                ids.push_back(unknown());
            }
        }
    }
    const Vocabulary& vocabulary() const override { return m_vocabulary; }
    std::size_t size() const override { return m_scores.size(); }

private:
    /// The best way to the place where it ends.
    struct Step {
        double score = 0;
        std::size_t begin = kNone;
        std::int64_t id = 0;
    };
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

    std::int64_t unknown() const {
        if (!m_options.unknown) {
            throw Error(ErrorKind::badInput, "the tokenizer's model has no unknown token, and a text has "
                                             "characters that none of its tokens holds");
        }
        return static_cast<std::int64_t>(*m_options.unknown);
    }

    std::vector<Step> bestSteps(const std::string& text) const {
        std::vector<Step> steps(text.size() + 1);
        for (std::size_t begin = 0, length = 0; begin < text.size(); begin += length) {
            length = bytesOfCharacter(text[begin]);
            const double before = steps[begin].score;
            const auto offer = [&](std::size_t bytes, double score, std::int64_t id) {
                Step& step = steps[begin + bytes];
                if (step.begin == kNone || score > step.score) {
                    step = {score, begin, id};
                }
            };
            bool single = false;
            m_tokens.prefixes(std::string_view(text).substr(begin), [&](std::size_t bytes, std::int64_t id) {
                offer(bytes, m_scores[static_cast<std::size_t>(id)] + before, id);
                single = single || bytes == length;
            });
            if (!single) {
                offer(length, m_unknownScore + before, unknown());
            }
        }
        return steps;
    }

    std::vector<std::string_view> cut(const std::string& text) const {
        const std::vector<Step> steps = bestSteps(text);
        std::vector<std::string_view> pieces;
        bool afterUnknown = false;
        for (std::size_t end = text.size(); end > 0;) {
            const Step& step = steps[end];
            const bool isUnknown = m_options.unknown && step.id == unknown();
            if (isUnknown && afterUnknown) {
                const std::size_t whole = pieces.back().size() + end - step.begin;
                pieces.back() = std::string_view(text).substr(step.begin, whole);
            } else {
                pieces.push_back(std::string_view(text).substr(step.begin, end - step.begin));
            }
            afterUnknown = isUnknown;
            end = step.begin;
        }
        std::ranges::reverse(pieces);
        return pieces;
    }

    Vocabulary m_vocabulary;
    std::vector<double> m_scores;
    Trie m_tokens;
    ByteTokens m_bytes;
    UnigramOptions m_options;
    double m_unknownScore = 0;
};

} // namespace

std::unique_ptr<SubwordModel> makeUnigram(const std::vector<std::pair<std::string, double>>& tokens,
                                          const UnigramOptions& options, const std::string& where) {
    if (tokens.empty()) {
        throw Error(ErrorKind::badFile, where + ": \"vocab\" is empty");
    }
    if (options.unknown && *options.unknown >= tokens.size()) {
        throw Error(ErrorKind::badFile, where + ": \"unk_id\" is " + std::to_string(*options.unknown) +
                                            ", and there are " + std::to_string(tokens.size()) + " tokens");
    }
    return std::make_unique<Unigram>(tokens, options);
}

} // namespace finescope::engine
