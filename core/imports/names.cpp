#include "core/imports/names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace finescope::imports {

namespace {

// Words as `normalised` makes them.
constexpr std::array<std::pair<std::string_view, Meaning>, 75> kNames{{
    {"logits", Meaning::logits},
    {"logit", Meaning::logits},
    {"raw_logits", Meaning::logits},
    {"output_logits", Meaning::logits},
    {"pred_logits", Meaning::logits},
    {"log_probabilities", Meaning::logProbabilities},
    {"log_probability", Meaning::logProbabilities},
    {"log_probs", Meaning::logProbabilities},
    {"log_prob", Meaning::logProbabilities},
    {"logprobs", Meaning::logProbabilities},
    {"logprob", Meaning::logProbabilities},
    {"log_proba", Meaning::logProbabilities},
    {"log_softmax", Meaning::logProbabilities},
    {"probabilities", Meaning::probabilities},
    {"probability", Meaning::probabilities},
    {"probas", Meaning::probabilities},
    {"proba", Meaning::probabilities},
    {"probs", Meaning::probabilities},
    {"prob", Meaning::probabilities},
    {"p", Meaning::probabilities},
    {"softmax", Meaning::probabilities},
    {"predict_proba", Meaning::probabilities},
    {"pred_proba", Meaning::probabilities},
    {"pred_probs", Meaning::probabilities},
    {"pred_prob", Meaning::probabilities},
    {"y_prob", Meaning::probabilities},
    {"y_probs", Meaning::probabilities},
    {"y_proba", Meaning::probabilities},
    {"confidences", Meaning::probabilities},
    {"confidence", Meaning::probabilities},
    {"predictions", Meaning::scores},
    {"prediction", Meaning::scores},
    {"preds", Meaning::scores},
    {"pred", Meaning::scores},
    {"scores", Meaning::scores},
    {"score", Meaning::scores},
    {"outputs", Meaning::scores},
    {"output", Meaning::scores},
    {"y_pred", Meaning::scores},
    {"y_score", Meaning::scores},
    {"y_scores", Meaning::scores},
    {"y_hat", Meaning::scores},
    {"labels", Meaning::labels},
    {"label", Meaning::labels},
    {"targets", Meaning::labels},
    {"target", Meaning::labels},
    {"ground_truth", Meaning::labels},
    {"groundtruth", Meaning::labels},
    {"gt", Meaning::labels},
    {"y", Meaning::labels},
    {"class", Meaning::labels},
    {"y_true", Meaning::labels},
    {"true_label", Meaning::labels},
    {"true_labels", Meaning::labels},
    {"true", Meaning::labels},
    {"truth", Meaning::labels},
    {"gold", Meaning::labels},
    {"gold_label", Meaning::labels},
    {"gold_labels", Meaning::labels},
    {"references", Meaning::labels},
    {"reference", Meaning::labels},
    {"label_ids", Meaning::labelIds},
    {"label_id", Meaning::labelIds},
    {"labels_ids", Meaning::labelIds},
    {"target_ids", Meaning::labelIds},
    {"target_id", Meaning::labelIds},
    {"class_ids", Meaning::labelIds},
    {"class_id", Meaning::labelIds},
    {"true_label_ids", Meaning::labelIds},
    {"gold_label_ids", Meaning::labelIds},
    {"gold_ids", Meaning::labelIds},
    {"class_names", Meaning::classNames},
    {"classes", Meaning::classNames},
    {"label_names", Meaning::classNames},
    {"target_names", Meaning::classNames},
}};

constexpr std::array<std::pair<std::string_view, SplitWord>, 10> kSplits{{
    {"validation", SplitWord::validation},
    {"val", SplitWord::validation},
    {"valid", SplitWord::validation},
    {"dev", SplitWord::validation},
    {"test", SplitWord::test},
    {"eval", SplitWord::evaluation},
    {"evaluation", SplitWord::evaluation},
    {"train", SplitWord::train},
    {"training", SplitWord::train},
    {"ood", SplitWord::ood},
}};

enum class Letter { other, lower, upper, digit };

Letter letterOf(char c) {
    if (c >= 'a' && c <= 'z') {
        return Letter::lower;
    }
    if (c >= 'A' && c <= 'Z') {
        return Letter::upper;
    }
    return c >= '0' && c <= '9' ? Letter::digit : Letter::other;
}

std::optional<Meaning> meaningOf(std::string_view words) {
    const auto found = std::ranges::find(kNames, words, &std::pair<std::string_view, Meaning>::first);
    return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

} // namespace

std::string normalised(std::string_view name) {
    std::string words;
    Letter before = Letter::other;
    for (const char c : name) {
        const Letter letter = letterOf(c);
        const bool begins = letter != Letter::other && before != Letter::other &&
                            ((letter == Letter::digit) != (before == Letter::digit) ||
                             (letter == Letter::upper && before == Letter::lower));
        if (letter == Letter::other ? !words.empty() && !words.ends_with('_') : begins) {
            words += '_';
        }
        if (letter != Letter::other) {
            words += static_cast<char>(letter == Letter::upper ? c - 'A' + 'a' : c);
        }
        before = letter;
    }
    return words.ends_with('_') ? words.substr(0, words.size() - 1) : words;
}

std::optional<SplitWord> splitOfWord(std::string_view word) {
    const auto found = std::ranges::find(kSplits, word, &std::pair<std::string_view, SplitWord>::first);
    return found == kSplits.end() ? std::nullopt : std::optional(found->second);
}

std::string splitName(SplitWord word, SplitWord evaluation) {
    switch (word == SplitWord::evaluation ? evaluation : word) {
    case SplitWord::train:
        return "train";
    case SplitWord::validation:
        return "validation";
    case SplitWord::ood:
        return "ood";
    default:
        return "test";
    }
}

NameReading readName(std::string_view name) {
    const std::string words = normalised(name);
    NameReading reading;
    if ((reading.meaning = meaningOf(words))) {
        return reading;
    }
    const std::string_view all = words;
    const std::size_t first = all.find('_'), last = all.rfind('_');
    if (first == std::string_view::npos) {
        return reading;
    }
    const std::pair<std::string_view, std::string_view> cuts[] = {
        {all.substr(0, first), all.substr(first + 1)}, {all.substr(last + 1), all.substr(0, last)}};
    for (const auto& [word, rest] : cuts) {
        if (const auto split = splitOfWord(word)) {
            reading.meaning = meaningOf(rest);
            reading.split = *split;
            return reading;
        }
    }
    return reading;
}

std::string knownNames() {
    return "logits, probabilities, probs, predictions or scores, and labels, label_ids, targets, "
           "ground_truth, y or true_label, with val_ or test_ before or after";
}

} // namespace finescope::imports
