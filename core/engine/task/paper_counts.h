#pragma once

#include "core/engine/task/task_data.h"

namespace finescope::engine {

/// What Tomihari and Sato 2024, table 7, counts in a split: abstracts of PubMed, else rows.
[[nodiscard]] std::int64_t countOf(const TaskSplit& split);

/// The paper's count of the task's split of that name; nothing where it has none.
[[nodiscard]] const PaperCount* paperCount(const Task& task, const std::string& split);

/// How many rows a split has and how that compares with the paper, as "249 rows (as in the paper)".
[[nodiscard]] std::string describeCount(const TaskSplit& split, const Task& task);

/// The same of the task's own splits in one line.
[[nodiscard]] std::string describeCounts(const TaskData& data);

} // namespace finescope::engine
