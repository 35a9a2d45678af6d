#pragma once

#include "core/engine/task/task.h"

namespace finescope::engine {

/// The rows of one file as examples.
struct FileExamples {
    std::vector<Example> examples;
    std::int64_t skipped = 0;          ///< rows left out; see Task::skipsUnreadableRows
    std::int64_t abstracts = 0;        ///< 0 in formats without abstracts
    std::vector<std::string> warnings; ///< a sentence each that begins with the file
};

/// Whether a row's label is none of the task's and says that there is none (text::saysNoLabel).
[[nodiscard]] bool hasNoLabel(const Row& row, const Task& task);

/// Every row of one file of a task, in file order: its texts by the task's templates, its label by what
/// stands in the file. Rows that say the same are all kept; rows without a label are left out with a warning
/// that counts them. Throws Error{badFile} naming file, line and field, for a file without a row, and where
/// most rows have no label.
[[nodiscard]] FileExamples readExamples(const std::filesystem::path& file, const Task& task);

/// The labels that occur in a file, each once: by value where all are whole numbers, else by code point.
/// One that says that there is no label (text::saysNoLabel) is not among them. Throws as readExamples, and
/// for more than kMostClasses.
[[nodiscard]] std::vector<std::string> labelsIn(const std::filesystem::path& file, const Task& task);

} // namespace finescope::engine
