#include "core/engine/tokenizer/pipeline.h"

#include "core/engine/tokenizer/unicode.h"

#include <algorithm>
#include <utility>

namespace finescope::engine {

namespace {

class Pipeline final : public Tokenizer {
public:
    Pipeline(TokenizerParts parts, const std::string& where) : m_parts(std::move(parts)) {
        m_normalize = [this](std::u32string_view text) { return normalized(m_parts.normalizer, text); };
        m_added = AddedTokens(m_parts.added, m_normalize, where);
        if (!m_parts.givesTypeIds) {
            m_parts.framing = m_parts.framing.withoutTypes();
        }
        m_size = static_cast<std::int64_t>(m_parts.model->size());
        for (const auto& [token, id] : m_parts.model->vocabulary()) {
            m_size = std::max(m_size, id + 1);
        }
        for (const AddedToken& token : m_parts.added) {
            m_size = std::max(m_size, token.id + 1);
        }
    }
    Pipeline(const Pipeline&) = delete; // m_normalize knows this one
    Pipeline& operator=(const Pipeline&) = delete;

    Encoding encode(std::string_view first, std::optional<std::string_view> second,
                    std::size_t maxLength) const override {
        std::optional<std::vector<std::int64_t>> secondIds;
        if (second) {
            secondIds = idsOf(*second);
        }
        return frame(idsOf(first), std::move(secondIds), maxLength, m_parts.framing);
    }
    std::int64_t padId() const override { return m_parts.padId.value_or(0); }
    std::int64_t vocabularySize() const override { return m_size; }
    std::optional<std::int64_t> maskId() const override { return m_parts.maskId; }
    std::int64_t typeCount() const override { return m_parts.framing.typeCount(); }

private:
    std::vector<std::int64_t> idsOf(std::string_view text) const {
        std::vector<std::int64_t> ids;
        for (AddedTokens::Piece& piece : m_added.split(decodeUtf8(text), m_normalize)) {
            if (piece.id) {
                ids.push_back(*piece.id);
                continue;
            }
            for (const std::u32string& word :
                 wordsOf(m_parts.preTokenizer, std::move(piece.text), piece.beginsText)) {
                m_parts.model->append(word, ids);
            }
        }
        return ids;
    }

    TokenizerParts m_parts;
    AddedTokens::Normalizer m_normalize;
    AddedTokens m_added;
    std::int64_t m_size = 0;
};

} // namespace

std::unique_ptr<Tokenizer> makeTokenizer(TokenizerParts parts, const std::string& where) {
    return std::make_unique<Pipeline>(std::move(parts), where);
}

} // namespace finescope::engine
