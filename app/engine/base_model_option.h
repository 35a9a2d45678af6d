#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace finescope::app {

/// --base-model, the folder of an adapter's base model; empty where it is not given: then `otherwise` holds.
inline void addBaseModelOption(CLI::App& app, std::optional<std::filesystem::path>& folder,
                               const std::string& otherwise = "as adapter_config.json says") {
    app.add_option_function<std::string>(
           "--base-model", [&folder](const std::string& given) { folder = given; },
           "Folder of the base model, if --model is a peft adapter [" + otherwise + "]")
        ->type_name("DIR");
}

} // namespace finescope::app
