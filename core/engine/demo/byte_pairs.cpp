#include "core/engine/demo/byte_pairs.h"

#include "core/engine/text_file.h"

#include <nlohmann/json.hpp>

#include <cctype>
#include <map>

namespace finescope::engine {

namespace {

using Symbols = std::vector<std::string>;
using Pair = std::pair<std::string, std::string>;

// The printable character, in UTF-8, that stands for a byte in vocab.json. Radford et al. 2019.
std::vector<std::string> byteSymbols() {
    std::vector<std::string> symbols;
    unsigned next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
        const unsigned code = printable ? byte : next++;
        if (code < 128) {
            symbols.emplace_back(1, static_cast<char>(code));
        } else {
            symbols.push_back(
                {static_cast<char>(0xC0U | (code >> 6U)), static_cast<char>(0x80U | (code & 0x3FU))});
        }
    }
    return symbols;
}

// Words as GPT-2's split sees them in such texts: a run of letters or of other signs, with the space before
// it.
std::map<std::string, long> countWords(const std::vector<std::string>& texts) {
    std::map<std::string, long> counts;
    const auto isLetter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
    for (const std::string& text : texts) {
        for (std::size_t begin = 0; begin < text.size();) {
            std::size_t end = begin + (text[begin] == ' ' ? 1 : 0);
            const bool letters = end < text.size() && isLetter(text[end]);
            while (end < text.size() && text[end] != ' ' && isLetter(text[end]) == letters) {
                ++end;
            }
            ++counts[text.substr(begin, end - begin)];
            begin = end;
        }
    }
    return counts;
}

void writeText(const std::filesystem::path& file, const std::string& text) {
    const std::string_view whole = text;
    writeWhole(file, {&whole, 1});
}

void mergeIn(Symbols& symbols, const Pair& pair) {
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
        if (symbols[i] == pair.first && symbols[i + 1] == pair.second) {
            symbols[i] += symbols[i + 1];
            symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        }
    }
}

} // namespace

BytePairs learnBytePairs(const std::vector<std::string>& texts, std::size_t merges) {
    const std::vector<std::string> bytes = byteSymbols();
    std::vector<std::pair<Symbols, long>> words;
    for (const auto& [word, count] : countWords(texts)) {
        Symbols symbols;
        for (const char c : word) {
            symbols.push_back(bytes[static_cast<unsigned char>(c)]);
        }
        words.emplace_back(std::move(symbols), count);
    }
    BytePairs learnt;
    learnt.tokens = {"<s>", "<pad>", "</s>", "<unk>"};
    learnt.tokens.insert(learnt.tokens.end(), bytes.begin(), bytes.end());
    while (learnt.merges.size() < merges) {
        std::map<Pair, long> pairs;
        for (const auto& [symbols, count] : words) {
            for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
                pairs[{symbols[i], symbols[i + 1]}] += count;
            }
        }
        Pair best;
        long most = 1;
        for (const auto& [pair, count] : pairs) {
            if (count > most) {
                most = count;
                best = pair;
            }
        }
        if (most < 2) {
            break;
        }
        for (auto& [symbols, count] : words) {
            mergeIn(symbols, best);
        }
        learnt.tokens.push_back(best.first + best.second);
        learnt.merges.push_back(std::move(best));
    }
    learnt.tokens.emplace_back("<mask>");
    return learnt;
}

void writeBytePairs(const BytePairs& pairs, const std::filesystem::path& folder) {
    nlohmann::ordered_json vocabulary = nlohmann::ordered_json::object();
    for (std::size_t id = 0; id < pairs.tokens.size(); ++id) {
        vocabulary[pairs.tokens[id]] = id;
    }
    std::string merges = "#version: 0.2\n";
    for (const Pair& pair : pairs.merges) {
        merges += pair.first + " " + pair.second + "\n";
    }
    const nlohmann::ordered_json options = {{"tokenizer_class", "RobertaTokenizer"},
                                            {"add_prefix_space", false}};
    writeText(folder / "vocab.json", vocabulary.dump() + "\n");
    writeText(folder / "merges.txt", merges);
    writeText(folder / "tokenizer_config.json", options.dump(2) + "\n");
}

} // namespace finescope::engine
