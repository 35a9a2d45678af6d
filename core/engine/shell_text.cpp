#include "core/engine/shell_text.h"

#include <algorithm>
#include <cctype>

namespace finescope::engine {

std::string shellQuoted(const std::string& word) {
    const bool isPlain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char letter) {
        return std::isalnum(letter) != 0 ||
               std::string("/._-=:,+@%").find(static_cast<char>(letter)) != std::string::npos;
    });
    if (isPlain) {
        return word;
    }
    std::string quoted = "'";
    for (const char letter : word) {
        quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    return quoted + '\'';
}

} // namespace finescope::engine
