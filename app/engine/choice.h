#pragma once

#include <CLI/CLI.hpp>

#include <map>
#include <string>

namespace finescope::app {

/// An option that takes one of a few names.
template <typename Value>
CLI::Option* addChoice(CLI::App& app, const std::string& name, Value& value,
                       const std::map<std::string, Value>& choices, const std::string& help) {
    std::string names;
    for (const auto& [text, unused] : choices) {
        names += (names.empty() ? "" : "|") + text;
    }
    // Not CLI::CheckedTransformer: it also takes the numbers behind the names.
    return app
        .add_option_function<std::string>(
            name,
            [&value, choices, name, names](const std::string& text) {
                const auto found = choices.find(text);
                if (found == choices.end()) {
                    throw CLI::ValidationError(name, "\"" + text + "\" is not one of " + names);
                }
                value = found->second;
            },
            help)
        ->type_name(names);
}

} // namespace finescope::app
