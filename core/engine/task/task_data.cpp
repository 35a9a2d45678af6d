#include "core/engine/task/task_data.h"

#include "core/engine/random_stream.h"
#include "core/engine/task/catalogue.h"
#include "core/engine/task/examples.h"
#include "core/engine/task/own_task.h"
#include "core/error.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

namespace finescope::engine {

namespace {

std::string namesOf(const std::vector<TaskFile>& files) {
    std::vector<std::string> names;
    for (const TaskFile& file : files) {
        names.push_back(file.name);
    }
    return text::listed(names);
}

void requireFiles(const Task& task, const std::filesystem::path& folder) {
    const std::vector<TaskFile> missing = missingFiles(task, folder);
    if (missing.empty()) {
        return;
    }
    std::string message = "data folder " + folder.string() + " has no " + namesOf(missing) + ", which task " +
                          text::shown(task.name) + " needs (see finescope-engine tasks --task " +
                          task.option + ")";
    if (!task.otherFiles.empty()) {
        message += "; it can also be read from " + namesOf(task.otherFiles);
    }
    throw Error(ErrorKind::badFile, message);
}

void setFoundClasses(Task& task, const std::filesystem::path& folder) {
    const auto train = std::ranges::find(task.files, "train", &TaskFile::split);
    task.classNames = labelsIn(folder / train->name, task);
    if (task.classNames.size() < 2) {
        const std::string found = task.classNames.empty()
                                      ? "no label"
                                      : "the one label \"" + text::shown(task.classNames.front()) + "\"";
        throw Error(ErrorKind::badFile,
                    (folder / train->name).string() + " has " + found +
                        ": at least two classes are needed; where -1, NA or the like is a class, the "
                        "\"classes\" of task.json must name it");
    }
    for (std::size_t i = 0; i < task.classNames.size(); ++i) {
        task.labels[task.classNames[i]] = static_cast<std::int64_t>(i);
    }
}

/// Reads files and puts their rows into splits.
class SplitReader {
public:
    SplitReader(const Task& task, const std::filesystem::path& folder, std::vector<std::string>& warnings)
        : m_task(task), m_folder(folder), m_warnings(warnings) {}

    [[nodiscard]] std::vector<TaskSplit> all() {
        std::vector<TaskSplit> splits;
        for (const TaskFile& file : m_task.files) {
            if (file.use != FileUse::split) {
                continue;
            }
            TaskSplit whole = readSplit(file);
            if (file.role != "train") {
                splits.push_back(std::move(whole));
                continue;
            }
            for (TaskSplit& part : cut(std::move(whole))) {
                splits.push_back(std::move(part));
            }
        }
        const auto place = [](const TaskSplit& split) {
            static constexpr std::string_view kOrder[] = {"train", "validation", "test", "ood"};
            return std::ranges::find(kOrder, split.role);
        };
        std::ranges::stable_sort(splits, {}, place);
        return splits;
    }

private:
    [[nodiscard]] TaskSplit readSplit(const TaskFile& file) {
        const std::filesystem::path path = m_folder / file.name;
        FileExamples read = readExamples(path, m_task);
        m_warnings.insert(m_warnings.end(), read.warnings.begin(), read.warnings.end());
        if (read.skipped > 0) {
            m_warnings.push_back(path.string() +
                                 ": rows without a text or a whole number as label, left out as "
                                 "by the paper's loader: " +
                                 std::to_string(read.skipped));
        }
        return {file.split, file.role, m_task.name, std::move(read.examples), read.abstracts};
    }

