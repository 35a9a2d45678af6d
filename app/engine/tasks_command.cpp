#include "app/engine/tasks_command.h"

#include "core/engine/task/catalogue.h"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace finescope::app {

namespace {

void printForPeople(const engine::Task& task) {
    std::cout << task.name << "  " << task.title << "\n  files    ";
    for (std::size_t i = 0; i < task.files.size(); ++i) {
        std::cout << (i == 0 ? "" : "           ") << task.files[i].name << ": " << task.files[i].purpose
                  << '\n';
    }
    std::cout << "  classes  ";
    for (std::size_t i = 0; i < task.classNames.size(); ++i) {
        std::cout << (i == 0 ? "" : ", ") << i << ' ' << task.classNames[i];
    }
    std::cout << "\n  text     " << task.textTemplate << "\n\n";
}

nlohmann::ordered_json describe(const engine::Task& task) {
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    for (const engine::TaskFile& file : task.files) {
        files.push_back({{"name", file.name}, {"purpose", file.purpose}});
    }
    return {{"name", task.name},
            {"title", task.title},
            {"classes", task.classNames},
            {"text", task.textTemplate},
            {"files", std::move(files)}};
}

} // namespace

Command tasksCommand() {
    return {"tasks", "Every task with the files it wants, its classes and its text", [](CLI::App& app) {
                auto asJson = std::make_shared<bool>(false);
                app.add_flag("--json", *asJson, "One JSON array instead of text");
                return [asJson](const CommandContext&) {
                    nlohmann::ordered_json all = nlohmann::ordered_json::array();
                    for (const engine::Task& task : engine::taskCatalogue()) {
                        if (*asJson) {
                            all.push_back(describe(task));
                        } else {
                            printForPeople(task);
                        }
                    }
                    if (*asJson) {
                        std::cout << all.dump(2) << '\n';
                    }
                    return 0;
                };
            }};
}

} // namespace finescope::app
