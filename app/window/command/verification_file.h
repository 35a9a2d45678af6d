#pragma once

#include "core/analysis/theory/theory_laboratory.h"

#include <filesystem>

namespace finescope::window {

/// What the linear laboratory measured, from the output of `finescope-engine verify --json`. Throws
/// Error{badFile} if the file cannot be read, and as analysis::laboratoryFromJson.
[[nodiscard]] analysis::TheoryLaboratory readLaboratory(const std::filesystem::path& file);

} // namespace finescope::window
