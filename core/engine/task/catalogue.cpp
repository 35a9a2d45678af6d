#include "core/engine/task/catalogue.h"

#include "core/engine/task/own_task.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>

namespace finescope::engine {

namespace {

constexpr double kValidationFraction = 0.1; // definitions.md, Data sets

TaskText single(const char* pattern) {
    return {TextTemplate(pattern), std::nullopt, false};
}

TaskText pair(const char* first, const char* second) {
    return {TextTemplate(first), TextTemplate(second), false};
}

// The label stands in the files as the class's name, or, where `numbered`, as its number.
enum class LabelsAre { names, numbers };

void setClasses(Task& task, std::vector<std::string> names, LabelsAre labels) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        task.labels[labels == LabelsAre::names ? names[i] : std::to_string(i)] = static_cast<std::int64_t>(i);
    }
    task.classNames = std::move(names);
}

TaskFile trainFile(const char* name) {
    return {name, "train (first 90 % of the rows) and validation (last 10 %)", FileUse::split, "train",
            "train"};
}

TaskFile splitFile(const char* name, const char* split) {
    return {name, split, FileUse::split, split, split};
}

Task described(const char* name, const char* title, TaskText text) {
    Task task;
    task.option = task.name = name;
    task.title = title;
    task.text = std::move(text);
    task.labelField = "label";
    return task;
}

Task superGlue(const char* name, const char* title, std::vector<std::string> classes, TaskText text,
               std::vector<PaperCount> counts) {
    Task task = described(name, title, std::move(text));
    setClasses(task, std::move(classes), LabelsAre::names);
    task.format = JsonLines{};
    // test.jsonl is published without its labels.
    task.files = {trainFile("train.jsonl"), splitFile("val.jsonl", "test")};
    task.heldOut.validation = kValidationFraction;
    task.paperCounts = std::move(counts);
    return task;
}

Task glue(const char* name, const char* title, std::vector<std::string> classes, TaskText text,
          std::vector<PaperCount> counts) {
    Task task = described(name, title, std::move(text));
    setClasses(task, std::move(classes), LabelsAre::numbers);
    task.format = Delimited{'\t', false, {}};
    task.files = {trainFile("train.tsv"), splitFile("dev.tsv", "test")};
    task.heldOut.validation = kValidationFraction;
    task.paperCounts = std::move(counts);
    return task;
}

Task cola() {
    Task task =
        glue("cola", "CoLA, linguistic acceptability (GLUE)", {"unacceptable", "acceptable"},
             single("{sentence}"), {{"train", 7695, 0}, {"validation", 855, 856}, {"test", 1040, 1043}});
    task.format = Delimited{'\t', false, {"source", "label", "mark", "sentence"}}; // it has no header
    task.metric = SelectionMetric::matthews;
    return task;
}

Task mrpc() {
    Task task = glue("mrpc", "MRPC, paraphrases (GLUE)", {"not_equivalent", "equivalent"},
                     pair("{#1 String}", "{#2 String}"),
                     {{"train", 3301, 0}, {"validation", 367, 0}, {"test", 408, 0}});
    task.labelField = "Quality";
    task.otherFiles = {{"msr_paraphrase_train.txt",
                        "train and validation: the rows that dev_ids.tsv does not list, cut as train.tsv",
                        FileUse::split, "train", "train"},
                       {"dev_ids.tsv",
                        "test: the rows of msr_paraphrase_train.txt with these ids",
                        FileUse::testIds,
                        {},
                        {}}};
    task.idFields = {"#1 ID", "#2 ID"};
    return task;
}

Task boss(const char* name, const char* title, std::vector<PaperCount> counts) {
    Task task = described(name, title, single("{Text}"));
    setClasses(task, {"negative", "positive", "neutral"}, LabelsAre::numbers);
    task.labelField = "Label";
    task.format = Delimited{'\t', true, {}}; // as pandas' to_csv quotes
    task.files = {splitFile("test.tsv", "test")};
    task.skipsUnreadableRows = true;
    task.paperCounts = std::move(counts);
    return task;
}

