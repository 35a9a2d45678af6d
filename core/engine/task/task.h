#pragma once

#include "core/matrix.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace finescope::engine {

/// One row of a task: one text or a pair of texts, UTF-8, and its class 0 .. C-1.
struct Example {
    std::string first;
    std::optional<std::string> second;
    std::int64_t label = 0;
};

struct TaskSplit {
    std::string
        name; ///< as in the run file: train, validation, test or the name of an out-of-distribution set
    std::string role; ///< train | validation | test | ood
    std::string task;
    std::vector<Example> examples;
};

struct TaskFile {
    std::string name;    ///< within the data folder
    std::string purpose; ///< which splits it gives
};

/// Where a task's validation split comes from.
enum class SplitRule {
    ninetyTen, ///< the last ceil(0.1 n) rows of train.jsonl; test = val.jsonl. PAPER 3.1
    ownFiles,  ///< train.jsonl, val.jsonl, test.jsonl, ood.jsonl as they are
};

/// A classification task: how its files become splits. PAPER 3.1 to 3.3.
struct Task {
    std::string name;
    std::string title;
    std::vector<std::string> classNames; ///< [C], in label order
    std::string textTemplate;            ///< what the encoder reads, in words
    std::string firstField;
    std::optional<std::string> secondField;
    SplitRule splitRule = SplitRule::ninetyTen;
    std::vector<TaskFile> files;
};

} // namespace finescope::engine
