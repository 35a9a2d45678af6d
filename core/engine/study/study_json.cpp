#include "core/engine/study/study_json.h"

#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/text/json.h"
#include "core/text/shown.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

namespace finescope::engine {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kComment = "comment";

// The longest study is a few pages. Each key is kept with the way to it, which its depth multiplies.
constexpr text::JsonLimits kStudyLimits{std::size_t{1} << 20U, 16, 1000};
constexpr std::size_t kLongestKey = 200;

std::string place(const std::filesystem::path& file, int line) {
    return file.string() + ", line " + std::to_string(line) + ": ";
}

std::string memberOf(const std::string& pointer, const std::string& name) {
    return pointer + '/' + nlohmann::detail::escape(name);
}

/// "tasks/cb/seeds" of a pointer, each key as messages show it.
std::string shownWay(const std::string& pointer) {
    std::string way;
    for (std::size_t begin = 1, end = 0; end != std::string::npos; begin = end + 1) {
        end = pointer.find('/', begin);
        way += (way.empty() ? "" : "/") + text::shown(pointer.substr(begin, end - begin));
    }
    return way;
}

/// Hands the parser the text, and counts the lines that it has taken.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, int& line) : m_at(at), m_line(&line) {}
    reference operator*() const { return *m_at; }
    CountingIterator& operator++() {
        *m_line += *m_at == '\n' ? 1 : 0;
        ++m_at;
        return *this;
    }
    CountingIterator operator++(int) {
        CountingIterator before = *this;
        ++*this;
        return before;
    }
    bool operator==(const CountingIterator& other) const { return m_at == other.m_at; }
    bool operator!=(const CountingIterator& other) const { return m_at != other.m_at; }

private:
    const char* m_at;
    int* m_line;
};

/// Listens to the parser for keys. A key is told when its closing quote has been read and nothing more: the
/// count is of its line.
class KeyLines : public nlohmann::json_sax<Json> {
public:
    KeyLines(LocatedJson& into, const int& line) : m_into(into), m_line(line) {}

