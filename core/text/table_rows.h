#pragma once

#include "core/text/delimited.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::text {

/// The rows of a delimited text under the names of its columns, less what spreadsheets leave behind: rows in
/// which nothing stands, and fields beyond the last column in which nothing stands. A first line "sep=;" of
/// Excel is passed over.
class TableRows {
public:
    /// Reads the header, or takes the names of the dialect's columns for one. `quotesOff`: as for
    /// RecordCutter. File and dialect outlive this. Throws Error{badFile} for a text without a header, and as
    /// RecordCutter.
    TableRows(const std::filesystem::path& file, std::string_view text, const Delimited& dialect,
              std::string quotesOff = {});

    [[nodiscard]] const std::vector<std::string>& columns() const { return m_columns; }
    [[nodiscard]] std::int64_t headerLine() const { return m_headerLine; }

    /// False after the last row. Throws Error{badFile} naming the line of a row that has not one field for
    /// each column, and as RecordCutter.
    [[nodiscard]] bool next();
    /// One for every column that has a name, at the column's place; more or fewer behind the last of them.
    [[nodiscard]] const std::vector<std::string>& fields() { return m_records.fields(); }
    [[nodiscard]] std::int64_t line() const { return m_records.line(); }
    [[nodiscard]] std::size_t bytesLeft() const { return m_records.bytesLeft(); } ///< of the text

    /// What was left out and which lines quoted fields span, a sentence each; of all rows after the last.
    [[nodiscard]] std::vector<std::string> warnings() const;

private:
    void requireFit(const std::vector<std::string>& fields);

    const std::filesystem::path& m_file;
    RecordCutter m_records;
    std::vector<std::string> m_columns;
    std::vector<bool> m_idle; ///< columns without a name in which nothing has stood so far
    std::size_t m_needed = 0; ///< fields up to the last column that has a name
    std::int64_t m_headerLine = 1;
    std::size_t m_surplus = 0; ///< most empty fields beyond the last column
    std::int64_t m_emptyRows = 0;
};

/// Whether nothing stands in a field but spaces and tabs.
[[nodiscard]] bool isBlank(std::string_view field);

} // namespace finescope::text
