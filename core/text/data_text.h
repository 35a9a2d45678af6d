#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace finescope::text {

/// Throws Error{badFile} "FILE, line N: what".
[[noreturn]] void refuseLine(const std::filesystem::path& file, std::int64_t line, const std::string& what);

/// The text of a data file without its byte order mark. Throws Error{badFile} naming the format if it is one
/// that is no text (binaryInPlaceOfText), else the line that is not UTF-8 or holds a character of value 0.
[[nodiscard]] std::string readDataText(const std::filesystem::path& file);

/// What ends the lines of a text. The first line end that a text has decides it for all of them.
enum class LineEnd {
    lineFeed,       ///< \n or \r\n; a \r alone is a character like any other
    carriageReturn, ///< \r alone, as old spreadsheets write; then \n and \r\n end lines, too
};

[[nodiscard]] LineEnd lineEndOf(std::string_view text);

/// How many lines end in a part of a text.
[[nodiscard]] std::int64_t countLineEnds(std::string_view text, LineEnd end);

/// The lines of a text one after the other, without their ends; blank ones are passed over.
class LineCutter {
public:
    explicit LineCutter(std::string_view text)
        : m_rest(text), m_ends(lineEndOf(text) == LineEnd::lineFeed ? "\n" : "\r\n") {}
    /// False after the last line.
    [[nodiscard]] bool next();
    [[nodiscard]] std::string_view line() const { return m_line; }
    [[nodiscard]] std::int64_t number() const { return m_number; } ///< from 1
    /// Whether the line before this one was blank.
    [[nodiscard]] bool followsBlank() const { return m_followsBlank; }

private:
    std::string_view m_rest, m_line;
    std::string_view m_ends; ///< any of these characters ends a line
    std::int64_t m_number = 0;
    bool m_followsBlank = false;
};

} // namespace finescope::text
