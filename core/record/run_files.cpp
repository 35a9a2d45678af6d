#include "core/record/run_files.h"

#include "core/error.h"
#include "core/record/run_reader.h"
#include "core/text/wording.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <system_error>

namespace finescope::record {

namespace fs = std::filesystem;

namespace {

bool isRunFile(const fs::directory_entry& entry) {
    std::error_code ignored; // what cannot be looked at is not a run file
    return entry.is_regular_file(ignored) && entry.path().extension() == ".h5" &&
           !entry.path().filename().string().starts_with('.');
}

[[noreturn]] void refuseTooMany(const fs::path& folder) {
    throw Error(ErrorKind::badFile, folder.string() + ": more than " + std::to_string(kMostEntries) +
                                        " files and folders were found, too many to search for run files; "
                                        "name the folders that hold the runs");
}

std::vector<fs::path> below(const fs::path& folder, std::size_t& left) {
    std::vector<fs::path> files;
    try {
        for (const auto& entry :
             fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
            if (left == 0) {
                refuseTooMany(folder);
            }
            --left;
            if (isRunFile(entry)) {
                files.push_back(entry.path());
            }
        }
    } catch (const fs::filesystem_error& error) {
        throw Error(ErrorKind::badFile, folder.string() + ": " + error.code().message());
    }
    std::ranges::sort(files);
    return files;
}

} // namespace

const PredictionFormat* predictionFormat(const fs::path& file) {
    std::string suffix = file.extension().string();
    std::ranges::transform(suffix, suffix.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    const auto* const found = std::ranges::find(kPredictionFormats, suffix, &PredictionFormat::suffix);
    return found == kPredictionFormats.end() ? nullptr : found;
}

std::string predictionSuffixes(const std::string& word) {
    std::vector<std::string> suffixes;
    for (const PredictionFormat& format : kPredictionFormats) {
        suffixes.emplace_back(format.suffix);
    }
    return text::enumerated(suffixes, word);
}

std::vector<fs::path> expandRunFiles(const std::vector<std::string>& given) {
    std::size_t left = kMostEntries;
    return expandRunFiles(given, left);
}

std::vector<fs::path> expandRunFiles(const std::vector<std::string>& given, std::size_t& left) {
    std::vector<fs::path> files;
    std::set<fs::path> seen;
    const auto add = [&](const fs::path& file) {
        if (seen.insert(file).second) {
            files.push_back(file);
        }
    };
    for (const std::string& name : given) {
        std::error_code missing;
        if (!fs::is_directory(name, missing)) {
            if (!fs::exists(name, missing)) {
                throw Error(ErrorKind::badFile, name + ": no such file or folder");
            }
            if (predictionFormat(name) != nullptr) {
                throw Error(ErrorKind::badFile,
                            name + " is not a run file; make one from it: finescope-engine import " + name +
                                " --output " + name + ".h5");
            }
            add(name);
            continue;
        }
        const std::vector<fs::path> found = below(name, left);
        if (found.empty()) {
            throw Error(ErrorKind::badFile, name + ": no run files (*.h5) in this folder");
        }
        std::ranges::for_each(found, add);
    }
    return files;
}

std::vector<Run> readRuns(const std::vector<fs::path>& files) {
    std::vector<Run> runs;
    runs.reserve(files.size());
    std::ranges::transform(files, std::back_inserter(runs), readRun);
    return runs;
}

} // namespace finescope::record
