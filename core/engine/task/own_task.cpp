#include "core/engine/task/own_task.h"

#include "core/class_limit.h"
#include "core/engine/task/catalogue.h"
#include "core/error.h"
#include "core/text/json.h"
#include "core/text/shown.h"
#include "core/text/whole_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace finescope::engine {

namespace {

using Json = nlohmann::ordered_json; // the order of classes is that of the file

constexpr double kDefaultValidation = 0.1;                   // as the paper's tasks
constexpr std::int64_t kLargestSeed = std::int64_t{1} << 53; // what JSON numbers hold everywhere

Task form(const char* name, const char* title, FileFormat format) {
    Task task;
    task.option = task.name = name;
    task.title = title;
    task.format = std::move(format);
    task.files = {{kTaskDescription, "says files, text and label", FileUse::description, {}, {}}};
    return task;
}

/// task.json while its keys are taken one by one.
class Description {
public:
    explicit Description(const std::filesystem::path& folder)
        : m_file(folder / kTaskDescription), m_text(text::readWhole(m_file)),
          m_json(text::parseOrderedJson(m_text, m_file.string())) {
        if (!m_json.is_object()) {
            refuse("expected a JSON object, found " + std::string(m_json.type_name()));
        }
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ErrorKind::badFile, m_file.string() + ": " + what);
    }

    /// Throws if an object has a key that is none of `known`.
    void refuseOthers(const Json& object, const std::vector<std::string>& known) const {
        for (const auto& [key, value] : object.items()) {
            if (std::ranges::find(known, key) == known.end()) {
                std::string list;
                for (const std::string& name : known) {
                    list += (list.empty() ? "" : ", ") + name;
                }
                const std::size_t at = m_text.find(Json(key).dump());
                const auto line =
                    1 + std::count(m_text.begin(),
                                   m_text.begin() + static_cast<std::ptrdiff_t>(std::min(at, m_text.size())),
                                   '\n');
                throw Error(ErrorKind::badFile, m_file.string() + ", line " + std::to_string(line) +
                                                    ": unknown key \"" + text::shown(key) +
                                                    "\" (known: " + list + ")");
            }
        }
    }

    [[nodiscard]] const Json& whole() const { return m_json; }

    /// Null if the key is not there.
    [[nodiscard]] const Json* find(const char* key) const {
        const auto found = m_json.find(key);
        return found == m_json.end() ? nullptr : &*found;
    }

    [[nodiscard]] const Json& require(const char* key) const {
        const Json* found = find(key);
        if (found == nullptr) {
            refuse(std::string("\"") + key + "\" is missing");
        }
        return *found;
    }

    /// The string at `value`, which is not empty.
    [[nodiscard]] std::string text(const Json& value, const std::string& key) const {
        if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
            refuse("\"" + key + "\" must be a string that is not empty");
        }
        return value.get<std::string>();
    }

    [[nodiscard]] std::string textOr(const char* key, const std::string& otherwise) const {
        const Json* found = find(key);
        return found == nullptr ? otherwise : text(*found, key);
    }

    [[nodiscard]] std::vector<std::string> texts(const Json& value, const std::string& key) const {
        std::vector<std::string> all;
        for (const Json& entry : value) {
            all.push_back(text(entry, key));
        }
        return all;
    }

    [[nodiscard]] double fractionOr(const char* key, double otherwise) const {
        const Json* found = find(key);
        if (found == nullptr) {
            return otherwise;
        }
        if (!found->is_number() || !(found->get<double>() > 0 && found->get<double>() < 1)) {
            refuse(std::string("\"") + key + "\" must be a number between 0 and 1");
        }
        return found->get<double>();
    }

private:
    std::filesystem::path m_file;
    std::string m_text;
    Json m_json;
};

