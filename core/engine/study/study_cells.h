#pragma once

#include "core/engine/study/study.h"

namespace finescope::engine {

/// One search for the best settings of a method on a task with a model. definitions.md, Grid search.
struct GridSearch {
    std::string task, model, method; ///< names in the study
    std::string catalogue;           ///< the task's name in the catalogue
    std::filesystem::path data;      ///< of the task
    std::vector<Settings> candidates;
    std::vector<std::vector<std::size_t>> cells; ///< of each candidate, one for each tuning seed
};

/// One run of a study.
struct StudyCell {
    std::size_t number = 0; ///< its index among all cells
    bool isTuning = false;
    std::string name; ///< of its run file and its log, without suffix
    std::string task, model, method;
    std::int64_t seed = 0;
    std::vector<std::string> arguments; ///< of `train`: what is the same whatever the settings are
    Settings settings;                  ///< of `train`; those of a search's winner come on top
    std::optional<Settings> kernel;     ///< of `ntk`, if the run gets one
    std::optional<std::size_t> search;  ///< whose candidate it tries, or whose winner it takes
    std::string kernelState;            ///< name of the state that `ntk` will add
};

struct StudyCells {
    std::vector<GridSearch> searches;
    std::vector<StudyCell> cells; ///< the tuning cells, then the evaluation cells; cells[k].number == k
};

/// Every run of a study, always in the same order: by task, method and model as in the file, then by
/// candidate or classifier scale, then by seed. Throws Error{badInput} if two would have the same name.
[[nodiscard]] StudyCells expandCells(const Study& study);

/// How many cells a task has with so many models.
[[nodiscard]] std::size_t cellsOf(const StudyTask& task, std::size_t models);

} // namespace finescope::engine
