#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::figure {

/// How the values of an option are given on a command line.
struct OptionForm {
    std::string_view type;               ///< as help names it: "INT"; "" for a flag
    int count = 1;                       ///< of values each time; 0: a flag
    bool repeatable = false;             ///< may be given several times
    std::vector<std::string> names = {}; ///< all values that there are; empty: any
};

/// Throws what a value is refused with: "has the wrong type (string)". What is refused, it knows.
using Refuse = std::function<void(const std::string& what)>;

/// One thing that may be asked for: a row of figureOptions() or tableOptions(), and all that recipes, the
/// command line and its help know of it. option_of.h makes the functions of a member.
template <typename Request>
struct Option {
    std::string_view key;   ///< in a recipe; "" where there are none
    std::string_view flag;  ///< on the command line: "--log-y"
    std::string_view kinds; ///< that use it, "a, b"; "" where it says nothing more
    std::string_view help;

    OptionForm (*form)();
    nlohmann::ordered_json (*json)(const Request&);
    void (*read)(const nlohmann::json& held, const Refuse&, Request&);
    void (*give)(const std::vector<std::string>& values, const Refuse&, Request&);
};

} // namespace finescope::figure