TaskText readText(const Description& description) {
    const Json& value = description.require("text");
    const auto field = [](std::string name) { return TextTemplate::ofField(std::move(name)); };
    if (!value.is_array()) {
        return {field(description.text(value, "text")), std::nullopt, false};
    }
    std::vector<std::string> names = description.texts(value, "text");
    if (names.empty() || names.size() > 2) {
        description.refuse("\"text\" must name one column or two");
    }
    TaskText text{field(names[0]), std::nullopt, false};
    if (names.size() == 2) {
        text.second = field(names[1]);
    }
    return text;
}

void readClasses(const Description& description, Task& task) {
    const Json* classes = description.find("classes");
    if (classes == nullptr) {
        return;
    }
    if (!classes->is_array() && !classes->is_object()) {
        description.refuse("\"classes\" must be a list of names, or an object of labels and names");
    }
    if (classes->size() > kMostClasses) {
        description.refuse("\"classes\" names " + std::to_string(classes->size()) +
                           " classes, more than the " + std::to_string(kMostClasses) + " that are read");
    }
    std::set<std::string> names;
    for (const auto& [label, value] : classes->items()) {
        const std::string name = description.text(value, "classes");
        if (!names.insert(name).second) {
            description.refuse("\"classes\" has \"" + text::shown(name) + "\" twice");
        }
        task.labels[classes->is_array() ? name : label] = static_cast<std::int64_t>(task.classNames.size());
        task.classNames.push_back(name);
    }
    if (task.classNames.size() < 2) {
        description.refuse("\"classes\" must name at least two");
    }
}

TaskFile readFile(const Description& description, const Json& value, const std::string& split,
                  const std::string& role) {
    const std::string name = description.text(value, "files");
    const std::filesystem::path path = std::filesystem::path(name).lexically_normal();
    // The run file records hashes of what is in the data folder, and finds the folder again by them.
    if (path.is_absolute() || path.begin()->string() == "..") {
        description.refuse("\"files\": " + text::shown(name) + " must lie in the folder of " +
                           kTaskDescription);
    }
    return {name, split == role ? split : split + ", out of distribution", FileUse::split, split, role};
}

void readFiles(const Description& description, Task& task) {
    const Json& files = description.require("files");
    if (!files.is_object()) {
        description.refuse("\"files\" must be an object that names the file of train and of other splits");
    }
    description.refuseOthers(files, {"train", "validation", "test", "ood"});
    if (!files.contains("train")) {
        description.refuse("\"files\" must name the file of train");
    }
    for (const char* split : {"train", "validation", "test"}) {
        if (const auto found = files.find(split); found != files.end()) {
            task.files.push_back(readFile(description, *found, split, split));
        }
    }
    if (const auto sets = files.find("ood"); sets != files.end()) {
        if (!sets->is_object()) {
            description.refuse("\"ood\" must be an object of names and files");
        }
        std::set<std::string> names; // a file that many sets name would be held as often
        for (const auto& [name, value] : sets->items()) {
            if (name.empty() || name == "." || name.find('/') != std::string::npos || name == "train" ||
                name == "validation" || name == "test") {
                description.refuse("\"ood\": a split cannot be called \"" + text::shown(name) + "\"");
            }
            task.files.push_back(readFile(description, value, name, "ood"));
            if (!names.insert(task.files.back().name).second) {
                description.refuse("\"ood\" names the file " + text::shown(task.files.back().name) +
                                   " twice");
            }
        }
    }
}

std::string percent(double fraction) {
    std::string text = Json(100 * fraction).dump();
    if (text.ends_with(".0")) {
        text.resize(text.size() - 2);
    }
    return text + " %";
}

