#pragma once

#include "core/matrix.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace finescope::imports {

/// What stands in columns whose names do not say what they are.
struct ColumnContents {
    std::set<std::string> labels;    ///< each once, without those that say that there is none
    std::vector<std::size_t> places; ///< [K] the columns in which numbers stand and nothing else, rising
    MatrixD values;                  ///< [N, K] those numbers
};

/// Reads the columns at these places, and the labels.
using LookInto = std::function<ColumnContents(std::size_t label, const std::vector<std::size_t>& places)>;

/// Which columns are the classes, and how it was told.
struct ClassChoice {
    std::vector<std::size_t> places;
    std::vector<std::string> names; ///< of the classes
    std::string because;
    std::vector<std::size_t> doubtful; ///< columns of numbers left alone for what stands in them
};

/// The columns of the classes among others with numbers in them, told by what stands there, in this order:
/// columns that are called as the labels; columns that begin alike and go on with the labels; neighbours
/// whose rows sum to 1; columns that begin alike and go on with numbers from 0 or 1; all of them, if the
/// labels count as many classes. Other columns are left alone only where they cannot be a class that no label
/// happens to have: they are no numbers, are whole where the scores are not, or are never negative where the
/// scores are. Throws Error{badFile}, headed by `place`, naming the columns where nothing decides.
/// `header`: the names of all columns.
[[nodiscard]] ClassChoice chooseClassColumns(const std::vector<std::string>& header,
                                             const ColumnContents& contents, const std::string& place);

/// Of columns whose beginning says that they are scores, and which go on with `endings`, those of the
/// classes: without the ones that go on with what is computed from all scores (max, margin, entropy, ...) and
/// the ones whose numbers cannot be scores beside those whose ending is a label. places, endings [K], same
/// order, places rising.
[[nodiscard]] ClassChoice withoutOthers(const std::vector<std::size_t>& places,
                                        const std::vector<std::string>& endings,
                                        const ColumnContents& contents);

} // namespace finescope::imports
