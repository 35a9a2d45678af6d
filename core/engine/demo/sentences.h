#pragma once

#include "core/engine/random_stream.h"
#include "core/engine/task/task.h"

#include <string>

namespace finescope::engine {

/// Which words a sentence may use. The out-of-distribution ones occur in pre-training, never in the task's
/// own splits.
enum class Wording { inDistribution, outOfDistribution, both };

/// A review of one sentence and what it says: 0 negative, 1 positive. Its adjectives agree with the verdict,
/// but for the first half of a contrast ("... was dull but ...") and what a "not" turns round.
struct Review {
    std::string text;
    std::int64_t verdict = 0;
};

struct ReviewOptions {
    Wording wording = Wording::inDistribution;
    double negated = 0; ///< share of reviews whose verdict is said by denying the opposite
};

[[nodiscard]] Review makeReview(const ReviewOptions& options, RandomBits& bits);

/// Pre-training's text: a review and, in a word, what its writer did about the thing ("loved"). That word
/// makes the verdict worth guessing; the task's own texts never hold it.
struct Story {
    std::string text, deed;
};

[[nodiscard]] Story makeStory(const ReviewOptions& options, RandomBits& bits);

/// A split of reviews as examples: a share `labelNoise` of them carries the wrong label. No text occurs
/// twice, nor any that is in `taken`, to which the new ones are added.
[[nodiscard]] std::vector<Example> makeReviews(std::size_t count, const ReviewOptions& options,
                                               double labelNoise, RandomBits& bits,
                                               std::vector<std::string>& taken);

} // namespace finescope::engine
