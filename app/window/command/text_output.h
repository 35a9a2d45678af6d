#pragma once

#include <filesystem>
#include <string>

namespace finescope::window {

/// What --plain-names does, for the help of commands that have it.
inline constexpr const char* kPlainNamesHelp = "CSV and Markdown: put no apostrophe before names that begin "
                                               "with =, +, - or @, which a spreadsheet would run as formulas";

/// Writes to standard output; throws Error{internal} if it does not take everything.
void printText(const std::string& text);

/// record::writeWhole of one text.
void writeTextFile(const std::filesystem::path& file, const std::string& text);

} // namespace finescope::window
