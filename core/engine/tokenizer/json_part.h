#pragma once

#include "core/error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace finescope::engine {

/// An object within a JSON file, with errors that name the file and the place ("F: \"model\": ...").
class JsonPart {
public:
    /// Throws Error{badFile} if `value` is no object. It must live as long as the part.
    JsonPart(const nlohmann::json& value, std::string where);

    [[nodiscard]] const std::string& where() const { return m_where; }
    [[nodiscard]] Error bad(const std::string& what) const;
    /// The value of a key; null if it is missing or null.
    [[nodiscard]] const nlohmann::json* find(std::string_view key) const;
    /// What the "type" says.
    [[nodiscard]] std::string type() const { return text("type"); }
    [[nodiscard]] bool boolean(std::string_view key) const;
    [[nodiscard]] bool booleanOr(std::string_view key, bool fallback) const;
    [[nodiscard]] std::string text(std::string_view key) const;
    /// The text of a key; empty if it is missing or null.
    [[nodiscard]] std::string textOrNothing(std::string_view key) const;
    /// An integer from 0 that fits std::int32_t.
    [[nodiscard]] std::int64_t count(std::string_view key) const;
    [[nodiscard]] const nlohmann::json& list(std::string_view key) const;
    [[nodiscard]] JsonPart object(std::string_view key) const;
    /// Refuses a key that is not listed and says something (is neither null, false, 0 nor empty): what is not
    /// understood is not passed over.
    void refuseAllBut(std::initializer_list<std::string_view> keys) const;

private:
    [[nodiscard]] const nlohmann::json& at(std::string_view key) const;
    [[nodiscard]] Error wrong(std::string_view key, const char* expected) const;

    const nlohmann::json& m_value;
    std::string m_where;
};

} // namespace finescope::engine
