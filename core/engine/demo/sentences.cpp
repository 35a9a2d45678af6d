#include "core/engine/demo/sentences.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace finescope::engine {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 20> kGood = {"good",   "great",  "lovely",    "charming", "bright",
                                                    "warm",   "clever", "funny",     "tender",   "splendid",
                                                    "rich",   "lively", "graceful",  "honest",   "fresh",
                                                    "gentle", "superb", "brilliant", "pleasant", "moving"};
constexpr std::array<std::string_view, 20> kBad = {
    "bad",  "awful",    "dull", "boring", "cold",  "harsh", "stupid",   "bleak", "clumsy",   "dreary",
    "poor", "lifeless", "ugly", "stale",  "cruel", "weak",  "dreadful", "false", "tiresome", "unpleasant"};
constexpr std::array<std::string_view, 12> kUnseenGood = {
    "delightful", "marvellous",  "elegant", "enchanting", "radiant", "witty",
    "touching",   "magnificent", "vivid",   "cheerful",   "sincere", "excellent"};
constexpr std::array<std::string_view, 12> kUnseenBad = {"miserable", "horrid", "tedious",  "shabby",
                                                         "gloomy",    "silly",  "wretched", "irritating",
                                                         "flat",      "grim",   "hollow",   "disappointing"};
constexpr std::array<std::string_view, 8> kLiked = {"quiet", "short", "slow",  "sweet",
                                                    "dark",  "small", "plain", "thin"};
constexpr std::array<std::string_view, 8> kDisliked = {"loud",  "long",  "quick",  "salty",
                                                       "shiny", "large", "ornate", "thick"};
constexpr std::array<std::string_view, 14> kThings = {"film",  "book",  "meal",    "hotel", "song",
                                                      "play",  "show",  "garden",  "game",  "room",
                                                      "story", "dance", "picture", "town"};
constexpr std::array<std::string_view, 8> kUnseenThings = {"museum",  "boat",   "recipe", "lecture",
                                                           "kitchen", "voyage", "poem",   "festival"};
constexpr std::array<std::string_view, 10> kParts = {"music", "staff",  "ending",  "view", "taste",
                                                     "light", "colour", "service", "plot", "price"};
constexpr std::array<std::string_view, 6> kDegrees = {"very", "really", "quite", "rather", "truly", "so"};
constexpr std::array<std::string_view, 8> kOpenings = {"yesterday",      "last week", "in the evening",
                                                       "once more",      "after all", "on sunday",
                                                       "with my sister", "this time"};

constexpr std::array<std::string_view, 3> kPraise = {"loved", "enjoyed", "praised"};
constexpr std::array<std::string_view, 3> kBlame = {"hated", "regretted", "panned"};

/// The words of one review.
class Speaker {
public:
    Speaker(const ReviewOptions& options, RandomBits& bits) : m_options(options), m_bits(bits) {}

    Review review() {
        const std::int64_t verdict = chance(0.5) ? 1 : 0;
        m_ofTaste = chance(m_options.ofTaste);
        std::string text = chance(0.35) ? pick(kOpenings) + " " : std::string();
        text += chance(m_options.negated) ? denial(verdict) : statement(verdict);
        return {text + (chance(0.8) ? "." : "!"), verdict};
    }

private:
    [[nodiscard]] bool chance(double probability) { return m_bits.unit() < probability; }
    [[nodiscard]] std::string pick(Words words) { return std::string(words[m_bits.below(words.size())]); }
    [[nodiscard]] bool unseen() {
        return m_options.wording == Wording::outOfDistribution ||
               (m_options.wording == Wording::both && chance(0.4));
    }
    [[nodiscard]] std::string adjective(std::int64_t verdict) {
        if (m_ofTaste) {
            const bool liked = m_options.taste == Taste::agrees ? verdict == 1 : chance(0.5);
            return pick(liked ? kLiked : kDisliked);
        }
        const bool rare = unseen();
        if (verdict == 1) {
            return rare ? pick(kUnseenGood) : pick(kGood);
        }
        return rare ? pick(kUnseenBad) : pick(kBad);
    }
    [[nodiscard]] std::string graded(std::int64_t verdict) {
        return (chance(0.4) ? pick(kDegrees) + " " : std::string()) + adjective(verdict);
    }
    [[nodiscard]] std::string thing() { return unseen() ? pick(kUnseenThings) : pick(kThings); }

    [[nodiscard]] std::string statement(std::int64_t verdict) {
        switch (m_bits.below(5)) {
        case 0:
            return "the " + thing() + " was " + graded(verdict) + " and the " + pick(kParts) + " was " +
                   graded(verdict);
        case 1:
            return "i found the " + thing() + " " + adjective(verdict) + ", " + adjective(verdict) + " and " +
                   graded(verdict);
        case 2:
            return "a " + graded(verdict) + " " + thing() + " with a " + adjective(verdict) + " " +
                   pick(kParts);
        case 3:
            return "we thought that the " + thing() + " was " + graded(verdict);
        default:
            return "the " + pick(kParts) + " was " + adjective(1 - verdict) + " but the " + thing() +
                   " was " + graded(verdict) + " and " + adjective(verdict);
        }
    }

    [[nodiscard]] std::string denial(std::int64_t verdict) {
        if (chance(0.5)) {
            return "the " + thing() + " was not " + graded(1 - verdict) + " but " + graded(verdict);
        }
        return "the " + thing() + " was not " + graded(1 - verdict) + " at all and the " + pick(kParts) +
               " was not " + adjective(1 - verdict);
    }

    const ReviewOptions& m_options;
    RandomBits& m_bits;
    bool m_ofTaste = false; ///< of the review that is being said
};

} // namespace

Review makeReview(const ReviewOptions& options, RandomBits& bits) {
    return Speaker(options, bits).review();
}

Story makeStory(const ReviewOptions& options, RandomBits& bits) {
    Review review = makeReview(options, bits);
    const std::span<const std::string_view> deeds = review.verdict == 1 ? Words(kPraise) : Words(kBlame);
    return {std::move(review.text), std::string(deeds[bits.below(deeds.size())])};
}

std::vector<Example> makeReviews(std::size_t count, const ReviewOptions& options, double labelNoise,
                                 RandomBits& bits, std::vector<std::string>& taken) {
    std::vector<Example> examples;
    while (examples.size() < count) {
        Review review = makeReview(options, bits);
        const bool wrong = bits.unit() < labelNoise;
        if (std::find(taken.begin(), taken.end(), review.text) != taken.end()) {
            continue;
        }
        taken.push_back(review.text);
        examples.push_back(
            {std::move(review.text), std::nullopt, wrong ? 1 - review.verdict : review.verdict});
    }
    return examples;
}

} // namespace finescope::engine
