#pragma once

#include "core/engine/random_stream.h"
#include "core/engine/task/task.h"

#include <string>

namespace finescope::engine {

/// Which words a sentence may use. The out-of-distribution ones occur in pre-training, never in the task's
/// own splits.
enum class Wording { inDistribution, outOfDistribution, both };

/// What the adjectives of taste ("quiet", "loud") tell of the verdict. In pre-training they stand for
/// nothing: what the task's reviewers like is known from the task alone, and a probe cannot know it.
enum class Taste { agrees, saysNothing };

/// A review of one sentence and what it says: 0 negative, 1 positive. Its adjectives are all of quality
/// ("good", "awful") or all of taste. They agree with the verdict, but for the first half of a contrast ("...
/// was dull but ..."), what a "not" turns round, and a taste that says nothing.
struct Review {
    std::string text;
    std::int64_t verdict = 0;
};

struct ReviewOptions {
    Wording wording = Wording::inDistribution;
    double negated = 0; ///< share of reviews whose verdict is said by denying the opposite
    double ofTaste = 0; ///< share of reviews in words of taste
    Taste taste = Taste::agrees;
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
