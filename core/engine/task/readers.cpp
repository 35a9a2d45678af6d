#include "core/engine/task/readers.h"

#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace finescope::engine {

namespace {

const nlohmann::json& fieldOf(const nlohmann::json& row, const std::string& name) {
    const auto found = row.find(name);
    if (found == row.end()) {
        throw Error(ErrorKind::badFile, "field \"" + name + "\" is missing");
    }
    return *found;
}

std::string textOf(const nlohmann::json& row, const std::string& name) {
    const nlohmann::json& value = fieldOf(row, name);
    if (!value.is_string()) {
        throw Error(ErrorKind::badFile,
                    "field \"" + name + "\" should be a string but is " + std::string(value.type_name()));
    }
    return value.get<std::string>();
}

std::int64_t labelOf(const nlohmann::json& row, const Task& task) {
    const nlohmann::json& value = fieldOf(row, "label");
    std::string name;
    if (value.is_boolean()) {
        name = value.get<bool>() ? "True" : "False";
    } else if (value.is_string()) {
        name = value.get<std::string>();
    } else {
        name = value.dump();
    }
    const auto found = std::find(task.classNames.begin(), task.classNames.end(), name);
    if (found == task.classNames.end()) {
        std::string expected;
        for (const std::string& className : task.classNames) {
            expected += (expected.empty() ? "" : ", ") + className;
        }
        throw Error(ErrorKind::badFile, "label \"" + name + "\" is no class of task " + task.name +
                                            " (expected one of: " + expected + ")");
    }
    return found - task.classNames.begin();
}

} // namespace

void readJsonLines(const std::filesystem::path& file,
                   const std::function<void(const nlohmann::json&)>& onRow) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream || std::filesystem::is_directory(file)) {
        throw Error(ErrorKind::badFile,
                    "cannot read " + file.string() + ": " +
                        (std::filesystem::is_directory(file) ? "it is a folder" : std::strerror(errno)));
    }
    std::string line;
    for (std::int64_t number = 1; std::getline(stream, line); ++number) {
        if (number == 1 && line.rfind("\xEF\xBB\xBF", 0) == 0) {
            line.erase(0, 3);
        }
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (line.find_first_not_of(" \t") == std::string::npos) {
            continue;
        }
        const std::string where = file.string() + ", line " + std::to_string(number) + ": ";
        nlohmann::json row;
        try {
            row = nlohmann::json::parse(line);
        } catch (const nlohmann::json::exception& error) {
            throw Error(ErrorKind::badFile, where + "not a JSON object (" + error.what() + ")");
        }
        if (!row.is_object()) {
            throw Error(ErrorKind::badFile, where + "expected a JSON object but found " + row.type_name());
        }
        try {
            onRow(row);
        } catch (const Error& error) {
            throw Error(error.kind(), where + error.what());
        }
    }
    if (stream.bad()) {
        throw Error(ErrorKind::badFile, "reading " + file.string() + " failed: " + std::strerror(errno));
    }
}

std::vector<Example> readExamples(const std::filesystem::path& file, const Task& task) {
    std::vector<Example> examples;
    readJsonLines(file, [&](const nlohmann::json& row) {
        Example example;
        example.first = textOf(row, task.firstField);
        if (task.secondField) {
            example.second = textOf(row, *task.secondField);
        }
        example.label = labelOf(row, task);
        examples.push_back(std::move(example));
    });
    if (examples.empty()) {
        throw Error(ErrorKind::badFile, file.string() + " holds no rows");
    }
    return examples;
}

} // namespace finescope::engine
