#pragma once

#include "core/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// What the harnesses share. Each is a program of libFuzzer that hands what it is given to one reader of
/// files, through the file system as a user's file comes. A reader may refuse with an Error that is fit to be
/// shown; any other exception, a crash, a sanitizer's finding, more memory or time than the limits is a
/// failure.
namespace finescope::fuzz {

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// A folder of this process, in memory where the system has /dev/shm; removed when the process ends.
[[nodiscard]] const std::filesystem::path& scratchFolder();

/// The file of that name in scratchFolder(), holding these bytes and nothing of what it held before.
std::filesystem::path writeFile(const std::string& name, std::string_view bytes);

/// Several files out of one input: what stands below a line "=== NAME" is the file of that name, in an
/// emptied folder within scratchFolder(). Names are letters, digits, '.', '_' and '-'; other lines are
/// content.
struct Parts {
    std::filesystem::path folder;
    std::string head; ///< what stands above the first such line, without its line end
};
[[nodiscard]] Parts writeParts(std::string_view input);

/// Ends the process with a report if a message may not be shown as it is: it is empty, not UTF-8, longer than
/// 2,000 bytes, holds control characters, or says that the fault is ours.
void requireFitToShow(const Error& error);

template <typename Read>
void refusedOrRead(Read&& read) {
    try {
        read();
    } catch (const Error& error) {
        requireFitToShow(error);
    }
}

} // namespace finescope::fuzz
