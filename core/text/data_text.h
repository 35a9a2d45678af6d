#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace finescope::text {

/// Throws Error{badFile} "FILE, line N: what".
[[noreturn]] void refuseLine(const std::filesystem::path& file, std::int64_t line, const std::string& what);

/// The text of a data file without its byte order mark. Throws Error{badFile} naming the line that is not
/// UTF-8.
[[nodiscard]] std::string readDataText(const std::filesystem::path& file);

/// The lines of a text one after the other, without their \n or \r\n; blank ones are passed over.
class LineCutter {
public:
    explicit LineCutter(std::string_view text) : m_rest(text) {}
    /// False after the last line.
    [[nodiscard]] bool next();
    [[nodiscard]] std::string_view line() const { return m_line; }
    [[nodiscard]] std::int64_t number() const { return m_number; } ///< from 1
    /// Whether the line before this one was blank.
    [[nodiscard]] bool followsBlank() const { return m_followsBlank; }

private:
    std::string_view m_rest, m_line;
    std::int64_t m_number = 0;
    bool m_followsBlank = false;
};

} // namespace finescope::text
