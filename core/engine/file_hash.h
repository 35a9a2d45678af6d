#pragma once

#include "core/analysis/compute/work_hooks.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace finescope::engine {

/// SHA-256 of a file as 64 lower-case hexadecimal digits, read in pieces. Throws Error{badFile} naming the
/// file if it cannot be read, and Error{cancelled}.
[[nodiscard]] std::string fileSha256(const std::filesystem::path& path,
                                     const analysis::WorkHooks& hooks = {});

/// By name, of files in a folder. Throws likewise.
[[nodiscard]] std::map<std::string, std::string> fileHashes(const std::filesystem::path& folder,
                                                            const std::vector<std::string>& names);

} // namespace finescope::engine
