#include "core/engine/study/study_folder.h"

#include "core/analysis/run/run_config.h"
#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/record/run_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace finescope::engine {

namespace {

/// Where two studies differ first, in words.
std::string firstDifference(const nlohmann::ordered_json& before, const nlohmann::ordered_json& now) {
    const nlohmann::ordered_json patch = nlohmann::ordered_json::diff(before, now);
    const auto& step = patch.front();
    const std::string path = step["path"].get<std::string>();
    const std::string at = path.empty() ? path : path.substr(1);
    const nlohmann::ordered_json::json_pointer pointer(path);
    if (step["op"] == "add") {
        return at + " is new: " + step["value"].dump();
    }
    if (step["op"] == "remove") {
        return at + " is gone; it was " + before.at(pointer).dump();
    }
    return at + " was " + before.at(pointer).dump() + " and is now " + step["value"].dump();
}

/// Whether a run was made with these settings, as far as a search or a scale may change them.
bool madeWith(const record::Run& run, const Settings& settings) {
    const auto config = analysis::configOf(run);
    for (const char* key : {"batch_size", "learning_rate", "classifier_scale"}) {
        const auto wanted = settings.find(key);
        if (wanted != settings.end() && config.contains(key) && config[key] != wanted->second) {
            return false;
        }
    }
    return true;
}

} // namespace

const char* cellStateName(CellState state) {
    switch (state) {
    case CellState::missing:
        return "missing";
    case CellState::unfinished:
        return "unfinished";
    case CellState::failed:
        return "failed";
    case CellState::withoutKernel:
        return "without kernel";
    case CellState::complete:
        return "complete";
    }
    return "";
}

FileLock::FileLock(const std::filesystem::path& file)
    : m_file(file), m_descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (m_descriptor < 0) {
        throw Error(ErrorKind::internal,
                    file.string() + ": cannot be created: " + std::generic_category().message(errno) +
                        "; is there space and permission to write?");
    }
}

FileLock::~FileLock() {
    ::close(m_descriptor);
}

bool FileLock::tryLock() {
    while (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return false;
        }
        if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK) {
            return true;
        }
        if (errno != EINTR) {
            throw Error(ErrorKind::internal,
                        m_file.string() + ": cannot be locked: " + std::generic_category().message(errno));
        }
    }
    return true;
}

bool FileLock::lock(const std::stop_token& stop) {
    using namespace std::chrono_literals;
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock<std::mutex> hold(mutex);
    while (!tryLock()) {
        // Nobody tells when a lock is given up.
        if (stopped.wait_for(hold, stop, 200ms, [&] { return stop.stop_requested(); })) {
            return false;
        }
    }
    return true;
}

StudyFolder::StudyFolder(const std::filesystem::path& path)
    : m_path(std::filesystem::absolute(path).lexically_normal()) {}

std::filesystem::path StudyFolder::runFile(const StudyCell& cell) const {
    return m_path / (cell.isTuning ? "grid" : "runs") / (cell.name + ".h5");
}

std::filesystem::path StudyFolder::logFile(const StudyCell& cell) const {
    return m_path / "log" / (cell.name + ".log");
}

void StudyFolder::open(const Study& study) const {
    std::error_code error;
    for (const char* name : {"grid", "runs", "log"}) {
        if (std::filesystem::create_directories(m_path / name, error); error) {
            throw Error(ErrorKind::badInput,
                        (m_path / name).string() + ": cannot be created: " + error.message());
        }
    }
    if (!holdsStudy()) {
        const std::string text = study.document.dump(2) + '\n';
        const std::array<std::string_view, 1> parts{text};
        writeWhole(studyFile(), parts);
        return;
    }
    // The order counts: it numbers the cells.
    const auto before = nlohmann::ordered_json::parse(readWhole(studyFile()), nullptr, false);
    if (before.is_discarded()) {
        throw Error(ErrorKind::badFile, studyFile().string() + ": not JSON; is this the output of a study?");
    }
    if (before != study.document) {
        const bool onlyOrder = nlohmann::ordered_json::diff(before, study.document).empty();
        throw Error(ErrorKind::badInput, m_path.string() + ": holds another study: " +
                                             (onlyOrder ? std::string("the order of its parts differs")
                                                        : firstDifference(before, study.document)) +
                                             "; choose another --output, or continue with " +
                                             studyFile().string());
    }
}

CellState StudyFolder::stateOf(const StudyCell& cell, const Settings& settings) const {
    if (!std::filesystem::exists(runFile(cell))) {
        return CellState::missing;
    }
    try {
        const record::Run run = record::readRun(runFile(cell));
        if (!madeWith(run, settings)) {
            return CellState::unfinished;
        }
        if (run.progress.status == record::Status::failed) {
            return CellState::failed;
        }
        if (run.progress.status != record::Status::complete) {
            return CellState::unfinished;
        }
        const bool hasKernel = !cell.kernel || std::find(run.kernelStates.begin(), run.kernelStates.end(),
                                                         cell.kernelState) != run.kernelStates.end();
        return hasKernel ? CellState::complete : CellState::withoutKernel;
    } catch (const Error&) {
        return CellState::unfinished;
    }
}

} // namespace finescope::engine
