#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace finescope::imports {

/// What people call their arrays and columns. The order of the scores is that of preference where a file has
/// several: logits hold most. labelIds are labels where nothing is called labels: else they may be the
/// numbers of labels that are texts.
enum class Meaning { logits, logProbabilities, probabilities, scores, labels, labelIds, classNames };

[[nodiscard]] constexpr bool isScore(Meaning meaning) {
    return meaning <= Meaning::scores;
}

[[nodiscard]] constexpr bool isLabel(Meaning meaning) {
    return meaning == Meaning::labels || meaning == Meaning::labelIds;
}

/// Which split a name speaks of. A file's only evaluation is its test split; beside a test split it is the
/// one for validation, as trainers call it.
enum class SplitWord { none, train, validation, evaluation, test, ood };

struct NameReading {
    SplitWord split = SplitWord::none;
    std::optional<Meaning> meaning;
};

/// Reads a name: val_logits and logitsVal are the logits of the validation split, y_test the labels of the
/// test split, predictions some score of every class. Upper and lower case and what separates words do not
/// matter.
[[nodiscard]] NameReading readName(std::string_view name);

/// The split that a word means (val, valid, validation, dev: validation), or nullopt.
[[nodiscard]] std::optional<SplitWord> splitOfWord(std::string_view word);

/// The split as a run file calls it. Without a word it is test; `evaluation`: what that word means here.
[[nodiscard]] std::string splitName(SplitWord word, SplitWord evaluation);

/// The words of a name in lower case: "valLogits_0" gives val, logits, 0 joined by `_`.
[[nodiscard]] std::string normalised(std::string_view name);

/// For errors: the names that are looked for.
[[nodiscard]] std::string knownNames();

} // namespace finescope::imports
