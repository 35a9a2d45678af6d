#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace finescope::imports {

/// What separates the parts of a column's name: "_", "-", ".", " ", ":" and brackets.
[[nodiscard]] bool isSeparator(char c);

/// Without separators at the front and brackets at the end: "[cat]" is "cat".
[[nodiscard]] std::string withoutSeparators(std::string_view text);

/// A column's name in two: "logit_cat" is "logit" and "cat". Names of many letters are cut near their
/// beginning only.
struct NameCut {
    std::string beginning, ending;
};

/// The first cut at a separator behind which a label stands.
[[nodiscard]] std::optional<NameCut> cutBeforeLabel(const std::string& name,
                                                    const std::set<std::string>& labels);

struct NumberedName {
    std::string beginning; ///< without the separators at its end; may be empty
    std::int64_t number = 0;
};

/// "cls_3", "cls3" and "cls[3]" are "cls" and 3; nothing for names that end otherwise.
[[nodiscard]] std::optional<NumberedName> cutBeforeNumber(std::string_view name);

/// The number in "3", "class_3", "class 3"; nullopt for other endings.
[[nodiscard]] std::optional<std::int64_t> classNumber(std::string_view ending);

/// A number, or a text that is one ("3", "3.0"), as a whole number, or nullopt.
[[nodiscard]] std::optional<std::int64_t> wholeNumber(double value);
[[nodiscard]] std::optional<std::int64_t> wholeNumber(std::string_view text);

} // namespace finescope::imports
