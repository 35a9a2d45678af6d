#pragma once

#include "app/window/session.h"
#include "widgets/model/run_tree_model.h"

#include <vector>

namespace finescope::window {

/// The open runs as the tree shows them: badge and progress from what the file says and whether anybody still
/// writes it.
[[nodiscard]] std::vector<widgets::RunRow> runRows(const std::vector<OpenRun>& runs);

} // namespace finescope::window
