#pragma once

#include "core/imports/class_columns.h"
#include "core/imports/raw_predictions.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace finescope::imports {

/// What the columns of a CSV file are.
struct CsvColumns {
    std::size_t label = 0;
    std::optional<std::size_t> split;    ///< says of each row which split it belongs to
    std::vector<std::size_t> classes;    ///< [C], in the order of classes
    std::vector<std::string> classNames; ///< [C]
    Meaning stated = Meaning::scores;
    std::string scoresName;            ///< of all class columns together, for messages
    std::vector<std::string> notes;    ///< how the classes were told, what was left alone
    std::vector<std::string> warnings; ///< what was left alone and may matter
};

/// Tells the columns apart by their names: one of labels (label, y, true_label, ...), one of a score for each
/// class, and perhaps one called split. Columns of scores are a beginning and a class (logit_0, logit_1, ...;
/// p_cat, p_dog); numbers order the classes, from 0 or 1. Without such a beginning they are told by what
/// stands in all other columns but known extras (id, text, pred_label, confidence, ...): see
/// chooseClassColumns. Throws Error{badFile}, or Error{badInput} for a choice that is not there; `place`
/// ("FILE, line 1") heads its messages.
[[nodiscard]] CsvColumns readColumns(const std::vector<std::string>& header, const NameChoice& choice,
                                     const std::string& place, const LookInto& lookInto);

} // namespace finescope::imports
