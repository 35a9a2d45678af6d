#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::text {

/// Fields between delimiters.
struct Delimited {
    char delimiter = ',';
    bool quotes = true;               ///< RFC 4180; else a quotation mark is a character like any other
    std::vector<std::string> columns; ///< of a file without a header; empty: its first row names them
};

/// The records of a delimited text one after the other. RFC 4180 where there are quotes: a field may be
/// enclosed in quotation marks and then hold delimiters, line ends and doubled quotation marks; a quotation
/// mark inside a bare field is a character like any other.
class RecordCutter {
public:
    /// `file` is for messages only.
    RecordCutter(const std::filesystem::path& file, std::string_view text, const Delimited& dialect)
        : m_file(file), m_rest(text), m_dialect(dialect) {}

    /// False after the last record. Blank lines are passed over. Throws Error{badFile} naming the line of a
    /// quotation mark that is never closed or is followed by text.
    [[nodiscard]] bool next();
    [[nodiscard]] const std::vector<std::string>& fields() const { return m_fields; }
    [[nodiscard]] std::int64_t line() const { return m_line; } ///< where the record begins, from 1

private:
    void skipBlankLines();
    [[nodiscard]] std::string quotedField();
    [[nodiscard]] std::string bareField();
    /// Takes what separates this field from the next; false at the end of the record.
    [[nodiscard]] bool takeDelimiter();

    const std::filesystem::path& m_file;
    std::string_view m_rest;
    const Delimited& m_dialect;
    std::vector<std::string> m_fields;
    std::int64_t m_line = 0;
    std::int64_t m_nextLine = 1; ///< of the first character of m_rest
};

} // namespace finescope::text
