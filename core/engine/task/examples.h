#pragma once

#include "core/engine/task/task.h"

namespace finescope::engine {

/// The rows of one file as examples.
struct FileExamples {
    std::vector<Example> examples;
    std::int64_t skipped = 0;   ///< rows left out; see Task::skipsUnreadableRows
    std::int64_t abstracts = 0; ///< 0 in formats without abstracts
};

/// Every row of one file of a task, in file order: its texts by the task's templates, its label by what
/// stands in the file. Rows that say the same are all kept. Throws Error{badFile} naming file, line and
/// field, and for a file without a row.
[[nodiscard]] FileExamples readExamples(const std::filesystem::path& file, const Task& task);

/// The labels that occur in a file, each once: by value where all are whole numbers, else by code point.
/// Throws as readExamples, and for an empty label.
[[nodiscard]] std::vector<std::string> labelsIn(const std::filesystem::path& file, const Task& task);

} // namespace finescope::engine
