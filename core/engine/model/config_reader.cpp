#include "core/engine/model/config_reader.h"

#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace finescope::engine {

using nlohmann::json;

ConfigReader::ConfigReader(const json& object, std::filesystem::path path)
    : m_object(object), m_path(std::move(path)) {}

Error ConfigReader::bad(const std::string& what) const {
    return {ErrorKind::badFile, m_path.string() + ": " + what};
}

std::int64_t ConfigReader::integer(const char* key, std::int64_t least) const {
    const json* value = find(key);
    if (value == nullptr) {
        throw bad(std::string("\"") + key + "\" is missing; an encoder's config.json of transformers has it");
    }
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (!value->is_number_integer() || *value < least || *value > kMost) {
        throw bad(std::string("\"") + key + "\" must be an integer from " + std::to_string(least) + " to " +
                  std::to_string(kMost) + ", found " + text::shown(value->dump()));
    }
    return value->get<std::int64_t>();
}

std::int64_t ConfigReader::integerOr(const char* key, std::int64_t least, std::int64_t fallback) const {
    return find(key) == nullptr ? fallback : integer(key, least);
}

double ConfigReader::numberOr(const char* key, double least, double most, double fallback) const {
    const json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_number() || !(value->get<double>() >= least) || !(value->get<double>() < most)) {
        throw bad(std::string("\"") + key + "\" must be a number from " + json(least).dump() + " to below " +
                  json(most).dump() + ", found " + text::shown(value->dump()));
    }
    return value->get<double>();
}

void ConfigReader::require(const char* key, const json& only) const {
    const json* value = find(key);
    if (value != nullptr && *value != only) {
        throw bad(std::string("\"") + key + "\" is " + text::shown(value->dump()) + "; only " + only.dump() +
                  " is supported");
    }
}

const json* ConfigReader::find(const char* key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

} // namespace finescope::engine
