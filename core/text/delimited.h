#pragma once

#include "core/text/data_text.h"

#include <cstdint>
#include <filesystem>
#include <optional>
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

/// More fields of a record than these are refused: a file of a few megabytes could name millions.
inline constexpr std::size_t kMostFields = 1'000'000;

/// Lines of a text from the first to the last, counted from 1.
struct LineSpan {
    std::int64_t first = 0, last = 0;
};

/// The records of a delimited text one after the other. RFC 4180 where there are quotes: a field may be
/// enclosed in quotation marks and then hold delimiters, line ends and doubled quotation marks; a quotation
/// mark inside a bare field is a character like any other. The first record's end decides what ends all of
/// them (see LineEnd).
class RecordCutter {
public:
    /// `file` is for messages only, and so is `quotesOff`: how to have quotation marks read as characters.
    RecordCutter(const std::filesystem::path& file, std::string_view text, const Delimited& dialect,
                 std::string quotesOff = {})
        : m_file(file), m_rest(text), m_dialect(dialect), m_quotesOff(std::move(quotesOff)) {}

    /// False after the last record. Blank lines are passed over. Throws Error{badFile} naming the line of a
    /// quotation mark that is never closed or is followed by text, or of a record with more than kMostFields.
    [[nodiscard]] bool next();
    [[nodiscard]] std::vector<std::string>& fields() { return m_fields; }
    [[nodiscard]] std::int64_t line() const { return m_line; } ///< where the record begins, from 1
    [[nodiscard]] std::size_t bytesLeft() const { return m_rest.size(); }

    /// Quoted fields so far that reach over a line end, which may be stray quotation marks: how many, and
    /// where the first few are.
    [[nodiscard]] std::int64_t spanningFields() const { return m_spanning; }
    [[nodiscard]] const std::vector<LineSpan>& firstSpans() const { return m_spans; }
    [[nodiscard]] const std::string& quotesOff() const { return m_quotesOff; }

private:
    [[nodiscard]] bool endsHere(std::string_view rest) const;
    void skipBlankLines();
    [[nodiscard]] std::string quotedField();
    [[nodiscard]] std::string bareField();
    /// Takes what separates this field from the next; false at the end of the record.
    [[nodiscard]] bool takeDelimiter();
    void takeLineEnd();
    [[noreturn]] void refuseQuote(std::int64_t line, const std::string& what) const;

    const std::filesystem::path& m_file;
    std::string_view m_rest;
    const Delimited& m_dialect;
    std::string m_quotesOff;
    std::vector<std::string> m_fields;
    std::optional<LineEnd> m_lineEnd; ///< nothing before the first line end outside quotation marks
    std::int64_t m_line = 0;
    std::int64_t m_nextLine = 1; ///< of the first character of m_rest
    std::int64_t m_spanning = 0;
    std::vector<LineSpan> m_spans;
};

} // namespace finescope::text
