#include "core/engine/model/pooling.h"

#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>

namespace finescope::engine {

std::string poolingName(Pooling pooling) {
    return std::string(
        std::ranges::find(kPoolings, pooling, &std::pair<std::string_view, Pooling>::second)->first);
}

Pooling poolingOf(std::string_view name) {
    const auto* const found =
        std::ranges::find(kPoolings, name, &std::pair<std::string_view, Pooling>::first);
    if (found == kPoolings.end()) {
        throw Error(ErrorKind::badInput, "no pooling is named \"" + text::shown(name) + "\"");
    }
    return found->second;
}

} // namespace finescope::engine
