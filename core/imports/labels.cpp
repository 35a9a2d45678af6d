#include "core/imports/labels.h"

#include "core/error.h"
#include "core/imports/column_names.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <map>
#include <optional>

namespace finescope::imports {

namespace {

using ClassPlaces = std::map<std::string, std::int64_t, std::less<>>;

[[noreturn]] void refuse(const RawPredictions& raw, const RawSplit& split, const std::string& what) {
    throw Error(ErrorKind::badFile, raw.file.string() + ", " + split.labelsName + ": " + what);
}

/// The classes that all labels of a split name; nullopt where one names none. Numbers name classes that are
/// called by numbers.
std::optional<Labels> byName(const RawSplit& split, const ClassPlaces& places) {
    Labels labels;
    const auto take = [&](const std::string& text) {
        const auto found = places.find(text);
        if (found != places.end()) {
            labels.push_back(found->second);
        }
        return found != places.end();
    };
    const bool named = split.labelTexts.empty()
                           ? !split.labelNumbers.empty() &&
                                 std::ranges::all_of(split.labelNumbers,
                                                     [&](double value) {
                                                         const auto whole = wholeNumber(value);
                                                         return whole && take(std::to_string(*whole));
                                                     })
                           : std::ranges::all_of(split.labelTexts, take);
    return named ? std::optional(std::move(labels)) : std::nullopt;
}

/// A text that is no number where all should be: the first that is no class either says most.
[[noreturn]] void refuseText(const RawPredictions& raw, const RawSplit& split, std::size_t row,
                             const ClassPlaces& places) {
    for (std::size_t i = row; i < split.labelTexts.size(); ++i) {
        const std::string& text = split.labelTexts[i];
        if (!places.contains(text) && !wholeNumber(text)) {
            refuse(raw, split,
                   split.place(static_cast<Eigen::Index>(i)) + ": \"" + text::shown(text) +
                       "\" is neither a whole number nor a class" +
                       (raw.classNames.empty() ? "" : " (classes: " + text::listed(raw.classNames, 8) + ")"));
        }
    }
    refuse(raw, split,
           split.place(static_cast<Eigen::Index>(row)) + ": \"" + text::shown(split.labelTexts[row]) +
               "\" is a class, but other labels are numbers; write all of them the same way");
}

template <typename Values>
Labels byNumber(const RawPredictions& raw, const RawSplit& split, const Values& values,
                const ClassPlaces& places) {
    Labels labels;
    for (const auto& value : values) {
        const auto whole = wholeNumber(value);
        if (!whole) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
                refuseText(raw, split, labels.size(), places);
            } else {
                refuse(raw, split,
                       split.place(static_cast<Eigen::Index>(labels.size())) + ": " + std::to_string(value) +
                           " is not a whole number");
            }
        }
        labels.push_back(*whole);
    }
    return labels;
}

void requireClasses(const RawPredictions& raw, const RawSplit& split, const Labels& labels) {
    const auto classes = static_cast<std::int64_t>(split.scores.cols());
    const auto outside =
        std::ranges::find_if(labels, [=](std::int64_t label) { return label < 0 || label >= classes; });
    if (outside == labels.end()) {
        return;
    }
    const auto [smallest, largest] = std::ranges::minmax(labels);
    if (smallest >= 1 && largest == classes) {
        refuse(raw, split,
               "labels run from 1 to " + std::to_string(classes) + ", but classes are counted from 0; save " +
                   split.labelsName + " - 1");
    }
    refuse(raw, split,
           split.place(outside - labels.begin()) + " has the label " + std::to_string(*outside) + ", but " +
               split.scoresName + " has " + std::to_string(classes) + " classes, 0 to " +
               std::to_string(classes - 1));
}

} // namespace

std::vector<Labels> readLabels(const RawPredictions& raw) {
    ClassPlaces places;
    for (std::size_t i = 0; i < raw.classNames.size(); ++i) {
        places.emplace(raw.classNames[i], static_cast<std::int64_t>(i));
    }
    std::vector<Labels> all;
    for (const RawSplit& split : raw.splits) {
        if (auto named = byName(split, places)) {
            all.push_back(std::move(*named));
        }
    }
    if (all.size() == raw.splits.size()) {
        return all;
    }
    all.clear(); // names in one split and places in another are not told apart
    for (const RawSplit& split : raw.splits) {
        Labels labels = split.labelTexts.empty() ? byNumber(raw, split, split.labelNumbers, places)
                                                 : byNumber(raw, split, split.labelTexts, places);
        requireClasses(raw, split, labels);
        all.push_back(std::move(labels));
    }
    return all;
}

} // namespace finescope::imports
