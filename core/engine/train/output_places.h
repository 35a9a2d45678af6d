#pragma once

#include "core/engine/train/plan.h"

#include <filesystem>

namespace finescope::engine {

/// Throws Error{badInput} if plan.output lies in no folder, or exists and may not be replaced. Before
/// anything is computed.
void refuseOutputEarly(const TrainPlan& plan);

/// Makes the folder of --save-checkpoint before training: one that cannot be written should not cost a run.
/// Throws Error{badInput}.
void makeCheckpointFolder(const std::filesystem::path& folder);

} // namespace finescope::engine
