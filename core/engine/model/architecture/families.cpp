#include "core/engine/model/architecture/families.h"

#include "core/error.h"
#include "core/text/wording.h"

#include <algorithm>
#include <iterator>
#include <vector>

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
    std::vector<std::string> names;
    for (const Family* family : kFamilies) {
        names.push_back("\"" + std::string(family->name) + "\"");
    }
    return text::enumerated(names, "or");
}

} // namespace finescope::engine
