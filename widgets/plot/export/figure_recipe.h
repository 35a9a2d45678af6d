#pragma once

#include <filesystem>
#include <string>

namespace finescope::widgets {

/// The recipe (JSON) in a file: that of a PDF, SVG, PNG or pgfplots figure as finescope writes them, else the
/// whole file, which then is one itself. The content tells which, not the suffix. Any thread. Only regular
/// files are opened. Throws Error{badFile} if the file cannot be read or is larger than a picture may be,
/// Error{badInput} if it is a picture without a recipe or with one of more than figure::kMostRecipeBytes.
[[nodiscard]] std::string readRecipe(const std::filesystem::path& file);

} // namespace finescope::widgets
