#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace finescope::imports {

/// What people call their arrays and columns. The order of the scores is that of preference where a file has
/// several: logits hold most.
enum class Meaning { logits, logProbabilities, probabilities, scores, labels, classNames };

[[nodiscard]] constexpr bool isScore(Meaning meaning) {
    return meaning <= Meaning::scores;
}

struct NameReading {
    std::string split = "test"; ///< test unless the name says train, validation or ood
    std::optional<Meaning> meaning;
};

/// Reads a name: val_logits and logitsVal are the logits of the validation split, y_test the labels of the
/// test split, predictions some score of every class. Upper and lower case and what separates words do not
/// matter.
[[nodiscard]] NameReading readName(std::string_view name);

/// The split that a word means (val, valid, validation, dev: validation), or nullopt.
[[nodiscard]] std::optional<std::string> splitOfWord(std::string_view word);

/// The words of a name in lower case: "valLogits_0" gives val, logits, 0 joined by `_`.
[[nodiscard]] std::string normalised(std::string_view name);

/// For errors: the names that are looked for.
[[nodiscard]] std::string knownNames();

} // namespace finescope::imports
