#pragma once

#include "core/text/whole_file.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace finescope::engine {

using text::readWhole;

/// The JSON object in a file. Throws Error{badFile} naming the file, and line and column where it stops being
/// JSON.
[[nodiscard]] nlohmann::json readJsonObject(const std::filesystem::path& path);

/// Replaces the file by the parts one after the other: written beside it under a hidden name, then
/// renamed, so that nobody sees half a file (record::HiddenFile). Throws Error{internal} naming the file and
/// the system's reason.
void writeWhole(const std::filesystem::path& path, std::span<const std::string_view> parts);

} // namespace finescope::engine
