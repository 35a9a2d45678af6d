#include "core/figure/label/class_name.h"

#include <unordered_set>

namespace finescope::figure {

std::string className(std::span<const std::string> names, std::int64_t label) {
    const auto index = static_cast<std::size_t>(label);
    return index < names.size() ? names[index] : "class " + std::to_string(label);
}

std::vector<std::string> classNames(std::span<const std::string> names, std::int64_t count) {
    std::vector<std::string> all;
    std::unordered_set<std::string> taken;
    for (std::int64_t label = 0; label < count; ++label) {
        std::string name = className(names, label);
        if (taken.contains(name)) {
            name += " (" + std::to_string(label) + ")";
        }
        taken.insert(name);
        all.push_back(std::move(name));
    }
    return all;
}

} // namespace finescope::figure
