#pragma once

#include "core/engine/task/task.h"

#include <string_view>

namespace finescope::engine {

/// The file that describes a task of the user's own, in its data folder.
inline constexpr const char* kTaskDescription = "task.json";

/// csv, tsv and jsonl as --task names them, without what a task.json says.
[[nodiscard]] std::vector<Task> ownTaskForms();

[[nodiscard]] bool isOwnTask(std::string_view option);

/// The task that FOLDER/task.json describes, of the form csv, tsv or jsonl:
///
///     { "name": "reviews", "title": "Film reviews",
///       "files": {"train": "train.csv", "validation": "dev.csv", "test": "test.csv", "ood": {"books":
///       "b.csv"}}, "text": "review" or ["premise", "hypothesis"], "label": "stars", "classes": ["bad",
///       "good"] or {"0": "bad", "1": "good"}, "validation_fraction": 0.1, "test_fraction": 0.1,
///       "shuffle_seed": 1, "metric": "accuracy" or "matthews", "delimiter": ";", "quotes": true, "columns":
///       ["stars", "review"] }
///
/// Needed are files.train, text and label, and a test file or a test_fraction. Without a test file the last
/// test_fraction of the training rows is the test split, and without a validation file what stands before
/// that, a validation_fraction [0.1] of all, is the validation split; both are rounded up, and shuffle_seed
/// shuffles before. Without "classes" the class names are left empty (labelsIn finds them). The last three
/// keys are of csv and tsv; columns is for files without a header. Without "name" the task is called as the
/// folder. Throws Error{badFile} naming the file, the key and, for a key that is not known, its line.
[[nodiscard]] Task readOwnTask(std::string_view option, const std::filesystem::path& folder);

} // namespace finescope::engine
