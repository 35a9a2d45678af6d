#include "core/engine/tokenizer/json_part.h"
#include "core/engine/tokenizer/tokenizer_files.h"
#include "core/engine/tokenizer/tokenizer_json.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace finescope::engine {

namespace {

using nlohmann::json;
using text::shown;

/// How the part of a type is read.
template <typename Result>
struct PartReader {
    std::string_view type;
    void (*read)(const JsonPart& part, Result& result);
};

constexpr std::size_t kMostParts = 64;            // in a sequence with all that is in it
constexpr std::size_t kMostSpecialTokens = 1'000; // in a template

/// Reads a part by its type, or all parts of a Sequence, which `listKey` holds. `count`: those read so far.
template <typename Result, std::size_t Count>
void readPart(const json& value, const std::string& where, const char* listKey,
              const std::array<PartReader<Result>, Count>& readers, Result& result, std::size_t& count) {
    if (value.is_null()) {
        return;
    }
    const JsonPart part(value, where);
    if (++count > kMostParts) {
        throw part.bad("more than " + std::to_string(kMostParts) + " parts are not read");
    }
    const std::string type = part.type();
    if (type == "Sequence") {
        part.refuseAllBut({"type", listKey});
        std::size_t number = 0;
        for (const json& step : part.list(listKey)) {
            readPart(step, where + " " + std::to_string(++number), listKey, readers, result, count);
        }
        return;
    }
    const auto reader = std::ranges::find(readers, type, &PartReader<Result>::type);
    if (reader == readers.end()) {
        throw part.bad("the type \"" + shown(type) + "\" is not understood");
    }
    reader->read(part, result);
}

template <typename Result, std::size_t Count>
Result readParts(const json& value, const std::string& where, const char* listKey,
                 const std::array<PartReader<Result>, Count>& readers) {
    Result result;
    std::size_t count = 0;
    readPart(value, where, listKey, readers, result, count);
    return result;
}

NormalForm normalForm(const JsonPart& part, bool compatible, bool composed) {
    part.refuseAllBut({"type"});
    return {compatible, composed};
}

/// The "pattern" of a part: {"String": text} or {"Regex": expression}.
RegularExpression patternOf(const JsonPart& part) {
    const JsonPart pattern = part.object("pattern");
    pattern.refuseAllBut({"String", "Regex"});
    const bool isText = pattern.find("String") != nullptr;
    std::string text = pattern.text(isText ? "String" : "Regex");
    if (text.empty()) {
        throw part.bad("an empty \"pattern\" is not understood");
    }
    return isText ? RegularExpression::literal(std::move(text), pattern.where())
                  : RegularExpression(std::move(text), pattern.where());
}

/// The value of a key that is one of these names.
template <typename Value, std::size_t Count>
Value namedValue(const JsonPart& part, std::string_view key,
                 const std::array<std::pair<std::string_view, Value>, Count>& names) {
    const std::string text = part.text(key);
    const auto found = std::ranges::find(names, text, &std::pair<std::string_view, Value>::first);
    if (found == names.end()) {
        throw part.bad("\"" + std::string(key) + "\" is \"" + shown(text) + "\", which is not understood");
    }
    return found->second;
}

SplitBehavior behaviorOf(const JsonPart& part) {
    constexpr std::array kNames{
        std::pair<std::string_view, SplitBehavior>{"Removed", SplitBehavior::removed},
        std::pair<std::string_view, SplitBehavior>{"Isolated", SplitBehavior::isolated},
        std::pair<std::string_view, SplitBehavior>{"MergedWithPrevious", SplitBehavior::mergedWithPrevious},
        std::pair<std::string_view, SplitBehavior>{"MergedWithNext", SplitBehavior::mergedWithNext},
        std::pair<std::string_view, SplitBehavior>{"Contiguous", SplitBehavior::contiguous}};
    return namedValue(part, "behavior", kNames);
}

constexpr std::array kNormalizers = {
    PartReader<NormalizerSteps>{
        "BertNormalizer",
        [](const JsonPart& part, NormalizerSteps& steps) {
            part.refuseAllBut({"type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"});
            const bool lowerCase = part.boolean("lowercase");
            steps.emplace_back(BertNormalization{part.boolean("clean_text"),
                                                 part.boolean("handle_chinese_chars"),
                                                 part.booleanOr("strip_accents", lowerCase), lowerCase});
        }},
    PartReader<NormalizerSteps>{"NFC",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    steps.emplace_back(normalForm(part, false, true));
                                }},
    PartReader<NormalizerSteps>{"NFD",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    steps.emplace_back(normalForm(part, false, false));
                                }},
    PartReader<NormalizerSteps>{"NFKC",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    steps.emplace_back(normalForm(part, true, true));
                                }},
    PartReader<NormalizerSteps>{"NFKD",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    steps.emplace_back(normalForm(part, true, false));
                                }},
    PartReader<NormalizerSteps>{"Lowercase",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    part.refuseAllBut({"type"});
                                    steps.emplace_back(Lowercasing{});
                                }},
    PartReader<NormalizerSteps>{"StripAccents",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    part.refuseAllBut({"type"});
                                    steps.emplace_back(MarkStripping{});
                                }},
    PartReader<NormalizerSteps>{
        "Strip",
        [](const JsonPart& part, NormalizerSteps& steps) {
            part.refuseAllBut({"type", "strip_left", "strip_right"});
            steps.emplace_back(SpaceStripping{part.boolean("strip_left"), part.boolean("strip_right")});
        }},
    PartReader<NormalizerSteps>{
        "Replace",
        [](const JsonPart& part, NormalizerSteps& steps) {
            part.refuseAllBut({"type", "pattern", "content"});
            const JsonPart pattern = part.object("pattern");
            std::u32string content = decodeUtf8(part.text("content"));
            if (pattern.find("Regex") != nullptr) {
                steps.emplace_back(PatternReplacement{patternOf(part), std::move(content)});
                return;
            }
            pattern.refuseAllBut({"String"});
            Replacement step{decodeUtf8(pattern.text("String")), std::move(content)};
            if (step.pattern.empty()) {
                throw part.bad("an empty \"pattern\" is not understood");
            }
            steps.emplace_back(std::move(step));
        }},
    PartReader<NormalizerSteps>{"Nmt",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    part.refuseAllBut({"type"});
                                    steps.emplace_back(ControlCleanUp{});
                                }},
    PartReader<NormalizerSteps>{"Precompiled",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    part.refuseAllBut({"type", "precompiled_charsmap"});
                                    steps.emplace_back(
                                        CharacterMap(part.text("precompiled_charsmap"), part.where()));
                                }},
    PartReader<NormalizerSteps>{"Prepend",
                                [](const JsonPart& part, NormalizerSteps& steps) {
                                    part.refuseAllBut({"type", "prepend"});
                                    steps.emplace_back(Prefix{decodeUtf8(part.text("prepend"))});
                                }},
};