void readHeldOut(const Description& description, Task& task) {
    const Json& files = description.require("files");
    const auto fractionUnlessFile = [&](const char* split, const char* key, double otherwise) {
        if (!files.contains(split)) {
            return description.fractionOr(key, otherwise);
        }
        if (description.find(key) != nullptr) {
            description.refuse(std::string("gives both a file of ") + split + " and \"" + key + "\"");
        }
        return 0.0;
    };
    HeldOut& held = task.heldOut;
    held.validation = fractionUnlessFile("validation", "validation_fraction", kDefaultValidation);
    held.test = fractionUnlessFile("test", "test_fraction", 0);
    if (!files.contains("test") && held.test == 0) {
        description.refuse("names no file of test: add one to \"files\", or give a \"test_fraction\" of the "
                           "training rows");
    }
    if (held.validation + held.test >= 1) {
        description.refuse("\"validation_fraction\" and \"test_fraction\" leave no row to train on");
    }
    if (const Json* seed = description.find("shuffle_seed")) {
        if (!seed->is_number_integer() || seed->get<std::int64_t>() < 0 ||
            seed->get<std::int64_t>() > kLargestSeed) {
            description.refuse("\"shuffle_seed\" must be a whole number of at least 0");
        }
        held.shuffleSeed = seed->get<std::int64_t>();
    }
    const auto train = std::ranges::find(task.files, "train", &TaskFile::split);
    std::string cut;
    if (held.validation > 0) {
        cut += ", then validation (" + percent(held.validation) + ")";
    }
    if (held.test > 0) {
        cut += ", then test (" + percent(held.test) + ")";
    }
    train->purpose += cut.empty() ? "" : cut + (held.shuffleSeed ? " of its shuffled rows" : " of its rows");
}

void readDialect(const Description& description, Delimited& dialect) {
    const std::string delimiter = description.textOr("delimiter", std::string(1, dialect.delimiter));
    if (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n" || delimiter == "\r") {
        description.refuse("\"delimiter\" must be one ASCII character, no quotation mark and no line end");
    }
    dialect.delimiter = delimiter.front();
    if (const Json* quotes = description.find("quotes")) {
        if (!quotes->is_boolean()) {
            description.refuse("\"quotes\" must be true or false");
        }
        dialect.quotes = quotes->get<bool>();
    }
    if (const Json* columns = description.find("columns")) {
        if (!columns->is_array()) {
            description.refuse("\"columns\" must be a list of names");
        }
        dialect.columns = description.texts(*columns, "columns");
    }
}

} // namespace

std::vector<Task> ownTaskForms() {
    return {
        form("csv", "A task of your own in CSV files", Delimited{',', true, {}}),
        form("tsv", "A task of your own in tab-separated files", Delimited{'\t', true, {}}),
        form("jsonl", "A task of your own in files with one JSON object a line", JsonLines{}),
    };
}

bool isOwnTask(std::string_view option) {
    return std::ranges::any_of(ownTaskForms(), [&](const Task& task) { return task.option == option; });
}

Task readOwnTask(std::string_view option, const std::filesystem::path& folder) {
    const Description description(folder);
    Task task = findTask(option);
    std::vector<std::string> known = {
        "name",          "title",        "files", "text", "label", "classes", "validation_fraction",
        "test_fraction", "shuffle_seed", "metric"};
    auto* dialect = std::get_if<Delimited>(&task.format);
    if (dialect != nullptr) {
        known.insert(known.end(), {"delimiter", "quotes", "columns"});
    }
    description.refuseOthers(description.whole(), known);
    task.name = description.textOr("name", std::filesystem::weakly_canonical(folder).filename());
    const std::vector<Task>& catalogue = taskCatalogue();
    if (std::ranges::find(catalogue, task.name, &Task::name) != catalogue.end()) {
        description.refuse("a task of your own cannot be called " + text::shown(task.name) +
                           ": there is one of that name already; give it another \"name\"");
    }
    task.title = description.textOr("title", task.name);
    task.text = readText(description);
    task.labelField = description.text(description.require("label"), "label");
    readClasses(description, task);
    readFiles(description, task);
    readHeldOut(description, task);
    const std::string metric = description.textOr("metric", "accuracy");
    if (metric != "accuracy" && metric != "matthews") {
        description.refuse("\"metric\" must be accuracy or matthews, not " + text::shown(metric));
    }
    task.metric = metric == "matthews" ? SelectionMetric::matthews : SelectionMetric::accuracy;
    if (dialect != nullptr) {
        readDialect(description, *dialect);
    }
    return task;
}

} // namespace finescope::engine
