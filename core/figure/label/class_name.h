#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// The name of a class: the one recorded, else "class 3".
[[nodiscard]] std::string className(std::span<const std::string> names, std::int64_t label);

/// Of the classes 0..count-1, all different: a name that stands for two gets the number of its class.
[[nodiscard]] std::vector<std::string> classNames(std::span<const std::string> names, std::int64_t count);

} // namespace finescope::figure
