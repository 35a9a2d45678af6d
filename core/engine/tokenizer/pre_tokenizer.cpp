#include "core/engine/tokenizer/pre_tokenizer.h"

#include "core/engine/tokenizer/unicode.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

namespace finescope::engine {

namespace {

struct Word {
    std::u32string text;
    bool beginsText;
};
using Words = std::vector<Word>;

/// Where the word of GPT-2's split that begins at `at` ends.
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

/// A byte itself where it is printable, else 256 and up.
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

std::u32string bytesAsCharacters(std::u32string_view word) {
    std::u32string result;
    for (const char byte : encodeUtf8(word)) {
        result += byteLevelCharacters()[static_cast<std::uint8_t>(byte)];
    }
    return result;
}

/// The kind of a code point: neighbours of one kind stay together, those of kind `kDropped` are left out,
/// those of kind `kAlone` are words of their own.
enum class Kind { dropped, alone, first, second };

/// Each character that `isMatch` is a match by itself.
template <typename IsMatch>
std::vector<Stretch> stretchesAt(std::u32string_view text, IsMatch&& isMatch) {
    std::vector<Stretch> stretches;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isMatch(text[i])) {
            if (begin < i) {
                stretches.push_back({begin, i, false});
            }
            stretches.push_back({i, i + 1, true});
            begin = i + 1;
        }
    }
    if (begin < text.size()) {
        stretches.push_back({begin, text.size(), false});
    }
    return stretches;
}

struct Cut {
    const Word& word;
    Words& words;

    void operator()(const BertWords& /*step*/) const {
        cutByKind([](char32_t code) {
            return isSpace(code) ? Kind::dropped : isPunctuation(code) ? Kind::alone : Kind::first;
        });
    }
    void operator()(const ByteLevelWords& step) const {
        std::u32string prefixed = word.text;
        if (step.prefixSpace && !prefixed.starts_with(U' ')) {
            prefixed.insert(0, 1, U' ');
        }
        if (!step.cut) {
            words.push_back({bytesAsCharacters(prefixed), word.beginsText});
            return;
        }
        bool begins = word.beginsText;
        for (const std::u32string_view cut : splitByteLevelWords(prefixed)) {
            words.push_back({bytesAsCharacters(cut), std::exchange(begins, false)});
        }
    }
    void operator()(const WordRuns& /*step*/) const {
        cutByKind([](char32_t code) {
            return isWordCharacter(code) ? Kind::first : isSpace(code) ? Kind::dropped : Kind::second;
        });
    }
    void operator()(const SpaceWords& /*step*/) const {
        cutByKind([](char32_t code) { return isSpace(code) ? Kind::dropped : Kind::first; });
    }
    void operator()(const DigitRuns& step) const {
        cutByKind([&](char32_t code) {
            return !isNumber(code) ? Kind::first : step.individual ? Kind::alone : Kind::second;
        });
    }
    void operator()(const ScriptRuns& /*step*/) const {
        std::size_t begin = 0;
        int script = 0;
        for (std::size_t i = 0; i < word.text.size(); ++i) {
            const int next = scriptOf(word.text[i]);
            if (next == 0 || next == script) {
                continue;
            }
            if (script != 0) {
                add(begin, i);
            }
            begin = i;
            script = next;
        }
        if (script != 0) {
            add(begin, word.text.size());
        }
    }
    void operator()(const PunctuationMarks& step) const {
        add(wordsAt(stretchesAt(word.text, isPunctuation), step.behavior));
    }
    void operator()(const PatternSplit& step) const {
        std::vector<Stretch> stretches = step.pattern.stretches(word.text);
        for (Stretch& stretch : stretches) {
            stretch.match = stretch.match != step.inverted;
        }
        add(wordsAt(stretches, step.behavior));
    }
    void operator()(const SpaceSigns& step) const {
        std::u32string text = word.text;
        std::ranges::replace(text, U' ', step.sign);
        const bool wanted = step.prepend == SpaceSigns::Prepend::always ||
                            (step.prepend == SpaceSigns::Prepend::first && word.beginsText);
        if (wanted && !text.starts_with(step.sign)) {
            text.insert(0, 1, step.sign);
        }
        const Word signs{std::move(text), word.beginsText};
        const Cut cut{signs, words};
        cut.add(step.cut ? wordsAt(stretchesAt(signs.text, [&](char32_t code) { return code == step.sign; }),
                                   SplitBehavior::mergedWithNext)
                         : std::vector<Stretch>{{0, signs.text.size(), false}});
    }

private:
    void add(std::size_t begin, std::size_t end) const {
        if (begin < end) {
            words.push_back({word.text.substr(begin, end - begin), word.beginsText && begin == 0});
        }
    }
    void add(const std::vector<Stretch>& stretches) const {
        for (const Stretch& stretch : stretches) {
            add(stretch.begin, stretch.end);
        }
    }

    template <typename KindOf>
    void cutByKind(KindOf&& kindOf) const {
        std::size_t begin = 0;
        Kind kind = Kind::dropped;
        const auto finish = [&](std::size_t end) {
            if (kind != Kind::dropped) {
                add(begin, end);
            }
            begin = end;
        };
        for (std::size_t i = 0; i < word.text.size(); ++i) {
            const Kind next = kindOf(word.text[i]);
            if (next != kind || next == Kind::alone) {
                finish(i);
                kind = next;
            }
        }
        finish(word.text.size());
    }
};

} // namespace

const std::array<char32_t, 256>& byteLevelCharacters() {
    static const std::array<char32_t, 256> kCharacters = byteCharacters();
    return kCharacters;
}

std::vector<std::u32string_view> splitByteLevelWords(std::u32string_view text) {
    std::vector<std::u32string_view> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = wordEnd(text, at);
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

std::vector<std::u32string> wordsOf(const PreTokenizerSteps& steps, std::u32string text, bool beginsText) {
    Words words;
    if (!text.empty()) {
        words.push_back({std::move(text), beginsText});
    }
    for (const PreTokenizerStep& step : steps) {
        Words cut;
        for (const Word& word : words) {
            std::visit(Cut{word, cut}, step);
        }
        words = std::move(cut);
    }
    std::vector<std::u32string> texts;
    texts.reserve(words.size());
    for (Word& word : words) {
        texts.push_back(std::move(word.text));
    }
    return texts;
}

} // namespace finescope::engine
