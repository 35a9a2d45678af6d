#pragma once

#include "core/engine/task/rows.h"
#include "core/engine/task/text_template.h"
#include "core/matrix.h"

#include <cstdint>
#include <filesystem>
#include <map>
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
    std::int64_t abstracts = 0; ///< that the examples come from; 0 in formats without abstracts
};

/// What a file of a task is read for.
enum class FileUse {
    split,       ///< its rows are a split, or (train) the splits that are cut from it
    testIds,     ///< rows of the training file with these ids are the test split
    description, ///< task.json
};

struct TaskFile {
    std::string name;    ///< within the data folder
    std::string purpose; ///< which splits it gives, for people
    FileUse use = FileUse::split;
    std::string split, role; ///< of FileUse::split: as in TaskSplit
};

/// What the encoder reads of a row.
struct TaskText {
    TextTemplate first;
    std::optional<TextTemplate> second;
    bool lowerCase = false;
};

/// What is cut off the end of the training file. definitions.md, Data sets
struct HeldOut {
    double validation = 0, test = 0;         ///< fractions of its rows, each rounded up
    std::optional<std::int64_t> shuffleSeed; ///< puts the rows in random order before
};

/// By which score on the validation split the best epoch is chosen. definitions.md, Task metric
enum class SelectionMetric { accuracy, matthews };

/// Rows of a split (of PubMed: abstracts) in Tomihari and Sato 2024, table 7.
struct PaperCount {
    std::string split;
    std::int64_t printed = 0;
    std::int64_t published =
        0; ///< of the published file, where the paper prints another number; else as printed
};

/// A classification task: how its files become splits. definitions.md, Data sets.
struct Task {
    std::string option; ///< what --task names it by: its name, or the format of a task of the user's own
    std::string name;   ///< as in the run file
    std::string title;
    std::vector<std::string> classNames;        ///< [C], in label order; empty: found in the training file
    std::map<std::string, std::int64_t> labels; ///< what stands in the files -> class
    TaskText text;
    std::string labelField;
    FileFormat format;
    std::vector<TaskFile> files;
    std::vector<TaskFile> otherFiles;  ///< another way in which it is published; empty: there is one only
    std::vector<std::string> idFields; ///< that FileUse::testIds lists
    HeldOut heldOut;
    bool skipsUnreadableRows = false; ///< as the paper's loader does for BOSS: definitions.md, Data sets
    SelectionMetric metric = SelectionMetric::accuracy;
    std::vector<PaperCount> paperCounts;
};

} // namespace finescope::engine
