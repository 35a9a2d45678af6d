#pragma once

#include "core/engine/task/task.h"

#include <string_view>

namespace finescope::engine {

/// Every task that can be named, in the order in which they are listed: those of the paper, the demo's, and
/// csv, tsv and jsonl, whose classes, texts and files a task.json says (see own_task.h).
[[nodiscard]] const std::vector<Task>& taskCatalogue();

/// The task of that name. Throws Error{badInput} listing the names there are.
[[nodiscard]] const Task& findTask(std::string_view name);

/// Whether the task has a training file, or (csv, tsv, jsonl) its task.json names one.
[[nodiscard]] bool canBeTrained(const Task& task);

} // namespace finescope::engine