template <typename Step>
void addPlain(const JsonPart& part, PreTokenizerSteps& steps) {
    part.refuseAllBut({"type"});
    steps.emplace_back(Step{});
}

/// Files of old versions say "add_prefix_space" instead of "prepend_scheme", and "str_rep", which says again
/// what "replacement" says.
void readMetaspace(const JsonPart& part, PreTokenizerSteps& steps) {
    using enum SpaceSigns::Prepend;
    constexpr std::array kSchemes{std::pair<std::string_view, SpaceSigns::Prepend>{"never", never},
                                  std::pair<std::string_view, SpaceSigns::Prepend>{"always", always},
                                  std::pair<std::string_view, SpaceSigns::Prepend>{"first", first}};
    part.refuseAllBut({"type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"});
    const std::u32string sign = decodeUtf8(part.text("replacement"));
    if (sign.size() != 1) {
        throw part.bad("\"replacement\" must be one character");
    }
    SpaceSigns step{.sign = sign.front(), .cut = part.booleanOr("split", true)};
    if (part.find("prepend_scheme") != nullptr) {
        step.prepend = namedValue(part, "prepend_scheme", kSchemes);
    }
    if (!part.booleanOr("add_prefix_space", true)) {
        if (part.find("prepend_scheme") != nullptr && step.prepend != never) {
            throw part.bad("\"add_prefix_space\" contradicts \"prepend_scheme\"");
        }
        step.prepend = never;
    }
    steps.emplace_back(step);
}

constexpr std::array kPreTokenizers = {
    PartReader<PreTokenizerSteps>{"BertPreTokenizer", addPlain<BertWords>},
    PartReader<PreTokenizerSteps>{"Whitespace", addPlain<WordRuns>},
    PartReader<PreTokenizerSteps>{"WhitespaceSplit", addPlain<SpaceWords>},
    PartReader<PreTokenizerSteps>{"UnicodeScripts", addPlain<ScriptRuns>},
    PartReader<PreTokenizerSteps>{
        "ByteLevel",
        [](const JsonPart& part, PreTokenizerSteps& steps) {
            part.refuseAllBut({"type", "add_prefix_space", "trim_offsets", "use_regex"});
            steps.emplace_back(
                ByteLevelWords{part.boolean("add_prefix_space"), part.booleanOr("use_regex", true)});
        }},
    PartReader<PreTokenizerSteps>{"Digits",
                                  [](const JsonPart& part, PreTokenizerSteps& steps) {
                                      part.refuseAllBut({"type", "individual_digits"});
                                      steps.emplace_back(DigitRuns{part.boolean("individual_digits")});
                                  }},
    PartReader<PreTokenizerSteps>{"Punctuation",
                                  [](const JsonPart& part, PreTokenizerSteps& steps) {
                                      part.refuseAllBut({"type", "behavior"});
                                      steps.emplace_back(PunctuationMarks{part.find("behavior") == nullptr
                                                                              ? SplitBehavior::isolated
                                                                              : behaviorOf(part)});
                                  }},
    PartReader<PreTokenizerSteps>{"Split",
                                  [](const JsonPart& part, PreTokenizerSteps& steps) {
                                      part.refuseAllBut({"type", "pattern", "behavior", "invert"});
                                      steps.emplace_back(PatternSplit{patternOf(part), behaviorOf(part),
                                                                      part.booleanOr("invert", false)});
                                  }},
    PartReader<PreTokenizerSteps>{"Metaspace", readMetaspace},
};

