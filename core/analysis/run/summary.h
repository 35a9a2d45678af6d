#pragma once

#include "core/record/run.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>

namespace finescope::analysis {

/// The object that `finescope summary --json` prints for one run (definitions.md, Summary). A number that
/// does not exist is null, never 0; where one exists but cannot be computed, `not_computed` says why: an
/// object of reasons by place, as "splits.test" for all numbers of that split or
/// "classifier.weight_norm.final" for one. Absent if there is nothing to say. Reads through run.parts.
[[nodiscard]] nlohmann::ordered_json summarise(const record::Run& run, int binCount = 15);

/// The object of a file that cannot be read: every key, no number, and the reason as `not_computed.file`.
[[nodiscard]] nlohmann::ordered_json summariseUnreadable(const std::filesystem::path& file,
                                                         const std::string& why);

} // namespace finescope::analysis
