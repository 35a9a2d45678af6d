#include "core/engine/train/output_places.h"

#include "core/error.h"
#include "core/record/hidden_file.h"

#include <cerrno>
#include <system_error>

#include <unistd.h>

namespace finescope::engine {

void refuseOutputEarly(const TrainPlan& plan) {
    const std::filesystem::path folder =
        plan.output.has_parent_path() ? plan.output.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder)) {
        throw Error(ErrorKind::badInput, "--output " + plan.output.string() + ": folder " + folder.string() +
                                             " does not exist; create it first");
    }
    record::removeLeftovers(plan.output);
    if (!plan.overwrite && std::filesystem::exists(std::filesystem::symlink_status(plan.output))) {
        throw Error(ErrorKind::badInput, "--output " + plan.output.string() +
                                             " exists already; choose another name or give --overwrite");
    }
}

void makeCheckpointFolder(const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (!failure && ::access(folder.c_str(), W_OK) != 0) {
        failure = {errno, std::generic_category()};
    }
    if (failure) {
        throw Error(ErrorKind::badInput, "--save-checkpoint " + folder.string() +
                                             ": this folder cannot be written (" + failure.message() +
                                             "); choose another one");
    }
}

} // namespace finescope::engine
