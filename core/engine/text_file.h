#pragma once

#include "core/record/hidden_file.h"
#include "core/text/whole_file.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace finescope::engine {

using record::writeWhole;
using text::readWhole;

/// The JSON object in a file. Throws Error{badFile} naming the file, and line and column where it stops being
/// JSON.
[[nodiscard]] nlohmann::json readJsonObject(const std::filesystem::path& path);

} // namespace finescope::engine
