#pragma once

#include "core/record/run.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace finescope::window {

/// One of the files that a command was given, or that lies in a folder it was given.
struct GivenFile {
    std::filesystem::path file{};
    std::optional<record::Run> run{}; ///< nullopt: cannot be read
    std::string problem{};            ///< why
};

/// Reads all files; a folder stands for the run files below it. One that cannot be read does not hide the
/// others: it is named on standard error. A copy of another run (analysis::originals) is left out and named
/// there, too. Throws Error{badFile} with the first problem if nothing can be read.
[[nodiscard]] std::vector<GivenFile> readGivenFiles(const std::vector<std::string>& given);

/// The runs of a command, and whether all is well with them.
struct GivenRuns {
    std::vector<record::Run> runs;
    int status = 0; ///< the command's exit status: 1 if a file was left out
};

/// Those of readGivenFiles() that could be read.
[[nodiscard]] GivenRuns readGivenRuns(const std::vector<std::string>& given);

/// Names on standard error what could not be computed; the exit status of the command that goes on without
/// it.
[[nodiscard]] int complainOf(const std::vector<std::string>& problems);

} // namespace finescope::window
