#pragma once

#include "core/record/run.h"

#include <filesystem>
#include <string>

namespace finescope::record {

/// Adds `/ntk/STATE` to a run file that is no longer written to, or replaces it (run-file.md, Reading). Works
/// on a copy in the same folder, which takes the file's name when it is whole and on the disk: whoever has
/// the old file open keeps it, and a failure or the end of the process leaves it as it was. Several processes
/// may add kernels to one file at once: they wait for each other by a lock on FILE.lock. In the copy the
/// marks of a writer that was killed are cleared. `runId`: of the run that the kernel is of. Throws
/// Error{badInput} for matrices that do not fit each other, a run that is still being written, or a file that
/// by now holds another run; Error{badFile} if it cannot be read; Error{internal} if the disk does not take
/// the copy.
void addKernel(const std::filesystem::path& file, const std::string& runId, const KernelState& kernel);

} // namespace finescope::record
