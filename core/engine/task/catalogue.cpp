#include "core/engine/task/catalogue.h"

#include "core/engine/task/readers.h"
#include "core/error.h"

#include <algorithm>

namespace finescope::engine {

namespace {

// Label order and templates: PAPER 3.2.
std::vector<Task> makeCatalogue() {
    const std::vector<TaskFile> superGlue = {
        {"train.jsonl", "train (first 90 % of the rows) and validation (last 10 %)"},
        {"val.jsonl", "test"},
    };
    return {
        {"cb",
         "CommitmentBank (SuperGLUE)",
         {"entailment", "contradiction", "neutral"},
         "the pair (premise, hypothesis)",
         "premise",
         "hypothesis",
         SplitRule::ninetyTen,
         superGlue},
        {"rte",
         "Recognizing Textual Entailment (SuperGLUE)",
         {"entailment", "not_entailment"},
         "the pair (premise, hypothesis)",
         "premise",
         "hypothesis",
         SplitRule::ninetyTen,
         superGlue},
        {"demo",
         "The demo's sentiment task (finescope-engine make-demo)",
         {"negative", "positive"},
         "text",
         "text",
         std::nullopt,
         SplitRule::ownFiles,
         {{"train.jsonl", "train"},
          {"val.jsonl", "validation"},
          {"test.jsonl", "test"},
          {"ood.jsonl", "ood, out of distribution: unseen words and negations"}}},
    };
}

std::filesystem::path testFile(const Task& task, const std::filesystem::path& folder) {
    return folder / (task.splitRule == SplitRule::ninetyTen ? "val.jsonl" : "test.jsonl");
}

} // namespace

const std::vector<Task>& taskCatalogue() {
    static const std::vector<Task> catalogue = makeCatalogue();
    return catalogue;
}

const Task& findTask(std::string_view name) {
    std::string known;
    for (const Task& task : taskCatalogue()) {
        if (task.name == name) {
            return task;
        }
        known += (known.empty() ? "" : ", ") + task.name;
    }
    throw Error(ErrorKind::badInput, "there is no task \"" + std::string(name) + "\": choose one of " +
                                         known + " (see finescope-engine tasks)");
}

std::vector<TaskSplit> loadTask(const Task& task, const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Error(ErrorKind::badFile, "data folder " + folder.string() +
                                            " does not exist: --data wants the folder with " +
                                            task.files.front().name + " of task " + task.name);
    }
    for (const TaskFile& file : task.files) {
        if (!std::filesystem::exists(folder / file.name)) {
            throw Error(ErrorKind::badFile, "data folder " + folder.string() + " has no " + file.name +
                                                ", which task " + task.name + " needs for: " + file.purpose);
        }
    }
    TaskSplit train{"train", "train", task.name, readExamples(folder / "train.jsonl", task)};
    TaskSplit validation{"validation", "validation", task.name, {}};
    TaskSplit test{"test", "test", task.name, readExamples(testFile(task, folder), task)};
    if (task.splitRule == SplitRule::ownFiles) {
        validation.examples = readExamples(folder / "val.jsonl", task);
        return {std::move(train),
                std::move(validation),
                std::move(test),
                {"ood", "ood", task.name, readExamples(folder / "ood.jsonl", task)}};
    }
    const auto held = static_cast<std::ptrdiff_t>((train.examples.size() + 9) / 10);
    if (train.examples.size() < 2) {
        throw Error(ErrorKind::badFile,
                    (folder / "train.jsonl").string() +
                        " holds one row: at least two are needed to hold out a validation split");
    }
    validation.examples.assign(std::make_move_iterator(train.examples.end() - held),
                               std::make_move_iterator(train.examples.end()));
    train.examples.resize(train.examples.size() - static_cast<std::size_t>(held));
    return {std::move(train), std::move(validation), std::move(test)};
}

TaskSplit loadOutOfDistribution(const Task& task, const std::string& name,
                                const std::filesystem::path& folder) {
    return {name, "ood", task.name, readExamples(testFile(task, folder), task)};
}

} // namespace finescope::engine