    // The training file's rows as train, validation and test, as far as they are cut from it.
    [[nodiscard]] std::vector<TaskSplit> cut(TaskSplit train) {
        std::vector<TaskSplit> parts;
        const auto ids = std::ranges::find(m_task.files, FileUse::testIds, &TaskFile::use);
        if (ids != m_task.files.end()) {
            parts.push_back(takeListed(train, *ids));
        }
        const HeldOut& held = m_task.heldOut;
        if (held.shuffleSeed) {
            RandomBits bits(streamSeed(*held.shuffleSeed, RandomStream::splitOrder));
            std::vector<Example> shuffled;
            for (const std::int64_t row :
                 shuffledRows(static_cast<std::int64_t>(train.examples.size()), bits)) {
                shuffled.push_back(std::move(train.examples[static_cast<std::size_t>(row)]));
            }
            train.examples = std::move(shuffled);
        }
        const std::size_t rows = train.examples.size();
        const std::size_t validation = partOf(rows, held.validation), test = partOf(rows, held.test);
        if (validation + test >= rows) {
            throw Error(ErrorKind::badFile, trainPath().string() + " holds " + std::to_string(rows) +
                                                " rows: too few to hold out " + std::to_string(validation) +
                                                " for validation and " + std::to_string(test) + " for test");
        }
        if (test > 0) {
            parts.push_back(takeLast(train, test, "test"));
        }
        if (validation > 0) {
            parts.push_back(takeLast(train, validation, "validation"));
        }
        parts.push_back(std::move(train));
        return parts;
    }

    [[nodiscard]] std::filesystem::path trainPath() const {
        return m_folder / std::ranges::find(m_task.files, "train", &TaskFile::split)->name;
    }

    // Rounded up; the allowance keeps 0.1 x 70 = 7.000000000000001 from becoming 8.
    static std::size_t partOf(std::size_t rows, double fraction) {
        constexpr double kRounding = 1e-6;
        return static_cast<std::size_t>(std::ceil(static_cast<double>(rows) * fraction - kRounding));
    }

    [[nodiscard]] TaskSplit takeLast(TaskSplit& train, std::size_t count, const char* name) const {
        TaskSplit part{name, name, train.task, {}, 0};
        const auto first = train.examples.end() - static_cast<std::ptrdiff_t>(count);
        part.examples.assign(std::make_move_iterator(first), std::make_move_iterator(train.examples.end()));
        train.examples.erase(first, train.examples.end());
        return part;
    }

    // Ids that occur in several rows take all of them, as the published scripts do.
    [[nodiscard]] TaskSplit takeListed(TaskSplit& train, const TaskFile& idFile) {
        using Ids = std::vector<std::string>;
        const std::filesystem::path idPath = m_folder / idFile.name;
        std::vector<Ids> rowIds;
        readRows(trainPath(), m_task.format, {m_task.idFields, m_task.labelField}, [&](Row&& row) {
            if (!hasNoLabel(row, m_task)) { // as the examples
                rowIds.push_back(std::move(row.texts));
            }
        });
        const std::set<Ids> known(rowIds.begin(), rowIds.end());
        std::set<Ids> listed;
        readRows(idPath, Delimited{'\t', false, m_task.idFields}, {m_task.idFields, {}}, [&](Row&& row) {
            if (!known.contains(row.texts)) {
                throw Error(ErrorKind::badFile, "no row of " + trainPath().string() + " has these ids");
            }
            listed.insert(std::move(row.texts));
        });
        TaskSplit test{"test", "test", train.task, {}, 0};
        std::vector<Example> rest;
        for (std::size_t i = 0; i < rowIds.size(); ++i) {
            (listed.contains(rowIds[i]) ? test.examples : rest).push_back(std::move(train.examples[i]));
        }
        train.examples = std::move(rest);
        if (test.examples.size() != listed.size()) {
            m_warnings.push_back(trainPath().string() + ": the " + std::to_string(listed.size()) +
                                 " ids of " + idFile.name + " occur in " +
                                 std::to_string(test.examples.size()) + " rows; all of them are test rows");
        }
        return test;
    }

