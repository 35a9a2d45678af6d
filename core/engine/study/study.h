#pragma once

#include "core/engine/study/study_settings.h"
#include "core/engine/train/plan.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace finescope::engine {

/// What a study file may say generally, of a task, of a method, and of a method on a task.
struct StudyLevel {
    Settings train; ///< options of `train`
    /// Settings to choose among by validation metric, each with the same keys; empty: no search.
    std::optional<std::vector<Settings>> grid;
    std::optional<std::vector<double>> classifierScales; ///< empty: unscaled
    std::optional<std::vector<std::int64_t>> seeds, tuningSeeds;
    bool wantsKernel = false;
    Settings kernel;                                      ///< options of `ntk`
    std::optional<std::vector<std::int64_t>> kernelSeeds; ///< runs that get a kernel; absent: all of them
};

struct StudyMethod {
    Method method = Method::lp;
    StudyLevel level; ///< everything inherited
};

struct StudyTask {
    std::string name;      ///< in the study
    std::string catalogue; ///< name of the task that reads its files
    std::filesystem::path data;
    std::vector<OutOfDistributionSet> outOfDistribution;
    std::vector<StudyMethod> methods;
};

struct StudyModel {
    std::string name;
    std::filesystem::path folder;
};

/// A study file, with everything inherited and every path absolute.
struct Study {
    std::string name, description;
    std::vector<StudyModel> models;
    std::vector<StudyTask> tasks;
    std::vector<std::pair<std::string, std::string>> slurm; ///< options of sbatch; the value of a flag is ""
    nlohmann::ordered_json
        document; ///< the file without its comments, paths absolute: reads as the same study
};

/// The value of an environment variable, if it is set.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] std::optional<std::string> processEnvironment(const std::string& name);

/// Reads a study file (resources/guide/guide.md, Studies). What is said of a task overrides what is said
/// generally, what is said of a method overrides that, and what is said of a method on a task overrides all;
/// a grid is overridden as a whole. Relative paths start at the file's folder; ${NAME} in a path is replaced
/// by `environment`. Looks at no folder. Throws Error{badFile} if the file is missing or no JSON,
/// Error{badInput} naming the file, the line of the key, what was found and what can be, for everything else.
[[nodiscard]] Study readStudy(const std::filesystem::path& file,
                              const EnvironmentLookup& environment = processEnvironment);

/// Throws Error{badFile} if a folder of a model, a data set or an out-of-distribution set is missing, or a
/// file of a data set.
void requireData(const Study& study);

} // namespace finescope::engine
