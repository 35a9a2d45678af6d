#include "core/text/json.h"

#include "core/error.h"
#include "core/text/shown.h"
#include "core/text/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace finescope::text {

namespace {

using Json = nlohmann::json;

/// What messages begin with, and the number of the text's first line.
struct Where {
    const std::string& file;
    std::int64_t firstLine = 1;
};

/// Throws with the place of byte `at`.
[[noreturn]] void refuse(std::string_view text, const Where& where, std::size_t at, const std::string& what) {
    const auto before = text.substr(0, at);
    const auto line = where.firstLine + std::ranges::count(before, '\n');
    const auto start = before.rfind('\n');
    const auto inLine = before.substr(start == std::string_view::npos ? 0 : start + 1);
    const auto isContinuation = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; };
    const auto column = 1 + std::ssize(inLine) - std::ranges::count_if(inLine, isContinuation);
    throw Error(ErrorKind::badFile, where.file + ", line " + std::to_string(line) + ", column " +
                                        std::to_string(column) + ": " + what);
}

/// Looks at brackets, commas and strings only, before anything is built: the parser itself knows no limits.
void refuseTooMuch(std::string_view text, const Where& where, const JsonLimits& limits) {
    if (text.size() > limits.bytes) {
        throw Error(ErrorKind::badFile, where.file + ": " + std::to_string(text.size()) +
                                            " bytes of JSON, more than the " + std::to_string(limits.bytes) +
                                            " that are read");
    }
    struct Level {
        bool isObject;
        std::size_t members;
    };
    std::vector<Level> levels;
    std::size_t pairs = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            i += c == '\\' ? 1 : 0;
            inString = c != '"';
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            if (levels.size() == limits.depth) {
                refuse(text, where, i,
                       "arrays and objects are nested deeper than the " + std::to_string(limits.depth) +
                           " levels that are read");
            }
            levels.push_back({c == '{', 1});
        } else if ((c == ']' || c == '}') && !levels.empty()) {
            levels.pop_back();
        } else if (c == ',' && !levels.empty() && levels.back().isObject) {
            pairs += levels.back().members;
            if (++levels.back().members > limits.members) {
                refuse(text, where, i,
                       "an object has more than the " + std::to_string(limits.members) +
                           " keys that are read");
            }
            if (pairs > limits.pairsOfKeys) {
                refuse(text, where, i,
                       "too many large objects: their keys make more than the " +
                           std::to_string(limits.pairsOfKeys) + " pairs that are compared");
            }
        }
    }
}

/// Keeps where and why the parser stopped, and nothing else.
class Stop : public nlohmann::json_sax<Json> {
public:
    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(number_integer_t /*value*/) override { return true; }
    bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
    bool string(string_t& /*value*/) override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool start_object(std::size_t /*size*/) override { return true; }
    bool key(string_t& /*name*/) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t /*size*/) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) override {
        read = position;
        lastToken = token;
        overflows = dynamic_cast<const Json::out_of_range*>(&error) != nullptr;
        return false;
    }

    std::size_t read = 0; ///< bytes taken when it stopped
    std::string lastToken;
    bool overflows = false;
};

[[noreturn]] void refuseSyntax(std::string_view text, const Where& where) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        throw Error(ErrorKind::badFile, where.file + ": is empty, expected JSON");
    }
    if (const auto bad = firstIllFormed(text)) {
        refuse(text, where, *bad, "not UTF-8; save the text in that encoding");
    }
    Stop stop;
    Json::sax_parse(text.begin(), text.end(), &stop);
    if (stop.overflows) {
        refuse(text, where, stop.read - std::min(stop.read, stop.lastToken.size()),
               "the number " + shown(stop.lastToken) + " is too large for a double");
    }
    if (stop.read > text.size()) {
        refuse(text, where, text.size(), "not JSON: it ends too early; was the file cut short?");
    }
    const auto at = stop.read == 0 ? 0 : stop.read - 1;
    refuse(text, where, at, "not JSON: unexpected \"" + shown(text.substr(at, 20)) + "\"");
}

template <typename Document>
Document parse(std::string_view text, const Where& where, const JsonLimits& limits) {
    refuseTooMuch(text, where, limits);
    try {
        return Document::parse(text.begin(), text.end());
    } catch (const nlohmann::detail::exception&) {
        refuseSyntax(text, where);
    }
}

} // namespace

Json parseJson(std::string_view text, const std::string& where, const JsonLimits& limits,
               std::int64_t firstLine) {
    return parse<Json>(text, {where, firstLine}, limits);
}

nlohmann::ordered_json parseOrderedJson(std::string_view text, const std::string& where,
                                        const JsonLimits& limits) {
    return parse<nlohmann::ordered_json>(text, {where}, limits);
}

void checkJson(std::string_view text, const std::string& where, const JsonLimits& limits) {
    refuseTooMuch(text, {where}, limits);
    if (!Json::accept(text.begin(), text.end())) {
        refuseSyntax(text, {where});
    }
}

} // namespace finescope::text
