#pragma once

#include "core/engine/task/task.h"

#include <string_view>

namespace finescope::engine {

/// Every task that can be trained by name, in the order in which they are listed.
[[nodiscard]] const std::vector<Task>& taskCatalogue();

/// The task of that name. Throws Error{badInput} listing the names there are.
[[nodiscard]] const Task& findTask(std::string_view name);

/// The task's own splits: train, validation, test, then its out-of-distribution splits, in file order.
/// Throws Error{badFile} naming the folder, the file or the line.
[[nodiscard]] std::vector<TaskSplit> loadTask(const Task& task, const std::filesystem::path& folder);

/// The test split of another data set in the format of `task`, as an out-of-distribution split called `name`.
[[nodiscard]] TaskSplit loadOutOfDistribution(const Task& task, const std::string& name,
                                              const std::filesystem::path& folder);

} // namespace finescope::engine
