#pragma once

#include "core/engine/task/task.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>

namespace finescope::engine {

/// Calls `onRow` with each JSON object of a JSON Lines file and its line number (from 1). Lines end in \n or
/// \r\n only; empty lines and a byte order mark are passed over. Throws Error{badFile} as "FILE, line N: ..."
/// for a missing file, a line that is no JSON object or not UTF-8; an Error{badFile} of `onRow` gets the same
/// prefix.
void readJsonLines(const std::filesystem::path& file,
                   const std::function<void(const nlohmann::json&)>& onRow);

/// The examples of one file of a task, in file order: its fields by name, its label by class name (booleans
/// count as "True" and "False"). Throws Error{badFile} naming file, line and field.
[[nodiscard]] std::vector<Example> readExamples(const std::filesystem::path& file, const Task& task);

} // namespace finescope::engine
