#include "core/text/wording.h"

#include "core/text/shown.h"

#include <algorithm>

namespace finescope::text {

std::string counted(std::int64_t number, const std::string& one, const std::string& several) {
    return std::to_string(number) + " " + (number == 1 ? one : several);
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
        text += (i == 0 ? "" : ", ") + (names[i].empty() ? "(no name)" : shown(names[i]));
    }
    return names.size() > most ? text + ", ... (" + std::to_string(names.size()) + " in all)" : text;
}

std::string enumerated(const std::vector<std::string>& names, const std::string& word) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : i + 1 < names.size() ? ", " : " " + word + " ") + names[i];
    }
    return text;
}

} // namespace finescope::text