/// The framing of the one post-processor that has one.
struct Framed {
    std::optional<Framing> framing;

    void set(const JsonPart& part, Framing value) {
        if (framing) {
            throw part.bad("a second framing by special tokens is not understood");
        }
        framing = std::move(value);
    }
};

/// ["token", id]
std::int64_t tokenId(const JsonPart& part, std::string_view key) {
    const json& pair = part.list(key);
    const std::string where = part.where() + ": \"" + std::string(key) + "\"";
    if (pair.size() != 2) {
        throw part.bad("\"" + std::string(key) + "\" must be a token and its id, found " +
                       shown(pair.dump()));
    }
    return parseTokenId(pair[1], where);
}

/// The ids of a special token; `left` is how many more the template may hold.
std::vector<std::int64_t> idsOfSpecial(const JsonPart& specials, const std::string& name, std::size_t& left) {
    if (specials.find(name) == nullptr) {
        throw specials.bad("lacks \"" + shown(name) + "\", which the template uses");
    }
    const JsonPart special = specials.object(name);
    const json& list = special.list("ids");
    if (list.size() > left) {
        throw special.bad("a template of more than " + std::to_string(kMostSpecialTokens) +
                          " special tokens is not read");
    }
    left -= list.size();
    std::vector<std::int64_t> ids;
    for (const json& id : list) {
        ids.push_back(parseTokenId(id, special.where()));
    }
    return ids;
}

std::vector<FramePart> parseTemplate(const JsonPart& part, std::string_view key) {
    using enum FramePart::What;
    std::vector<FramePart> parts;
    std::size_t left = kMostSpecialTokens;
    for (const json& value : part.list(key)) {
        const JsonPart piece(value, part.where() + ": \"" + std::string(key) + "\"");
        piece.refuseAllBut({"SpecialToken", "Sequence"});
        const bool isSpecial = piece.find("SpecialToken") != nullptr;
        const JsonPart content = piece.object(isSpecial ? "SpecialToken" : "Sequence");
        FramePart framed;
        framed.typeId = content.count("type_id");
        const std::string id = content.text("id");
        if (isSpecial) {
            framed.ids = idsOfSpecial(part.object("special_tokens"), id, left);
        } else if (id == "A" || id == "B") {
            framed.what = id == "A" ? first : second;
        } else {
            throw content.bad("\"id\" must be \"A\" or \"B\", found \"" + shown(id) + "\"");
        }
        parts.push_back(std::move(framed));
    }
    const std::ptrdiff_t ofPair = key == "pair" ? 1 : 0;
    if (std::ranges::count(parts, first, &FramePart::what) != 1 ||
        std::ranges::count(parts, second, &FramePart::what) != ofPair) {
        throw part.bad("\"" + std::string(key) + "\" must hold " +
                       (ofPair == 1 ? "the texts A and B" : "the text A and not B") + " once");
    }
    return parts;
}

constexpr std::array kPostProcessors = {
    PartReader<Framed>{"TemplateProcessing",
                       [](const JsonPart& part, Framed& framed) {
                           part.refuseAllBut({"type", "single", "pair", "special_tokens"});
                           Framing framing;
                           framing.single = parseTemplate(part, "single");
                           framing.pair = parseTemplate(part, "pair");
                           framed.set(part, std::move(framing));
                       }},
    PartReader<Framed>{"BertProcessing",
                       [](const JsonPart& part, Framed& framed) {
                           part.refuseAllBut({"type", "sep", "cls"});
                           framed.set(part, bertFraming(tokenId(part, "cls"), tokenId(part, "sep")));
                       }},
    PartReader<Framed>{"RobertaProcessing",
                       [](const JsonPart& part, Framed& framed) {
                           part.refuseAllBut({"type", "sep", "cls", "trim_offsets", "add_prefix_space"});
                           framed.set(part, robertaFraming(tokenId(part, "cls"), tokenId(part, "sep")));
                       }},
    PartReader<Framed>{"ByteLevel", // offsets alone, no ids
                       [](const JsonPart& part, Framed& /*framed*/) {
                           part.refuseAllBut({"type", "add_prefix_space", "trim_offsets", "use_regex"});
                       }},
};

} // namespace

NormalizerSteps parseNormalizer(const json& value, const std::string& where) {
    return readParts(value, where, "normalizers", kNormalizers);
}

PreTokenizerSteps parsePreTokenizer(const json& value, const std::string& where) {
    return readParts(value, where, "pretokenizers", kPreTokenizers);
}

Framing parsePostProcessor(const json& value, const std::string& where) {
    return readParts(value, where, "processors", kPostProcessors).framing.value_or(plainFraming());
}

} // namespace finescope::engine
