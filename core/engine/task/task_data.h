#pragma once

#include "core/engine/task/task.h"

#include <string_view>

namespace finescope::engine {

/// A task as a folder holds it.
struct TaskData {
    Task task; ///< with its class names
    /// train, validation, test, then the out-of-distribution sets; of a task without a training file test
    /// alone.
    std::vector<TaskSplit> splits;
    std::vector<std::string> warnings; ///< rows left out, and the like; a sentence each
};

/// The task of that name with the files that this folder holds: of those that are published in more than one
/// way the one that is there, of the user's own what its task.json says. Does not read data files. Throws
/// Error{badInput} for a name that is not known, Error{badFile} for a folder or a task.json that cannot be
/// used.
[[nodiscard]] Task taskIn(std::string_view option, const std::filesystem::path& folder);

/// Files of the task that the folder does not hold, each once.
[[nodiscard]] std::vector<TaskFile> missingFiles(const Task& task, const std::filesystem::path& folder);

/// The task's own splits. Throws as taskIn, and Error{badFile} naming all files that are missing, or the file
/// and the line that is wrong.
[[nodiscard]] TaskData loadTask(std::string_view option, const std::filesystem::path& folder);

/// The test split of another data set in the format of `data`'s task, with its classes, as an
/// out-of-distribution split called `name`. Of the user's own tasks a task.json in that folder, if there is
/// one, says how it is read. Adds to data.splits and data.warnings. Throws as loadTask.
void addOutOfDistribution(TaskData& data, const std::string& name, const std::filesystem::path& folder);

} // namespace finescope::engine
