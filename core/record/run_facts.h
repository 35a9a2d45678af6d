#pragma once

#include "core/record/file_view.h"
#include "core/record/run.h"

namespace finescope::record {

/// Reads the small facts of a run: everything but what RunParts reads. `earlier`, if given, is the same file
/// read before: its committed rows are taken over, only later ones are read. If a running file has new steps
/// and the same evaluations and selected model, attributes and splits are taken over too; features that came
/// together with steps are then found by the next reading without new steps. Throws Error{badFile}.
[[nodiscard]] Run readFacts(const FileView& view, const Run* earlier);

} // namespace finescope::record
