#pragma once

#include "app/window/runs/session.h"
#include "widgets/model/run_tree_model.h"

#include <vector>

namespace finescope::window {

/// The open runs as the tree shows them: badge and progress from what the file says and whether anybody still
/// writes it; style of those that are shown, as the pages draw them.
[[nodiscard]] std::vector<widgets::RunRow> runRows(const Session& session);

/// Which checked runs are counted once with another, of which they are copies; empty if none.
[[nodiscard]] QString copiesText(const Session& session);

/// What is to say after a folder was opened in which `found` run files are; empty if all of them are shown.
[[nodiscard]] QString folderText(const QString& folder, int found, const std::vector<OpenRun>& runs);

} // namespace finescope::window
