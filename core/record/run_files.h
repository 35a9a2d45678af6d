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

/// A format of predictions, of which core/imports makes run files.
struct PredictionFormat {
    std::string_view suffix, description; ///< ".npz" "of NumPy"
};
/// All of them. The readers are those of core/imports/raw_predictions.cpp, in the same order.
inline constexpr std::array kPredictionFormats{PredictionFormat{".npz", "of NumPy"},
                                               PredictionFormat{".csv", "with a header"}};

/// The format whose suffix the name has, in upper or lower case; null where it is none. Nobody looks into the
/// file.
[[nodiscard]] const PredictionFormat* predictionFormat(const std::filesystem::path& file);
/// ".npz and .csv" with the word "and".
[[nodiscard]] std::string predictionSuffixes(const std::string& word);

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
