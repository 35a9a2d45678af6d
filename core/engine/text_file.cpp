#include "core/engine/text_file.h"

#include "core/error.h"
#include "core/text/json.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

nlohmann::json readJsonObject(const std::filesystem::path& path) {
    nlohmann::json value = text::parseJson(readWhole(path), path.string());
    if (!value.is_object()) {
        throw Error(ErrorKind::badFile,
                    path.string() + ": expected a JSON object, found " + std::string(value.type_name()));
    }
    return value;
}

} // namespace finescope::engine