Task amazon() {
    Task task = boss("amazon", "Amazon reviews, sentiment (BOSS)",
                     {{"train", 27000, 0}, {"validation", 3000, 0}, {"test", 38905, 0}});
    task.files.insert(task.files.begin(), trainFile("train.tsv"));
    task.heldOut.validation = kValidationFraction;
    return task;
}

Task pubmed() {
    Task task = described("pubmed", "PubMed 20k RCT, the part that a sentence of an abstract plays",
                          single("{sentence}"));
    setClasses(task, {"BACKGROUND", "CONCLUSIONS", "METHODS", "OBJECTIVE", "RESULTS"}, LabelsAre::names);
    task.text.lowerCase = true;
    task.format = Abstracts{};
    task.files = {splitFile("train.txt", "train"), splitFile("dev.txt", "validation"),
                  splitFile("test.txt", "test")};
    task.paperCounts = {{"train", 15000, 0}, {"validation", 2500, 0}, {"test", 2500, 0}};
    return task;
}

Task demo() {
    Task task = described("demo", "The demo's sentiment task (finescope-engine make-demo)", single("{text}"));
    setClasses(task, {"negative", "positive"}, LabelsAre::names);
    task.format = JsonLines{};
    task.files = {
        splitFile("train.jsonl", "train"),
        splitFile("val.jsonl", "validation"),
        splitFile("test.jsonl", "test"),
        {"ood.jsonl", "ood, out of distribution: unseen words and negations", FileUse::split, "ood", "ood"}};
    return task;
}

// Label order, templates, files and counts: definitions.md, Data sets.
std::vector<Task> makeCatalogue() {
    const std::vector<std::string> falseTrue = {"False", "True"};
    std::vector<Task> tasks = {
        superGlue("boolq", "BoolQ, yes/no questions (SuperGLUE)", falseTrue, pair("{question}", "{passage}"),
                  {{"train", 8484, 0}, {"validation", 943, 0}, {"test", 3270, 0}}),
        superGlue("cb", "CommitmentBank (SuperGLUE)", {"entailment", "contradiction", "neutral"},
                  pair("{premise}", "{hypothesis}"),
                  {{"train", 225, 0}, {"validation", 25, 0}, {"test", 57, 56}}),
        superGlue("rte", "Recognizing Textual Entailment (SuperGLUE)", {"entailment", "not_entailment"},
                  pair("{premise}", "{hypothesis}"),
                  {{"train", 2241, 0}, {"validation", 249, 0}, {"test", 277, 0}}),
        superGlue("wic", "Word-in-Context, word senses (SuperGLUE)", falseTrue,
                  single("{sentence1} {sentence2} Does {word} have the same meaning in both sentences?"),
                  {{"train", 5400, 4885}, {"validation", 600, 543}, {"test", 638, 0}}),
        superGlue("wsc", "Winograd Schema Challenge, coreference (SuperGLUE)", falseTrue,
                  pair("{target.span2_text}: {text}", "{target.span1_text}"),
                  {{"train", 498, 0}, {"validation", 56, 0}, {"test", 104, 0}}),
        cola(),
        mrpc(),
        glue("sst2", "SST-2, sentiment of film reviews (GLUE)", {"negative", "positive"},
             single("{sentence}"), {{"train", 60614, 0}, {"validation", 6735, 0}, {"test", 872, 0}}),
        amazon(),
        boss("dynasent", "DynaSent, sentiment (BOSS); an --ood set of amazon", {{"test", 4320, 0}}),
        boss("semeval", "SemEval, sentiment of tweets (BOSS); an --ood set of amazon", {{"test", 20622, 0}}),
        boss("sst5", "SST-5, sentiment of film reviews (BOSS); an --ood set of amazon", {{"test", 1067, 0}}),
        pubmed(),
        demo(),
    };
    for (Task& task : ownTaskForms()) {
        tasks.push_back(std::move(task));
    }
    return tasks;
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
    throw Error(ErrorKind::badInput, "there is no task \"" + text::shown(name) + "\": choose one of " +
                                         known + " (see finescope-engine tasks)");
}

bool canBeTrained(const Task& task) {
    return std::ranges::any_of(task.files, [](const TaskFile& file) {
        return file.use == FileUse::description || file.role == "train";
    });
}

} // namespace finescope::engine
