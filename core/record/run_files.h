#pragma once

#include "core/record/run.h"

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::record {

/// How many files and folders are looked at to find run files: "/", which anybody's recipe may name, holds
/// millions.
inline constexpr std::size_t kMostEntries = 100'000;

/// How files of predictions end, of which core/imports makes run files.
inline constexpr std::array<std::string_view, 2> kPredictionSuffixes{".npz", ".csv"};

/// Whether the name ends so, in upper or lower case; nobody looks into the file.
[[nodiscard]] bool isPredictions(const std::filesystem::path& file);

/// Files as given; a folder stands for all `*.h5` below it, sorted, hidden ones left out. No file twice.
/// Throws Error{badFile} naming what does not exist, predictions with the command that imports them, a folder
/// without run files, and the one in which more than kMostEntries, of all folders together, were seen.
[[nodiscard]] std::vector<std::filesystem::path> expandRunFiles(const std::vector<std::string>& given);

/// The same over several calls: `left` is how many entries may be looked at, and becomes how many still may.
[[nodiscard]] std::vector<std::filesystem::path> expandRunFiles(const std::vector<std::string>& given,
                                                                std::size_t& left);

/// Reads them all; throws as readRun does at the first that cannot be read.
[[nodiscard]] std::vector<Run> readRuns(const std::vector<std::filesystem::path>& files);

} // namespace finescope::record
