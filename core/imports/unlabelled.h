#pragma once

#include "core/imports/raw_predictions.h"

namespace finescope::imports {

/// Leaves out the rows whose label says that there is none (text::saysNoLabel), unless the file has a class
/// of that name, and adds a warning that counts them. Throws Error{badFile} where they are most of a split,
/// and where -1 may as well be a class: labels that are -1 and 1 alone, or that run from -1 to one less than
/// the last class.
void leaveOutUnlabelled(RawPredictions& raw);

} // namespace finescope::imports
