#include "core/engine/model/architecture/families.h"

#include "core/error.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace finescope::engine {

const Family* findFamily(std::string_view name) {
    const auto found = std::ranges::find(kFamilies, name, [](const Family* family) { return family->name; });
    return found == kFamilies.end() ? nullptr : *found;
}

const Family& familyOf(std::string_view name) {
    const Family* family = findFamily(name);
    if (family == nullptr) {
        throw Error(ErrorKind::badInput,
                    "no family of encoders is named \"" + std::string(name) + "\": " + familyNames());
    }
    return *family;
}

std::vector<const Family*> verifiedFamilies() {
    std::vector<const Family*> verified;
    std::ranges::copy_if(kFamilies, std::back_inserter(verified), &Family::verified);
    return verified;
}

std::string familyNames() {
    std::string names;
    for (std::size_t i = 0; i < kFamilies.size(); ++i) {
        names += i == 0 ? "\"" : i + 1 < kFamilies.size() ? "\", \"" : "\" or \"";
        names += kFamilies[i]->name;
    }
    return names + "\"";
}

} // namespace finescope::engine
