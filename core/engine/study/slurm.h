#pragma once

#include "core/engine/study/study_cells.h"
#include "core/engine/study/study_folder.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace finescope::engine {

/// A job array of Slurm: one task for each of the cells.
struct SlurmArray {
    std::filesystem::path script;
    std::vector<std::size_t> cells; ///< ascending
};

/// The scripts of a study's cells, written into its folder.
struct SlurmScripts {
    std::optional<SlurmArray> tuning, evaluation; ///< tuning.sbatch, study.sbatch
};

/// The array specification of ascending numbers: "0-3,7".
[[nodiscard]] std::string arrayRange(const std::vector<std::size_t>& numbers);

/// The text of an array script. Each task runs `program study STUDY --output FOLDER --cell N`. The study's
/// own options of sbatch come on top of ours: job name, CPUs per task (the most threads that a cell names,
/// else 4), and where the output goes.
[[nodiscard]] std::string slurmScript(const Study& study, const StudyCells& cells, const SlurmArray& array,
                                      const StudyFolder& folder, const std::filesystem::path& program);

/// Writes the scripts of the cells among `wanted` and removes old ones. Throws Error{internal} if they cannot
/// be written.
[[nodiscard]] SlurmScripts writeSlurmScripts(const Study& study, const StudyCells& cells,
                                             const std::vector<std::size_t>& wanted,
                                             const StudyFolder& folder, const std::filesystem::path& program);

/// The command line that submits a script: after the job `after` has ended, however it did, if there is one.
/// An evaluation cell makes sure itself that all tuning cells have been computed.
[[nodiscard]] std::vector<std::string> submitCommand(const SlurmArray& array, const std::string& after);

/// Submits a script with sbatch and returns the job's number. Throws Error{internal} if sbatch is missing or
/// refuses.
[[nodiscard]] std::string submit(const SlurmArray& array, const std::string& after);

} // namespace finescope::engine
