#pragma once

#include "core/record/run_writer.h"

#include <filesystem>

namespace finescope::record {

/// A name `.NAME.XXXX` beside `file` that nobody uses yet. Throws Error{internal} if the folder does not
/// exist.
[[nodiscard]] std::filesystem::path hiddenName(const std::filesystem::path& file);

/// Gives the file at `hidden` its real name. Without overwrite an existing file is never touched:
/// Error{badInput}. With it the new inode replaces the old one, which whoever has it open keeps. Throws
/// Error{internal} otherwise.
void publish(const std::filesystem::path& hidden, const std::filesystem::path& file, Existing existing);

/// The Error of a file that is already there.
[[noreturn]] void refuseExisting(const std::filesystem::path& file);

} // namespace finescope::record
