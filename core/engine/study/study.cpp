#include "core/engine/study/study.h"

#include "core/engine/study/study_cells.h"
#include "core/engine/study/study_level.h"
#include "core/engine/task/catalogue.h"
#include "core/engine/task/task_data.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace finescope::engine {

namespace {

constexpr std::array kMethods = {Method::lp, Method::ft, Method::lpFt, Method::lora, Method::lpLora};

Method methodOf(const JsonNode& node, const std::string& name) {
    std::string known;
    for (const Method method : kMethods) {
        if (methodName(method) == name) {
            return method;
        }
        known += (known.empty() ? "" : ", ") + methodName(method);
    }
    node.refuse("there is no method \"" + text::shown(name) + "\": choose among " + known);
}

/// Names become parts of file names.
std::string nameOf(const JsonNode& node) {
    const std::string& name = node.key();
    const bool isPlain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.';
    });
    if (!isPlain || name.front() == '.' || name.front() == '-') {
        node.refuse(
            "a name is made of letters, digits, '-', '_' and '.', and does not begin with '-' or '.'");
    }
    return name;
}

class StudyReader {
public:
    StudyReader(const std::filesystem::path& file, const EnvironmentLookup& environment)
        : m_json(readLocatedJson(file)), m_environment(environment),
          m_folder(std::filesystem::absolute(file).parent_path()) {
        m_study.document = m_json.document;
    }

    Study read() {
        const JsonNode root(m_json);
        StudyLevel general;
        std::optional<JsonNode> tasks;
        std::vector<MethodLevel> methods;
        for (const JsonNode& node : root.members()) {
            if (node.key() == "name") {
                m_study.name = node.text();
            } else if (node.key() == "description") {
                m_study.description = node.text();
            } else if (node.key() == "models") {
                readModels(node);
            } else if (node.key() == "tasks") {
                tasks = node;
            } else if (node.key() == "methods") {
                methods = readMethods(node);
            } else if (node.key() == "settings") {
                readSettings(node, general);
            } else if (node.key() == "slurm") {
                readSlurm(node);
            } else if (!readLevelList(node, general)) {
                refuseUnknown(
                    node,
                    {"name", "description", "models", "tasks", "methods", "settings", "slurm", "comment"},
                    LevelKeys::listsOnly);
            }
        }
        require(root, !m_study.name.empty(), "name", "the study's name");
        require(root, !m_study.models.empty(), "models", "{NAME: FOLDER, ...}, the encoders");
        require(root, tasks.has_value() && !tasks->members().empty(), "tasks",
                "{NAME: {\"data\": FOLDER}, ...}");
        for (const JsonNode& node : tasks->members()) {
            readTask(node, general, methods);
        }
        return std::move(m_study);
    }

private:
    struct MethodLevel {
        Method method;
        StudyLevel level;
    };

    static void require(const JsonNode& node, bool isThere, const std::string& key, const std::string& what) {
        if (!isThere) {
            node.refuse("\"" + key + "\" is missing: give " + what);
        }
    }

    std::filesystem::path readPath(const JsonNode& node) {
        const std::string text = node.text();
        std::string path;
        std::size_t at = 0;
        for (std::size_t open = text.find("${"); open != std::string::npos; open = text.find("${", at)) {
            const std::size_t close = text.find('}', open);
            if (close == std::string::npos) {
                node.refuse("\"" + text + "\": a ${ without a matching }");
            }
            const std::string name = text.substr(open + 2, close - open - 2);
            const std::optional<std::string> value = m_environment(name);
            if (!value || value->empty()) {
                node.refuse("\"" + text + "\": the environment variable " + name +
                            " is not set; set it to that folder: export " + name + "=...");
            }
            path += text.substr(at, open - at) + *value;
            at = close + 1;
        }
        path += text.substr(at);
        if (path.size() > kLongestPath) {
            node.refuse("a path of " + std::to_string(path.size()) + " bytes, more than the " +
                        std::to_string(kLongestPath) + " that one may have");
        }
        const std::filesystem::path absolute = (m_folder / path).lexically_normal();
        m_study.document[nlohmann::ordered_json::json_pointer(node.pointer())] = absolute.string();
        return absolute;
    }

    void readModels(const JsonNode& node) {
        for (const JsonNode& model : node.members()) {
            m_study.models.push_back({nameOf(model), readPath(model)});
        }
    }

    static void readSettings(const JsonNode& node, StudyLevel& level) {
        for (const JsonNode& setting : node.members()) {
            if (!readTrainSetting(setting, level.train)) {
                refuseUnknown(setting, trainSettingNames(), LevelKeys::none);
            }
        }
    }

    void readSlurm(const JsonNode& node) {
        for (const JsonNode& option : node.members()) {
            const std::string& name = option.key();
            if (name.empty() ||
                name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos ||
                name.front() == '-' || name == "array" || name == "dependency") {
                option.refuse(
                    "expected the long name of an option of sbatch, without dashes, other than array "
                    "and dependency");
            }
            std::string value;
            if (option.value().is_number_integer()) {
                value = std::to_string(option.wholeNumber(0));
            } else if (option.value() != true) {
                value = option.text();
                if (value.find_first_of("\"\\\n") != std::string::npos) {
                    option.refuse("a value for sbatch may hold no quote, backslash or line break");
                }
            }
            m_study.slurm.emplace_back(name, value);
        }
    }

