#pragma once

#include "core/error.h"
#include "core/figure/choices.h"
#include "core/text/shown.h"

#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>

/// What requests of figures and of tables are checked for alike.
namespace finescope::figure {

/// The kind of that name. Throws Error{badInput} that lists those there are; `what`: "figure".
template <std::ranges::forward_range Kinds>
const auto& requireKind(const Kinds& kinds, std::string_view name, const std::string& what) {
    const auto found = std::ranges::find_if(kinds, [&](const auto& kind) { return kind.name == name; });
    if (found == std::ranges::end(kinds)) {
        std::string names;
        for (const auto& kind : kinds) {
            names += (names.empty() ? "" : ", ") + std::string(kind.name);
        }
        throw Error(ErrorKind::badInput, "no kind of " + what + " is called '" +
                                             text::shown(std::string(name)) + "'; there are: " + names);
    }
    return *found;
}

/// Throws Error{badInput} unless it is a number above 0, or fitted.
void requireTemperature(const TemperatureChoice& temperature);

} // namespace finescope::figure
