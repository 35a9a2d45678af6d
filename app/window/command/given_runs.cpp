#include "app/window/command/given_runs.h"

#include "app/window/command/probe_command.h"
#include "core/analysis/run/run_copies.h"
#include "core/error.h"
#include "core/record/file_probe.h"
#include "core/record/run_files.h"
#include "core/text/shown.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

namespace finescope::window {

namespace {

/// Names in a recipe may be anybody's.
void complain(const std::string& message) {
    std::fprintf(stderr, "finescope: %s\n", text::oneLine(message).c_str());
}

/// The files that `names` stand for, each once.
std::vector<GivenFile> expanded(const std::vector<std::string>& names) {
    std::vector<GivenFile> files;
    std::set<std::filesystem::path> known;
    std::size_t left = record::kMostEntries;
    for (const std::string& name : names) {
        try {
            for (const auto& file : record::expandRunFiles({name}, left)) {
                if (known.insert(file).second) {
                    files.push_back({.file = file});
                }
            }
        } catch (const Error& error) {
            files.push_back({.file = name, .problem = error.what()});
        }
    }
    return files;
}

/// Has the probe begin with all that can be read.
void lookAhead(const std::vector<GivenFile>& files, record::FileProbe& probe) {
    std::vector<std::filesystem::path> names;
    for (const GivenFile& given : files) {
        if (given.problem.empty()) {
            names.push_back(given.file);
        }
    }
    probe.lookAhead(names);
}

void readRunOf(GivenFile& given, record::FileProbe& probe) {
    if (!given.problem.empty()) {
        return;
    }
    try {
        given.run = probe.readRun(given.file);
    } catch (const Error& error) {
        given.problem = error.what();
    }
}

/// Leaves out what is a copy of another.
void dropCopies(std::vector<GivenFile>& files) {
    std::vector<record::Run> runs;
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < files.size(); ++place) {
        if (files[place].run) {
            runs.push_back(*files[place].run);
            places.push_back(place);
        }
    }
    const std::vector<std::size_t> originals = analysis::originals(runs);
    std::set<std::size_t> copies;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (originals[i] != i) {
            const bool sameId = runs[i].runId == runs[originals[i]].runId;
            complain(runs[i].file.string() + " is a copy of " + runs[originals[i]].file.string() +
                     (sameId ? " (the same run_id)" : " (the same settings, seed and predictions)") +
                     ": counted once");
            copies.insert(places[i]);
        }
    }
    std::vector<GivenFile> kept;
    for (std::size_t place = 0; place < files.size(); ++place) {
        if (!copies.contains(place)) {
            kept.push_back(std::move(files[place]));
        }
    }
    files = std::move(kept);
}

} // namespace

std::vector<GivenFile> readGivenFiles(const std::vector<std::string>& given) {
    std::vector<GivenFile> files = expanded(given);
    record::FileProbe probe(probeCommand());
    lookAhead(files, probe);
    for (GivenFile& file : files) {
        readRunOf(file, probe);
    }
    const auto unreadable = [](const GivenFile& file) { return !file.run; };
    if (std::ranges::all_of(files, unreadable)) {
        std::string all;
        for (const GivenFile& file : files) {
            all += (all.empty() ? "" : "; ") + file.problem;
        }
        throw Error(ErrorKind::badFile, all.empty() ? "no run files given" : all);
    }
    for (const GivenFile& file : files) {
        if (!file.run) {
            complain(file.problem);
        }
    }
    dropCopies(files);
    return files;
}

GivenRuns readGivenRuns(const std::vector<std::string>& given) {
    GivenRuns all;
    for (GivenFile& file : readGivenFiles(given)) {
        if (file.run) {
            all.runs.push_back(std::move(*file.run));
        } else {
            all.status = exitStatus(ErrorKind::internal);
        }
    }
    return all;
}

int complainOf(const std::vector<std::string>& problems) {
    for (const std::string& problem : problems) {
        complain(problem);
    }
    return problems.empty() ? 0 : exitStatus(ErrorKind::internal);
}

} // namespace finescope::window
