#pragma once

#include "core/error.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    [[nodiscard]] bool flagOr(const char* key, bool fallback) const;
    /// One of a few words. Throws Error{badFile} naming those that can be.
    template <typename Value>
    [[nodiscard]] Value choiceOr(const char* key,
                                 const std::vector<std::pair<std::string_view, Value>>& choices,
                                 Value fallback) const {
        const std::optional<std::size_t> place = placeOf(
            key, [&](std::size_t i) { return choices[i].first; }, choices.size());
        return place ? choices[*place].second : fallback;
    }
    /// `count` numbers above 0. Throws Error{badFile}, also where they are missing.
    [[nodiscard]] std::vector<double> numbers(const char* key, std::size_t count) const;
    /// The object under a key, whose errors name the way to it; nullopt where there is none.
    [[nodiscard]] std::optional<ConfigReader> child(const char* key) const;
    /// Refuses a key that is there and is not `only`, the one thing that is computed.
    void require(const char* key, const nlohmann::json& only) const;
    /// Whether the key is there and null, where that says something else than no key.
    [[nodiscard]] bool isNull(const char* key) const;
    /// Null where there is none.
    [[nodiscard]] const nlohmann::json* find(const char* key) const;

private:
    [[nodiscard]] std::optional<std::size_t> placeOf(const char* key,
                                                     const std::function<std::string_view(std::size_t)>& name,
                                                     std::size_t count) const;
    [[nodiscard]] std::string named(const char* key) const;

    const nlohmann::json& m_object;
    std::filesystem::path m_path;
    std::string m_within; ///< the way to the object, "a.b."
};

} // namespace finescope::engine
