#include "core/engine/tokenizer/normalizer.h"

#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace finescope::engine {

namespace {

/// How much longer than a text what is made of it may be: a few replacements can make a text of any length.
constexpr std::size_t kMostGrowth = 100, kMostAdded = 10'000;

struct Apply {
    std::u32string text;
    bool lostStart = false;
    std::size_t most = kMostAdded + kMostGrowth * text.size();

    void operator()(const BertNormalization& bert) {
        noteStart([&](char32_t code) {
            return (bert.cleanUp && isRemoved(code)) || (bert.stripAccents && isMark(code));
        });
        std::u32string clean;
        clean.reserve(text.size());
        for (const char32_t code : text) {
            if (bert.cleanUp && isRemoved(code)) {
                continue;
            }
            const char32_t kept = bert.cleanUp && isSpace(code) ? U' ' : code;
            if (bert.spaceChinese && isChinese(kept)) {
                clean += {U' ', kept, U' '};
            } else {
                clean += kept;
            }
        }
        if (bert.stripAccents) {
            clean = stripAccents(clean);
        }
        text = bert.lowerCase ? toLower(clean) : std::move(clean);
    }
    void operator()(const NormalForm& form) { text = normalForm(text, form.compatible, form.composed); }
    void operator()(const Lowercasing& /*step*/) { text = toLower(text); }
    void operator()(const MarkStripping& /*step*/) { drop(isMark); }
    void operator()(const SpaceStripping& strip) {
        noteStart([&](char32_t code) { return strip.left && isSpace(code); });
        std::size_t begin = 0, end = text.size();
        while (strip.left && begin < end && isSpace(text[begin])) {
            ++begin;
        }
        while (strip.right && end > begin && isSpace(text[end - 1])) {
            --end;
        }
        text = text.substr(begin, end - begin);
    }
    void operator()(const Replacement& replacement) {
        lostStart = lostStart || (replacement.content.empty() && text.starts_with(replacement.pattern));
        std::u32string result;
        std::size_t done = 0;
        for (std::size_t at = 0; (at = text.find(replacement.pattern, done)) != std::u32string::npos;) {
            result.append(text, done, at - done).append(replacement.content);
            checkLength(result);
            done = at + replacement.pattern.size();
        }
        text = result.append(text, done);
    }
    void operator()(const PatternReplacement& replacement) {
        std::u32string result;
        for (const Stretch& stretch : replacement.pattern.stretches(text)) {
            if (stretch.match) {
                lostStart =
                    lostStart || (stretch.begin == 0 && stretch.end > 0 && replacement.content.empty());
                result.append(replacement.content);
            } else {
                result.append(text, stretch.begin, stretch.end - stretch.begin);
            }
            checkLength(result);
        }
        text = std::move(result);
    }
    void operator()(const ControlCleanUp& /*step*/) {
        drop([](char32_t code) {
            return (code >= 0x01 && code <= 0x08) || code == 0x0B || (code >= 0x0E && code <= 0x1F) ||
                   code == 0x7F || code == 0x8F || code == 0x9F;
        });
        std::ranges::replace_if(
            text,
            [](char32_t code) {
                return (code >= 0x09 && code <= 0x0D) || code == 0x1680 ||
                       (code >= 0x200B && code <= 0x200F) || code == 0x2028 || code == 0x2029 ||
                       code == 0x2581 || code == 0xFEFF || code == 0xFFFD;
            },
            U' ');
    }
    void operator()(const CharacterMap& map) {
        text = map.applied(text);
        checkLength(text);
    }
    void operator()(const Prefix& prefix) {
        if (!text.empty()) {
            text.insert(0, prefix.content);
            checkLength(text);
        }
    }

    template <typename IsDropped>
    void noteStart(IsDropped&& isDropped) {
        lostStart = lostStart || (!text.empty() && isDropped(text.front()));
    }
    template <typename IsDropped>
    void drop(IsDropped&& isDropped) {
        noteStart(isDropped);
        std::erase_if(text, isDropped);
    }
    void checkLength(const std::u32string& made) const {
        if (made.size() > most) {
            throw Error(ErrorKind::badFile, "the normalizer of tokenizer.json makes more than " +
                                                std::to_string(most) +
                                                " characters of one text; that is not a tokenizer's purpose");
        }
    }
};

} // namespace

NormalizedText normalized(const NormalizerSteps& steps, std::u32string_view text) {
    Apply apply{std::u32string(text)};
    for (const NormalizerStep& step : steps) {
        std::visit(apply, step);
    }
    return {std::move(apply.text), apply.lostStart};
}

} // namespace finescope::engine
