#pragma once

#include "core/engine/model/config.h"
#include "core/engine/task/task.h"
#include "core/record/run.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace finescope::engine {

/// What a run file says of how the run was made, as far as a kernel needs it: `config` of run-file.md.
struct RunSource {
    std::filesystem::path model, data;
    /// By file name in its folder; modelSha256 with the tokenizer's files.
    std::map<std::string, std::string> modelSha256, dataSha256;
    std::optional<std::filesystem::path> baseModel; ///< if `model` is an adapter
    std::map<std::string, std::string>
        baseModelSha256; ///< likewise; with the tokenizer's files if they are there
    std::string task;
    Pooling pooling = Pooling::first;
    std::int64_t maxLength = 0;
    std::optional<std::int64_t> limitTrain, limitEval;
    bool usesLora = false;
    std::int64_t loraRank = 0;
    double loraAlpha = 0;
};
/// Throws Error{badInput} if the run has no config or that of another program.
[[nodiscard]] RunSource sourceOf(const record::Run& run);

/// Where a folder of the run is now: as recorded, else where it lies as it lay to the run file, if a tree was
/// moved or copied as a whole (recorded /a/study/model, run file now /b/study/runs/r.h5: /b/study/model).
/// Nothing where neither holds the named files. Whether they are the same is for compareFiles to say.
[[nodiscard]] std::optional<std::filesystem::path> findFolder(const std::filesystem::path& recorded,
                                                              const std::map<std::string, std::string>& files,
                                                              const std::filesystem::path& runFile);

/// Called with a sentence for each thing that is not as the run recorded it; may throw.
using OnDifference = std::function<void(const std::string&)>;

/// Compares every file with the hash that the run recorded. Throws Error{badFile} for one that is missing.
void compareFiles(const RunSource& source, const OnDifference& onDifference);

/// The rows of the run's train and test splits.
struct SourceSplits {
    TaskSplit train, test;
};
/// From the data folder, cut as the run cut them, their labels compared with the recorded ones.
[[nodiscard]] SourceSplits loadSplits(const RunSource& source, const record::Run& run,
                                      const OnDifference& onDifference);

} // namespace finescope::engine
