#include "app/engine/models_command.h"

#include "app/engine/base_model_option.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/model_check.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

namespace finescope::app {

namespace {

using Json = nlohmann::ordered_json;

void printFamilies(bool json) {
    Json all = Json::array();
    for (const engine::Family* family : engine::kFamilies) {
        const std::string pooling = engine::poolingName(family->pooling);
        if (json) {
            all.push_back({{"model_type", family->name},
                           {"class", family->modelClass},
                           {"pooling", pooling},
                           {"description", family->description}});
        } else {
            std::cout << family->name << "  " << family->description << "\n  class     " << family->modelClass
                      << "\n  features  " << pooling << " token, unless --pooling says another\n\n";
        }
    }
    if (json) {
        std::cout << all.dump(2) << '\n';
        return;
    }
    std::cout
        << "A model folder holds config.json, model.safetensors (or its parts with their index) and a "
           "tokenizer (tokenizer.json, or vocab.txt, or vocab.json and merges.txt); or a LoRA adapter of "
           "peft (adapter_config.json, adapter_model.safetensors).\n";
}

int printFolder(const std::string& folder, const std::optional<std::filesystem::path>& base, bool json) {
    const std::vector<engine::ModelFinding> findings = engine::checkModel(folder, base);
    Json object = {{"folder", folder}};
    for (const engine::ModelFinding& finding : findings) {
        if (json) {
            object[finding.part] = {{"usable", finding.usable}, {"found", finding.words}};
        } else {
            std::cout << finding.part << ": " << (finding.usable ? "" : "refused: ") << finding.words << '\n';
        }
    }
    if (json) {
        // A folder's name need not be UTF-8.
        std::cout << object.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    }
    return std::ranges::all_of(findings, &engine::ModelFinding::usable) ? 0 : 2;
}

struct ModelsOptions {
    std::string model;
    std::optional<std::filesystem::path> baseModel;
    bool json = false;
};

} // namespace

Command modelsCommand() {
    return {"models", "List the families of models that are understood, or say what a model folder is",
            [](CLI::App& app) {
                const auto options = std::make_shared<ModelsOptions>();
                app.add_option("--model", options->model,
                               "Say what this folder is, or why it is refused; then the exit status is 2")
                    ->type_name("DIR");
                addBaseModelOption(app, options->baseModel);
                app.add_flag("--json", options->json, "JSON instead of text");
                return [options](const CommandContext&) {
                    if (!options->model.empty()) {
                        return printFolder(options->model, options->baseModel, options->json);
                    }
                    printFamilies(options->json);
                    return 0;
                };
            }};
}

} // namespace finescope::app
