#pragma once

#include <algorithm>
#include <ranges>
#include <string>

namespace finescope::window {

/// For the help of a command: a line for each `name` and its `description`, descriptions below each other.
template <std::ranges::input_range Named>
std::string helpLines(const Named& all) {
    std::size_t widest = 0;
    for (const auto& one : all) {
        widest = std::max(widest, one.name.size());
    }
    std::string text;
    for (const auto& one : all) {
        text += "  " + std::string(one.name) + std::string(widest + 2 - one.name.size(), ' ') +
                std::string(one.description) + "\n";
    }
    return text;
}

} // namespace finescope::window
