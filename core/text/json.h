#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace finescope::text {

/// What a JSON text may be at most. The numbers leave room for every file that people have (the
/// tokenizer.json of a quarter of a million words is 33 MB) and none for one that was made to hurt.
struct JsonLimits {
    std::size_t bytes = std::size_t{128} << 20U;
    std::size_t depth = 64;          ///< arrays and objects within each other
    std::size_t members = 1'000'000; ///< of one object
    /// Pairs of keys of one object, all objects together.
    std::size_t pairsOfKeys = std::numeric_limits<std::size_t>::max();
};

/// A document whose keys keep their order finds each by looking through all: few keys, little text. The pairs
/// are what that costs, some 5 ns each.
inline constexpr JsonLimits kOrderedJsonLimits{std::size_t{8} << 20U, 64, 10'000, 100'000'000};

/// The value that a JSON text holds. `where` is what messages begin with: a file, or a file and what within
/// it. Throws Error{badFile}: a limit is exceeded (with the number and the limit), or the text is not JSON,
/// is not UTF-8, or ends too early (with line and column, both from 1; columns count characters).
/// `firstLine`: the number of the text's first line in the file.
[[nodiscard]] nlohmann::json parseJson(std::string_view text, const std::string& where,
                                       const JsonLimits& limits = {}, std::int64_t firstLine = 1);

/// The same with the keys of objects in the order of the text.
[[nodiscard]] nlohmann::ordered_json parseOrderedJson(std::string_view text, const std::string& where,
                                                      const JsonLimits& limits = kOrderedJsonLimits);

/// The same checks, and nothing is kept: for a reader that then listens to the parser itself.
void checkJson(std::string_view text, const std::string& where, const JsonLimits& limits = {});

} // namespace finescope::text
