#include "app/engine/tasks_command.h"

#include "core/engine/task/catalogue.h"
#include "core/engine/task/paper_counts.h"
#include "core/error.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace finescope::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostListed = 100; // classes
using engine::Task;
using engine::TaskFile;

/// A task and what a data folder holds of it.
struct Found {
    Task task; ///< as the folder has it, where it can be told
    std::vector<TaskFile> missing;
    std::optional<engine::TaskData> data; ///< where no file is missing
    std::string failure;                  ///< why the files cannot be used; empty: they can
};

Found lookInto(const Task& task, const std::filesystem::path& folder) {
    Found found{task, engine::missingFiles(task, folder), std::nullopt, {}};
    try {
        found.task = engine::taskIn(task.option, folder);
        found.missing = engine::missingFiles(found.task, folder);
        if (found.missing.empty()) {
            found.data = engine::loadTask(task.option, folder);
            found.task = found.data->task;
        }
    } catch (const Error& error) {
        found.failure = found.missing.empty() ? error.what() : "";
    }
    return found;
}

bool isMissing(const Found& found, const TaskFile& file) {
    return std::ranges::find(found.missing, file.name, &TaskFile::name) != found.missing.end();
}

std::vector<std::string> templatesOf(const Task& task) {
    std::vector<std::string> templates;
    if (!task.text.first.fields().empty()) {
        templates.push_back(task.text.first.pattern());
    }
    if (task.text.second) {
        templates.push_back(task.text.second->pattern());
    }
    return templates;
}

std::string metricName(const Task& task) {
    return task.metric == engine::SelectionMetric::matthews ? "matthews" : "accuracy";
}

void printTask(const Task& task) {
    using text::shown; // a task.json's names may be of any length and hold control characters
    std::cout << shown(task.name) << "  " << shown(task.title);
    std::cout << (task.name == task.option ? "\n" : " (--task " + task.option + ")\n");
    const auto printFiles = [](const char* title, const std::vector<TaskFile>& files) {
        for (const TaskFile& file : files) {
            std::cout << (&file == &files.front() ? title : "           ") << text::shown(file.name) << ": "
                      << file.purpose << '\n';
        }
    };
    printFiles("  files    ", task.files);
    printFiles("        or ", task.otherFiles);
    std::cout << "  classes  ";
    std::vector<std::string> classes;
    for (std::size_t i = 0; i < task.classNames.size(); ++i) {
        classes.push_back(std::to_string(i) + ' ' + task.classNames[i]);
    }
    std::cout << text::listed(classes, kMostListed);
    std::cout << (task.classNames.empty() ? "as task.json says, or as found in the training file" : "");
    const std::vector<std::string> templates = templatesOf(task);
    std::cout << "\n  text     " << (templates.empty() ? "as task.json says" : shown(templates.front()));
    if (templates.size() > 1) {
        std::cout << "\n  and      " << shown(templates[1]);
    }
    std::cout << (task.text.lowerCase ? ", in lower case" : "") << "\n  best by  " << metricName(task)
              << " on validation\n";
}

void printData(const Found& found) {
    for (const TaskFile& file : found.task.files) {
        std::cout << (&file == &found.task.files.front() ? "  data     " : "           ")
                  << text::shown(file.name) << (isMissing(found, file) ? ": missing\n" : ": there\n");
    }
    if (found.data) {
        for (const engine::TaskSplit& split : found.data->splits) {
            std::cout << "           " << text::shown(split.name) << ": "
                      << engine::describeCount(split, found.task) << '\n';
        }
        for (const std::string& warning : found.data->warnings) {
            std::cout << "  note     " << warning << '\n';
        }
    }
    if (!found.failure.empty()) {
        std::cout << "  unusable " << found.failure << '\n';
    }
}

Json describeFiles(const std::vector<TaskFile>& files) {
    Json list = Json::array();
    for (const TaskFile& file : files) {
        list.push_back({{"name", file.name}, {"purpose", file.purpose}});
    }
    return list;
}

Json describe(const Task& task) {
    Json counts = Json::object();
    for (const engine::PaperCount& count : task.paperCounts) {
        counts[count.split] = count.printed;
    }
    return {{"task", task.option},
            {"name", task.name},
            {"title", task.title},
            {"classes", task.classNames},
            {"text", templatesOf(task)},
            {"lower_case", task.text.lowerCase},
            {"metric", metricName(task)},
            {"files", describeFiles(task.files)},
            {"other_files", describeFiles(task.otherFiles)},
            {"paper_counts", std::move(counts)}};
}

Json describeData(const Found& found, const std::filesystem::path& folder) {
    Json there = Json::array(), missing = Json::array(), splits = Json::array();
    for (const TaskFile& file : found.task.files) {
        (isMissing(found, file) ? missing : there).push_back(file.name);
    }
    for (std::size_t i = 0; found.data && i < found.data->splits.size(); ++i) {
        const engine::TaskSplit& split = found.data->splits[i];
        const engine::PaperCount* paper = engine::paperCount(found.task, split.name);
        splits.push_back(
            {{"name", split.name},
             {"role", split.role},
             {"rows", split.examples.size()},
             {"abstracts", split.abstracts > 0 ? Json(split.abstracts) : Json(nullptr)},
             {"as_in_paper", paper ? Json(engine::countOf(split) == paper->printed) : Json(nullptr)},
             {"count", engine::describeCount(split, found.task)}});
    }
    return {{"folder", folder.string()},
            {"there", std::move(there)},
            {"missing", std::move(missing)},
            {"splits", std::move(splits)},
            {"notes", found.data ? Json(found.data->warnings) : Json::array()},
            {"error", found.failure.empty() ? Json(nullptr) : Json(found.failure)}};
}

struct TasksOptions {
    std::string task, data;
    bool json = false;
};

int tasks(const TasksOptions& options) {
    std::vector<Task> chosen = engine::taskCatalogue();
    if (!options.task.empty()) {
        chosen = {engine::findTask(options.task)};
    }
    if (!options.data.empty() && !std::filesystem::is_directory(options.data)) {
        throw Error(ErrorKind::badFile, "--data " + options.data + ": this folder does not exist");
    }
    Json all = Json::array();
    for (const Task& task : chosen) {
        std::optional<Found> found;
        if (!options.data.empty()) {
            found = lookInto(task, options.data);
        }
        const Task& known = found ? found->task : task;
        if (options.json) {
            Json object = describe(known);
            if (found) {
                object["data"] = describeData(*found, options.data);
            }
            all.push_back(std::move(object));
        } else {
            printTask(known);
            if (found) {
                printData(*found);
            }
            std::cout << '\n';
        }
    }
    if (options.json) {
        // A folder's name need not be UTF-8.
        std::cout << all.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    }
    if (!options.task.empty() && !options.data.empty()) {
        static_cast<void>(engine::loadTask(options.task, options.data)); // says what is amiss, if anything
    }
    return 0;
}

} // namespace

Command tasksCommand() {
    return {"tasks", "List all tasks with their files, classes and text", [](CLI::App& app) {
                auto options = std::make_shared<TasksOptions>();
                app.add_option("--task", options->task, "Only this task")->type_name("NAME");
                app.add_option("--data", options->data,
                               "Report which files this folder holds and how many rows each split has; with "
                               "--task, fail if it is not usable")
                    ->type_name("DIR");
                app.add_flag("--json", options->json, "One JSON array instead of text");
                return [options](const CommandContext&) { return tasks(*options); };
            }};
}

} // namespace finescope::app
