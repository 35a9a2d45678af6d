#include "core/engine/model/config_reader.h"

#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
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
        throw bad(named(key) + " is missing; an encoder's config.json of transformers has it");
    }
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (!value->is_number_integer() || *value < least || *value > kMost) {
        throw bad(named(key) + " must be an integer from " + std::to_string(least) + " to " +
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
        throw bad(named(key) + " must be a number from " + json(least).dump() + " to below " +
                  json(most).dump() + ", found " + text::shown(value->dump()));
    }
    return value->get<double>();
}

void ConfigReader::require(const char* key, const json& only) const {
    const json* value = find(key);
    if (value != nullptr && *value != only) {
        throw bad(named(key) + " is " + text::shown(value->dump()) + "; only " + only.dump() +
                  " is supported");
    }
}

std::string ConfigReader::named(const char* key) const {
    return "\"" + m_within + key + "\"";
}

bool ConfigReader::flagOr(const char* key, bool fallback) const {
    const json* value = find(key);
    if (value != nullptr && !value->is_boolean()) {
        throw bad(named(key) + " must be true or false, found " + text::shown(value->dump()));
    }
    return value == nullptr ? fallback : value->get<bool>();
}

std::optional<std::size_t> ConfigReader::placeOf(const char* key,
                                                 const std::function<std::string_view(std::size_t)>& name,
                                                 std::size_t count) const {
    const json* value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    std::string names;
    for (std::size_t i = 0; i < count; ++i) {
        if (value->is_string() && value->get_ref<const std::string&>() == name(i)) {
            return i;
        }
        names += (i > 0 ? ", " : "") + std::string(name(i));
    }
    throw bad(named(key) + " is " + text::shown(value->dump()) + "; supported are " + names);
}

std::vector<double> ConfigReader::numbers(const char* key, std::size_t count) const {
    const json* value = find(key);
    const auto positive = [](const json& number) { return number.is_number() && number.get<double>() > 0; };
    if (value == nullptr || !value->is_array() || value->size() != count ||
        !std::ranges::all_of(*value, positive)) {
        throw bad(named(key) + " must be a list of " + std::to_string(count) + " numbers above 0" +
                  (value == nullptr ? "; it is missing" : ", found " + text::shown(value->dump())));
    }
    return value->get<std::vector<double>>();
}

std::optional<ConfigReader> ConfigReader::child(const char* key) const {
    const json* value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_object()) {
        throw bad(named(key) + " must be an object, found " + text::shown(value->dump()));
    }
    ConfigReader reader(*value, m_path);
    reader.m_within = m_within + key + ".";
    return reader;
}

bool ConfigReader::isNull(const char* key) const {
    const auto found = m_object.find(key);
    return found != m_object.end() && found->is_null();
}

const json* ConfigReader::find(const char* key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

} // namespace finescope::engine
