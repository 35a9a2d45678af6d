#include "core/engine/tokenizer/json_part.h"

#include "core/text/shown.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace finescope::engine {

using nlohmann::json;
using text::shown;

JsonPart::JsonPart(const json& value, std::string where) : m_value(value), m_where(std::move(where)) {
    if (!value.is_object()) {
        throw bad("must be an object, found " + shown(value.dump()));
    }
}

Error JsonPart::bad(const std::string& what) const {
    return {ErrorKind::badFile, m_where + ": " + what};
}

Error JsonPart::wrong(std::string_view key, const char* expected) const {
    return bad("\"" + std::string(key) + "\" must be " + expected + ", found " + shown(at(key).dump()));
}

const json& JsonPart::at(std::string_view key) const {
    const json* const found = find(key);
    if (found == nullptr) {
        throw bad("\"" + std::string(key) + "\" is missing");
    }
    return *found;
}

const json* JsonPart::find(std::string_view key) const {
    const auto found = m_value.find(key);
    return found == m_value.end() || found->is_null() ? nullptr : &*found;
}

bool JsonPart::boolean(std::string_view key) const {
    const json& value = at(key);
    if (!value.is_boolean()) {
        throw wrong(key, "true or false");
    }
    return value.get<bool>();
}

bool JsonPart::booleanOr(std::string_view key, bool fallback) const {
    return find(key) == nullptr ? fallback : boolean(key);
}

std::string JsonPart::text(std::string_view key) const {
    const json& value = at(key);
    if (!value.is_string()) {
        throw wrong(key, "a text");
    }
    return value.get<std::string>();
}

std::string JsonPart::textOrNothing(std::string_view key) const {
    return find(key) == nullptr ? std::string() : text(key);
}

std::int64_t JsonPart::count(std::string_view key) const {
    const json& value = at(key);
    if (!value.is_number_integer() || value < 0 || value > std::numeric_limits<std::int32_t>::max()) {
        throw wrong(key, "an integer from 0 to 2147483647");
    }
    return value.get<std::int64_t>();
}

const json& JsonPart::list(std::string_view key) const {
    const json& value = at(key);
    if (!value.is_array()) {
        throw wrong(key, "a list");
    }
    return value;
}

JsonPart JsonPart::object(std::string_view key) const {
    return {at(key), m_where + ": \"" + std::string(key) + "\""};
}

void JsonPart::refuseAllBut(std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, value] : m_value.items()) {
        const bool saysNothing = value.is_null() || value == false || value == 0 || value == "" ||
                                 (value.is_structured() && value.empty());
        if (!saysNothing && std::ranges::find(keys, key) == keys.end()) {
            throw bad("\"" + shown(key) + "\" is " + shown(value.dump()) + ", which is not understood");
        }
    }
}

} // namespace finescope::engine
