#include "core/analysis/logistic/stratified_folds.h"

#include "core/error.h"

#include <algorithm>
#include <map>
#include <string>

namespace finescope::analysis {

std::vector<int> stratifiedFolds(const Labels& labels, int folds) {
    if (folds < 2 || labels.size() < static_cast<std::size_t>(folds)) {
        throw Error(ErrorKind::badInput, std::to_string(labels.size()) + " rows cannot be split into " +
                                             std::to_string(folds) +
                                             " folds: expected 2 folds or more and a row for each");
    }
    // Classes are numbered in the order of their first rows, so that the folds do not depend on what a class
    // is called.
    std::map<std::int64_t, std::size_t> classOf;
    std::vector<std::size_t> counts;
    std::vector<std::size_t> classes;
    classes.reserve(labels.size());
    for (const std::int64_t label : labels) {
        const auto [entry, isNew] = classOf.try_emplace(label, counts.size());
        if (isNew) {
            counts.push_back(0);
        }
        ++counts[entry->second];
        classes.push_back(entry->second);
    }
    const auto wanted = static_cast<std::size_t>(folds);
    if (std::ranges::all_of(counts, [&](std::size_t count) { return count < wanted; })) {
        throw Error(ErrorKind::badInput, "every class has fewer rows than there are folds (" +
                                             std::to_string(folds) + "): use fewer folds or more rows");
    }

    // Deal the rows, sorted by class, to the folds in turn: how many of a class a fold receives that way is
    // what it gets, but in the order of the file.
    std::vector<std::vector<std::size_t>> share(counts.size(), std::vector<std::size_t>(wanted, 0));
    std::size_t position = 0;
    for (std::size_t index = 0; index < counts.size(); ++index) {
        for (std::size_t member = 0; member < counts[index]; ++member, ++position) {
            ++share[index][position % wanted];
        }
    }
    std::vector<std::size_t> currentFold(counts.size(), 0);
    std::vector<int> result;
    result.reserve(labels.size());
    for (const std::size_t index : classes) {
        std::size_t& fold = currentFold[index];
        while (share[index][fold] == 0) {
            ++fold;
        }
        --share[index][fold];
        result.push_back(static_cast<int>(fold));
    }
    return result;
}

} // namespace finescope::analysis
