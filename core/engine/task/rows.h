#pragma once

#include "core/text/delimited.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace finescope::engine {

/// One JSON object a line. A field is found by its name, or by a path: "target.span1_text". A label may be a
/// string, a number, a boolean, which counts as "True" or "False", or null, which counts as "null".
struct JsonLines {};

using text::Delimited;

/// PubMed RCT: "###ID" begins an abstract, then a line "LABEL<TAB>sentence" for each sentence; an empty line
/// ends it. The fields are "label" and "sentence". definitions.md, Data sets
struct Abstracts {};

using FileFormat = std::variant<JsonLines, Delimited, Abstracts>;

/// What is wanted of each row.
struct Columns {
    std::vector<std::string> texts;
    std::string label; ///< empty: none
};

struct Row {
    std::int64_t line = 0;          ///< where it begins, from 1
    std::vector<std::string> texts; ///< in the order of Columns
    std::string label;
    std::int64_t abstract = 0; ///< from 1; 0 in formats without abstracts
};

/// Calls `onRow` with each row of a UTF-8 file in file order. A byte order mark, empty lines, and rows of a
/// table in which nothing stands are passed over; see text::LineEnd for what ends lines. Throws
/// Error{badFile} naming file and line for what is not of the format, not UTF-8 or has not the columns; an
/// Error{badFile} of `onRow` gets "FILE, line N: " before its text. Returns what the user would rather know
/// (see text::TableRows), a sentence each that begins with the file.
std::vector<std::string> readRows(const std::filesystem::path& file, const FileFormat& format,
                                  const Columns& columns, const std::function<void(Row&&)>& onRow);

} // namespace finescope::engine
