#pragma once

#include "core/imports/raw_predictions.h"

namespace finescope::imports {

/// The labels of each split as class numbers 0..C-1. A file's labels are names of classes if every one of
/// them is, in all splits; else whole numbers from 0. Throws Error{badFile} naming file, array or column, and
/// row or line for what is neither; labels that run from 1 to C are named as such.
[[nodiscard]] std::vector<Labels> readLabels(const RawPredictions& raw);

} // namespace finescope::imports