    bool key(string_t& name) override {
        if (name.size() > kLongestKey) {
            throw Error(ErrorKind::badFile, place(m_into.file, m_line) + "the key \"" + text::shown(name) +
                                                "\" has " + std::to_string(name.size()) +
                                                " bytes, more than the " + std::to_string(kLongestKey) +
                                                " that are read");
        }
        Level& level = m_levels.back();
        level.current = memberOf(level.pointer, name);
        const auto [at, isNew] = m_into.lines.emplace(level.current, m_line);
        if (!isNew && name != kComment) {
            throw Error(ErrorKind::badFile, place(m_into.file, m_line) + "\"" + text::shown(name) +
                                                "\" is listed twice; it was on line " +
                                                std::to_string(at->second) + " before");
        }
        return true;
    }
    bool start_object(std::size_t) override { return open(false); }
    bool start_array(std::size_t) override { return open(true); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool null() override { return next(); }
    bool boolean(bool) override { return next(); }
    bool number_integer(number_integer_t) override { return next(); }
    bool number_unsigned(number_unsigned_t) override { return next(); }
    bool number_float(number_float_t, const string_t&) override { return next(); }
    bool string(string_t&) override { return next(); }
    bool binary(binary_t&) override { return next(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        throw Error(ErrorKind::badFile, m_into.file.string() + ": not JSON: " + error.what());
    }

private:
    struct Level {
        std::string pointer;
        std::string current; ///< of the member or element that comes next
        bool isArray = false;
        std::size_t element = 0;
    };

    bool next() {
        if (!m_levels.empty() && m_levels.back().isArray) {
            Level& level = m_levels.back();
            level.current = memberOf(level.pointer, std::to_string(++level.element));
        }
        return true;
    }
    bool open(bool isArray) {
        const std::string pointer = m_levels.empty() ? "" : m_levels.back().current;
        m_levels.push_back({pointer, isArray ? memberOf(pointer, "0") : "", isArray, 0});
        return true;
    }
    bool close() {
        m_levels.pop_back();
        return next();
    }

    LocatedJson& m_into;
    const int& m_line;
    std::vector<Level> m_levels;
};

void dropComments(Json& value) {
    if (value.is_object()) {
        value.erase(kComment);
    }
    if (value.is_structured()) {
        for (Json& part : value) {
            dropComments(part);
        }
    }
}

} // namespace

LocatedJson readLocatedJson(const std::filesystem::path& file) {
    LocatedJson located{file, {}, {}};
    const std::string text = readWhole(file);
    text::checkJson(text, file.string(), kStudyLimits);
    int line = 1;
    KeyLines listener(located, line);
    Json::sax_parse(CountingIterator(text.data(), line), CountingIterator(text.data() + text.size(), line),
                    &listener);
    located.document = Json::parse(text);
    if (!located.document.is_object()) {
        throw Error(ErrorKind::badFile, file.string() + ": expected a JSON object, found " +
                                            std::string(located.document.type_name()));
    }
    dropComments(located.document);
    return located;
}

JsonNode::JsonNode(const LocatedJson& source) : JsonNode(source, source.document, "", "") {}

JsonNode::JsonNode(const LocatedJson& source, const Json& value, std::string pointer, std::string key)
    : m_source(&source), m_value(&value), m_pointer(std::move(pointer)), m_key(std::move(key)) {}

void JsonNode::refuse(const std::string& why) const {
    // An element of an array stands, as far as is known, where its array does.
    int line = 1;
    for (std::string at = m_pointer; !at.empty(); at.resize(at.rfind('/'))) {
        if (const auto found = m_source->lines.find(at); found != m_source->lines.end()) {
            line = found->second;
            break;
        }
    }
    throw Error(ErrorKind::badInput, place(m_source->file, line) +
                                         (m_pointer.empty() ? "" : shownWay(m_pointer) + ": ") +
                                         text::oneLine(why)); // which may hold what the file says
}

std::string JsonNode::found() const {
    return text::shown(m_value->dump());
}

std::vector<JsonNode> JsonNode::members() const {
    if (!m_value->is_object()) {
        refuse("expected an object {...}, found " + found());
    }
    std::vector<JsonNode> nodes;
    for (const auto& [name, member] : m_value->items()) {
        nodes.push_back(JsonNode(*m_source, member, memberOf(m_pointer, name), name));
    }
    return nodes;
}

std::vector<JsonNode> JsonNode::elements() const {
    if (!m_value->is_array()) {
        refuse("expected a list [...], found " + found());
    }
    std::vector<JsonNode> nodes;
    for (std::size_t i = 0; i < m_value->size(); ++i) {
        nodes.push_back(JsonNode(*m_source, (*m_value)[i], memberOf(m_pointer, std::to_string(i)), m_key));
    }
    return nodes;
}

std::string JsonNode::text() const {
    if (!m_value->is_string() || m_value->get_ref<const std::string&>().empty()) {
        refuse("expected a text in quotes, found " + found());
    }
    return m_value->get<std::string>();
}

std::int64_t JsonNode::wholeNumber(std::int64_t least) const {
    const bool isWhole = m_value->is_number_integer() &&
                         (!m_value->is_number_unsigned() || m_value->get<std::uint64_t>() <= INT64_MAX);
    if (!isWhole || m_value->get<std::int64_t>() < least) {
        refuse("expected a whole number of at least " + std::to_string(least) + ", found " + found());
    }
    return m_value->get<std::int64_t>();
}

double JsonNode::positiveNumber() const {
    if (!m_value->is_number() || !(m_value->get<double>() > 0) || !std::isfinite(m_value->get<double>())) {
        refuse("expected a number above 0, found " + found());
    }
    return m_value->get<double>();
}

std::string JsonNode::choice(const std::vector<std::string_view>& choices) const {
    const std::string chosen = text();
    if (std::find(choices.begin(), choices.end(), chosen) == choices.end()) {
        refuse("\"" + text::shown(chosen) + "\" is not one of " + listed(choices));
    }
    return chosen;
}

std::string listed(const std::vector<std::string_view>& names) {
    std::string list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        list += i == 0 ? "" : i + 1 == names.size() ? " and " : ", ";
        list += names[i];
    }
    return list;
}

} // namespace finescope::engine
