#pragma once

#include "core/error.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace finescope::engine {

/// The keys of one config.json, with errors that name the file and the key. What is null counts as missing.
class ConfigReader {
public:
    /// `object` lives as long as the reader; `path` is for what errors say.
    ConfigReader(const nlohmann::json& object, std::filesystem::path path);

    /// Error{badFile} about this file.
    [[nodiscard]] Error bad(const std::string& what) const;

    /// From `least` to 2^31 - 1. Throws Error{badFile}, also where it is missing.
    [[nodiscard]] std::int64_t integer(const char* key, std::int64_t least) const;
    [[nodiscard]] std::int64_t integerOr(const char* key, std::int64_t least, std::int64_t fallback) const;
    /// A number in [least, most). Throws Error{badFile}.
    [[nodiscard]] double numberOr(const char* key, double least, double most, double fallback) const;
    /// Refuses a key that is there and is not `only`, the one thing that is computed.
    void require(const char* key, const nlohmann::json& only) const;
    /// Null where there is none.
    [[nodiscard]] const nlohmann::json* find(const char* key) const;

private:
    const nlohmann::json& m_object;
    std::filesystem::path m_path;
};

} // namespace finescope::engine
