#include "core/engine/study/slurm.h"

#include "core/engine/shell_text.h"
#include "core/engine/text_file.h"
#include "core/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace finescope::engine {

namespace {

constexpr std::int64_t kUsualThreads = 4;

/// In an #SBATCH line.
std::string quotedForSbatch(const std::string& text) {
    std::string quoted = "\"";
    for (const char letter : text) {
        quoted += (letter == '"' || letter == '\\') ? std::string("\\") + letter : std::string(1, letter);
    }
    return quoted + '"';
}

/// Of a file name, in which % begins a pattern.
std::string withoutPatterns(const std::string& path) {
    std::string plain;
    for (const char letter : path) {
        plain += letter == '%' ? std::string("%%") : std::string(1, letter);
    }
    return plain;
}

std::int64_t threadsPerTask(const StudyCells& cells, const SlurmArray& array) {
    std::int64_t most = 0;
    for (const std::size_t number : array.cells) {
        const Settings& settings = cells.cells[number].settings;
        const auto threads = settings.find("threads");
        most =
            std::max(most, threads == settings.end() ? kUsualThreads : threads->second.get<std::int64_t>());
    }
    return most;
}

/// What a program prints, run to its end.
std::string outputOf(std::vector<std::string> command) {
    std::vector<char*> argv;
    for (std::string& word : command) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw Error(ErrorKind::internal, "cannot open a pipe: " + std::generic_category().message(errno));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t pid = -1;
    const int failure = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string text;
    std::array<char, 512> piece{};
    for (ssize_t bytes = 0; failure == 0 && (bytes = ::read(ends[0], piece.data(), piece.size())) != 0;) {
        if (bytes > 0) {
            text.append(piece.data(), static_cast<std::size_t>(bytes));
        } else if (errno != EINTR) {
            break;
        }
    }
    ::close(ends[0]);
    if (failure != 0) {
        throw Error(ErrorKind::internal,
                    command[0] + " cannot be started: " + std::generic_category().message(failure) +
                        "; submit from a machine of the cluster");
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        throw Error(ErrorKind::internal,
                    command[0] + " rejected " + command.back() + "; its own message is above");
    }
    return text;
}

} // namespace

std::string arrayRange(const std::vector<std::size_t>& numbers) {
    std::string range;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) {
            ++last;
        }
        range += (range.empty() ? "" : ",") + std::to_string(numbers[i]);
        if (last > i) {
            range += '-' + std::to_string(numbers[last]);
        }
        i = last + 1;
    }
    return range;
}

std::string slurmScript(const Study& study, const StudyCells& cells, const SlurmArray& array,
                        const StudyFolder& folder, const std::filesystem::path& program) {
    std::vector<std::pair<std::string, std::string>> options = {
        {"job-name", study.name},
        {"cpus-per-task", std::to_string(threadsPerTask(cells, array))},
        {"output", withoutPatterns((folder.path() / "log" / "slurm-").string()) + "%A_%a.log"},
        // A minute to end cleanly when the time is over.
        {"signal", "B:TERM@60"},
    };
    for (const auto& [name, value] : study.slurm) {
        const auto ours = std::find_if(options.begin(), options.end(),
                                       [&, &key = name](const auto& option) { return option.first == key; });
        if (ours != options.end()) {
            ours->second = value;
        } else {
            options.emplace_back(name, value);
        }
    }
    std::string text = "#!/bin/bash\n#SBATCH --array=" + arrayRange(array.cells) + '\n';
    for (const auto& [name, value] : options) {
        text += "#SBATCH --" + name + (value.empty() ? "" : '=' + quotedForSbatch(value)) + '\n';
    }
    text += "# One task of the array is one cell of the study; finescope-engine study --list shows them.\n";
    text +=
        "exec " + shellQuoted(program.string()) + " study " + shellQuoted(folder.studyFile().string()) +
        " \\\n    --output " + shellQuoted(folder.path().string()) +
        " \\\n    --cell \"$SLURM_ARRAY_TASK_ID\" --threads \"${SLURM_CPUS_PER_TASK:-1}\" --progress none\n";
    return text;
}

SlurmScripts writeSlurmScripts(const Study& study, const StudyCells& cells,
                               const std::vector<std::size_t>& wanted, const StudyFolder& folder,
                               const std::filesystem::path& program) {
    SlurmArray tuning{folder.path() / "tuning.sbatch", {}};
    SlurmArray evaluation{folder.path() / "study.sbatch", {}};
    for (const std::size_t number : wanted) {
        (cells.cells[number].isTuning ? tuning : evaluation).cells.push_back(number);
    }
    SlurmScripts scripts;
    for (const auto& [array, into] :
         {std::pair{&tuning, &scripts.tuning}, {&evaluation, &scripts.evaluation}}) {
        std::error_code ignored;
        std::filesystem::remove(array->script, ignored);
        if (!array->cells.empty()) {
            const std::string text = slurmScript(study, cells, *array, folder, program);
            const std::array<std::string_view, 1> parts{text};
            writeWhole(array->script, parts);
            *into = std::move(*array);
        }
    }
    return scripts;
}

std::vector<std::string> submitCommand(const SlurmArray& array, const std::string& after) {
    std::vector<std::string> command = {"sbatch", "--parsable"};
    if (!after.empty()) {
        command.push_back("--dependency=afterany:" + after);
    }
    command.push_back(array.script.string());
    return command;
}

std::string submit(const SlurmArray& array, const std::string& after) {
    const std::string said = outputOf(submitCommand(array, after));
    // "NUMBER" or "NUMBER;CLUSTER"
    const std::string number = said.substr(0, said.find_first_not_of("0123456789"));
    if (number.empty()) {
        throw Error(ErrorKind::internal,
                    "sbatch --parsable printed \"" + said + "\" instead of a job's number");
    }
    return number;
}

} // namespace finescope::engine
