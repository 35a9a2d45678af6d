#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// A JSON document that knows on which line each of its keys stands. The key "comment" may stand anywhere and
/// is not part of it.
struct LocatedJson {
    std::filesystem::path file;
    nlohmann::ordered_json document;
    std::map<std::string, int> lines; ///< by JSON pointer; from 1
};

/// Throws Error{badFile} naming file and line if it is missing, no JSON object, has one key twice, or is
/// longer or nested deeper than any study.
[[nodiscard]] LocatedJson readLocatedJson(const std::filesystem::path& file);

/// One value of a LocatedJson, which must outlive it. What does not fit is refused with Error{badInput}
/// "FILE, line N: a/b/c: what is wrong".
class JsonNode {
public:
    /// The whole document.
    explicit JsonNode(const LocatedJson& source);

    [[nodiscard]] const nlohmann::ordered_json& value() const { return *m_value; }
    /// "" of the document; an element of an array has the key of its array.
    [[nodiscard]] const std::string& key() const { return m_key; }
    [[nodiscard]] const std::string& pointer() const { return m_pointer; }

    [[noreturn]] void refuse(const std::string& why) const;
    /// The value as messages show it.
    [[nodiscard]] std::string found() const;

    [[nodiscard]] std::vector<JsonNode> members() const;  ///< of an object, in file order
    [[nodiscard]] std::vector<JsonNode> elements() const; ///< of an array
    [[nodiscard]] std::string text() const;               ///< a string that is not empty
    [[nodiscard]] std::int64_t wholeNumber(std::int64_t least) const;
    [[nodiscard]] double positiveNumber() const;
    /// One of `choices`.
    [[nodiscard]] std::string choice(const std::vector<std::string_view>& choices) const;

private:
    JsonNode(const LocatedJson& source, const nlohmann::ordered_json& value, std::string pointer,
             std::string key);

    const LocatedJson* m_source;
    const nlohmann::ordered_json* m_value;
    std::string m_pointer, m_key;
};

/// "a", "b" and "c".
[[nodiscard]] std::string listed(const std::vector<std::string_view>& names);

} // namespace finescope::engine