    static std::vector<MethodLevel> readMethods(const JsonNode& node) {
        std::vector<MethodLevel> methods;
        const auto add = [&](const JsonNode& where, const std::string& name, StudyLevel level) {
            const Method method = methodOf(where, name);
            for (const MethodLevel& other : methods) {
                if (other.method == method) {
                    where.refuse("\"" + name + "\" is listed twice");
                }
            }
            methods.push_back({method, std::move(level)});
        };
        if (node.value().is_array()) {
            for (const JsonNode& element : node.elements()) {
                add(element, element.text(), {});
            }
        } else {
            for (const JsonNode& member : node.members()) {
                StudyLevel level;
                for (const JsonNode& key : member.members()) {
                    if (!readLevelKey(key, level)) {
                        refuseUnknown(key, {"comment"}, LevelKeys::all);
                    }
                }
                if (member.key() == "lp" && (level.grid || level.classifierScales)) {
                    member.refuse(
                        "linear probing has no learning rate or batch size to search and no fine-tuning to "
                        "scale the classifier for: leave out grid and classifier_scales");
                }
                add(member, member.key(), std::move(level));
            }
        }
        if (methods.empty()) {
            node.refuse("expected at least one method");
        }
        return methods;
    }

    void readOutOfDistribution(const JsonNode& node, StudyTask& task) {
        for (const JsonNode& set : node.members()) {
            const std::string name = nameOf(set);
            if (name == "train" || name == "validation" || name == "test") {
                set.refuse("there is a split of that name already: choose another");
            }
            task.outOfDistribution.push_back({name, readPath(set)});
        }
    }

    void readTask(const JsonNode& node, const StudyLevel& general,
                  const std::vector<MethodLevel>& generalMethods) {
        StudyTask task;
        task.name = task.catalogue = nameOf(node);
        StudyLevel own;
        std::vector<MethodLevel> ownMethods;
        JsonNode named = node;
        for (const JsonNode& member : node.members()) {
            if (member.key() == "data") {
                task.data = readPath(member);
            } else if (member.key() == "task") {
                task.catalogue = member.text();
                named = member;
            } else if (member.key() == "ood") {
                readOutOfDistribution(member, task);
            } else if (member.key() == "methods") {
                ownMethods = readMethods(member);
            } else if (!readLevelKey(member, own)) {
                refuseUnknown(member, {"data", "task", "ood", "methods", "comment"}, LevelKeys::all);
            }
        }
        bool canTrain = false;
        try {
            canTrain = canBeTrained(findTask(task.catalogue));
        } catch (const Error& error) {
            named.refuse(error.what());
        }
        if (!canTrain) {
            named.refuse("task " + task.catalogue +
                         " has a test split only: name it under \"ood\" of another");
        }
        require(node, !task.data.empty(), "data", "the folder of the task's files");
        require(node, !ownMethods.empty() || !generalMethods.empty(), "methods",
                "the methods to run, here or for the whole study");
        for (const MethodLevel& chosen : ownMethods.empty() ? generalMethods : ownMethods) {
            StudyLevel level = inherit(general, own);
            for (const MethodLevel& method : generalMethods) {
                if (method.method == chosen.method) {
                    level = inherit(level, method.level);
                }
            }
            if (!ownMethods.empty()) {
                level = inherit(level, chosen.level);
            }
            require(node, level.seeds.has_value(), "seeds",
                    "the seeds of its runs, here or for the whole study");
            require(node, !level.grid || level.grid->empty() || level.tuningSeeds, "tuning_seeds",
                    "the seeds of the grid's runs, here or for the whole study");
            task.methods.push_back({chosen.method, std::move(level)});
        }
        m_cells += cellsOf(task, m_study.models.size()) * (1 + task.outOfDistribution.size());
        if (m_cells > kMostCells) {
            node.refuse("up to here " + std::to_string(m_cells) +
                        " runs (each out-of-distribution set of a run counts as one more), more than the " +
                        std::to_string(kMostCells) + " that a study may have; make several studies of it");
        }
        m_study.tasks.push_back(std::move(task));
    }

    static constexpr std::size_t kMostCells = 100'000, kLongestPath = 1024;

    std::size_t m_cells = 0;
    LocatedJson m_json;
    const EnvironmentLookup& m_environment;
    std::filesystem::path m_folder;
    Study m_study;
};

void requireFolder(const std::filesystem::path& folder, const std::string& what) {
    if (!std::filesystem::is_directory(folder)) {
        throw Error(ErrorKind::badFile, folder.string() + ": no such folder; the study names it as " + what);
    }
}

} // namespace

std::optional<std::string> processEnvironment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Study readStudy(const std::filesystem::path& file, const EnvironmentLookup& environment) {
    return StudyReader(file, environment).read();
}

void requireData(const Study& study) {
    for (const StudyModel& model : study.models) {
        requireFolder(model.folder, "model " + model.name);
    }
    for (const StudyTask& task : study.tasks) {
        requireFolder(task.data, "the data of task " + task.name);
        std::string missing;
        for (const TaskFile& file : missingFiles(taskIn(task.catalogue, task.data), task.data)) {
            missing += (missing.empty() ? "" : ", ") + file.name;
        }
        if (!missing.empty()) {
            throw Error(ErrorKind::badFile,
                        task.data.string() + ": has no " + missing + ", which task " + task.name + " needs");
        }
        for (const OutOfDistributionSet& set : task.outOfDistribution) {
            requireFolder(set.folder, "the out-of-distribution set " + set.name + " of task " + task.name);
        }
    }
}

} // namespace finescope::engine
