#include "core/engine/study/cell_process.h"

#include "core/engine/child_process.h"
#include "core/engine/shell_text.h"
#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/record/hidden_file.h"

#include <cerrno>
#include <system_error>

#include <unistd.h>

namespace finescope::engine {

namespace {

constexpr int kSignalled = 128; // ChildProcess::wait

void writeLog(const FileLock& log, const std::string& text) {
    if (::write(log.descriptor(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        throw Error(ErrorKind::internal, std::string("the log of a cell cannot be written: ") +
                                             std::generic_category().message(errno) + "; is the disk full?");
    }
}

/// The last line that is not empty, without the program's name.
std::string lastLine(const std::filesystem::path& file) {
    std::string text = readWhole(file);
    text.erase(text.find_last_not_of(" \n\r") + 1);
    const std::string line = text.substr(text.rfind('\n') + 1);
    const std::string program = "finescope-engine: ";
    return line.starts_with(program) ? line.substr(program.size()) : line;
}

/// Runs one command of a cell; empty if it ended well, else why not.
std::string runCommand(const std::vector<std::string>& arguments, const FileLock& log,
                       const std::filesystem::path& logFile, const std::stop_token& stop) {
    std::string line = "$ finescope-engine";
    for (const std::string& argument : arguments) {
        line += ' ' + shellQuoted(argument);
    }
    writeLog(log, line + '\n');
    ChildProcess child(arguments, log.descriptor());
    const int status = child.wait(stop);
    if (status > kSignalled) {
        return "ended by signal " + std::to_string(status - kSignalled) +
               "; its log ends in: " + lastLine(logFile);
    }
    return status == 0 ? "" : lastLine(logFile);
}

} // namespace

std::vector<std::string> trainArguments(const StudyCell& cell, Settings settings, const StudyFolder& folder,
                                        int threads) {
    std::vector<std::string> arguments = {"train"};
    arguments.insert(arguments.end(), cell.arguments.begin(), cell.arguments.end());
    if (threads > 0) {
        settings.emplace("threads", threads);
    }
    const std::vector<std::string> options = optionsOf(settings);
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(),
                     {"--progress", "none", "--overwrite", "--output", folder.runFile(cell).string()});
    return arguments;
}

std::vector<std::string> kernelArguments(const StudyCell& cell, const StudyFolder& folder, int threads) {
    std::vector<std::string> arguments = {"ntk", folder.runFile(cell).string()};
    Settings settings = *cell.kernel;
    for (const char* shared : {"threads", "device"}) {
        if (const auto found = cell.settings.find(shared); found != cell.settings.end()) {
            settings.insert(*found);
        }
    }
    if (threads > 0) {
        settings.emplace("threads", threads);
    }
    const std::vector<std::string> options = optionsOf(settings);
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {"--progress", "none"});
    return arguments;
}

CellEnd runCellProcesses(const StudyCell& cell, const Settings& settings, const FileLock& lock,
                         const StudyFolder& folder, int threads, const std::stop_token& stop) {
    record::removeLeftovers(folder.runFile(cell)); // of a complete one, too, which nothing writes again
    const CellState before = folder.stateOf(cell, settings);
    if (before == CellState::complete) {
        return {CellEnd::How::kept, {}};
    }
    if (::ftruncate(lock.descriptor(), 0) != 0) {
        throw Error(ErrorKind::internal, folder.logFile(cell).string() + ": cannot be emptied: " +
                                             std::generic_category().message(errno));
    }
    std::string why;
    if (before != CellState::withoutKernel) {
        why = runCommand(trainArguments(cell, settings, folder, threads), lock, folder.logFile(cell), stop);
    }
    if (why.empty() && cell.kernel && !stop.stop_requested()) {
        why = runCommand(kernelArguments(cell, folder, threads), lock, folder.logFile(cell), stop);
    }
    if (why.empty() && folder.stateOf(cell, settings) == CellState::complete) {
        return {CellEnd::How::complete, {}};
    }
    if (stop.stop_requested()) {
        return {CellEnd::How::cancelled, {}};
    }
    return {CellEnd::How::failed, why.empty()
                                      ? folder.runFile(cell).string() +
                                            " is not complete although its processes ended without an error"
                                      : why};
}

} // namespace finescope::engine