    const Task& m_task;
    const std::filesystem::path& m_folder;
    std::vector<std::string>& m_warnings;
};

// A class without a training row has no best classifier row: probing would push its bias down for ever.
void warnOfEmptyClasses(TaskData& data) {
    const auto train = std::ranges::find(data.splits, "train", &TaskSplit::role);
    if (train == data.splits.end()) {
        return;
    }
    std::vector<bool> occurs(data.task.classNames.size());
    for (const Example& example : train->examples) {
        occurs[static_cast<std::size_t>(example.label)] = true;
    }
    std::vector<std::string> absent;
    for (std::size_t i = 0; i < occurs.size(); ++i) {
        if (!occurs[i]) {
            absent.push_back(data.task.classNames[i]);
        }
    }
    constexpr std::size_t kMostSentences = 12; // more classes are told in one
    const std::string beginning = "task " + text::shown(data.task.name) + ": no row of train is of class ";
    if (absent.size() > kMostSentences) {
        data.warnings.push_back(beginning + text::listed(absent));
        return;
    }
    for (const std::string& name : absent) {
        data.warnings.push_back(beginning + text::shown(name));
    }
}

// The labels of a task.json elsewhere as the classes of `task`, which stay what they are.
void takeClasses(Task& there, const Task& task, const std::filesystem::path& folder) {
    if (there.classNames.empty()) {
        there.labels = task.labels;
    } else {
        std::map<std::string_view, std::int64_t> places;
        for (std::size_t i = 0; i < task.classNames.size(); ++i) {
            places.emplace(task.classNames[i], static_cast<std::int64_t>(i));
        }
        for (auto& [label, number] : there.labels) {
            const std::string& name = there.classNames[static_cast<std::size_t>(number)];
            const auto found = places.find(name);
            if (found == places.end()) {
                throw Error(ErrorKind::badFile, (folder / kTaskDescription).string() + ": class " +
                                                    text::shown(name) + " is no class of task " +
                                                    text::shown(task.name));
            }
            number = found->second;
        }
    }
    there.classNames = task.classNames;
    there.name = task.name;
}

// What the folder's test split is read from and how, for a run of `task`.
Task testElsewhere(const Task& task, const std::filesystem::path& folder) {
    const bool described = isOwnTask(task.option) && std::filesystem::exists(folder / kTaskDescription);
    Task there = described || !isOwnTask(task.option) ? taskIn(task.option, folder) : task;
    if (described) {
        takeClasses(there, task, folder);
    }
    const bool hasTest = std::ranges::find(there.files, "test", &TaskFile::split) != there.files.end();
    if (!hasTest && isOwnTask(task.option) && !described) {
        throw Error(ErrorKind::badFile, "data folder " + folder.string() + ": task " + task.name +
                                            " has no test file to look for there; put a " + kTaskDescription +
                                            " into that folder");
    }
    std::erase_if(there.files, [&](const TaskFile& file) {
        return file.use == FileUse::split ? file.split != (hasTest ? "test" : "train")
                                          : file.use == FileUse::description;
    });
    return there;
}

} // namespace

Task taskIn(std::string_view option, const std::filesystem::path& folder) {
    const Task& known = findTask(option);
    if (!std::filesystem::is_directory(folder)) {
        throw Error(ErrorKind::badFile, "data folder " + folder.string() +
                                            " does not exist: --data needs the folder with " +
                                            known.files.front().name + " of task " + known.name);
    }
    if (isOwnTask(option)) {
        requireFiles(known, folder);
        return readOwnTask(option, folder);
    }
    Task task = known;
    const auto present = [&](const std::vector<TaskFile>& files) {
        return std::ranges::count_if(
            files, [&](const TaskFile& file) { return std::filesystem::exists(folder / file.name); });
    };
    if (present(task.otherFiles) > present(task.files)) {
        std::swap(task.files, task.otherFiles);
    }
    return task;
}

std::vector<TaskFile> missingFiles(const Task& task, const std::filesystem::path& folder) {
    std::vector<TaskFile> missing;
    std::set<std::string_view> seen;
    for (const TaskFile& file : task.files) {
        if (seen.insert(file.name).second && !std::filesystem::exists(folder / file.name)) {
            missing.push_back(file);
        }
    }
    return missing;
}

TaskData loadTask(std::string_view option, const std::filesystem::path& folder) {
    TaskData data;
    data.task = taskIn(option, folder);
    requireFiles(data.task, folder);
    if (data.task.classNames.empty()) {
        setFoundClasses(data.task, folder);
    }
    data.splits = SplitReader(data.task, folder, data.warnings).all();
    warnOfEmptyClasses(data);
    return data;
}

void addOutOfDistribution(TaskData& data, const std::string& name, const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Error(ErrorKind::badFile,
                    "--ood " + name + "=" + folder.string() + ": this folder does not exist");
    }
    const Task there = testElsewhere(data.task, folder);
    requireFiles(there, folder);
    std::vector<TaskSplit> splits = SplitReader(there, folder, data.warnings).all();
    TaskSplit& split = *std::ranges::find(splits, "test", &TaskSplit::role);
    split.name = name;
    split.role = "ood";
    data.splits.push_back(std::move(split));
}

} // namespace finescope::engine
