#pragma once

#include "widgets/control/progress_row.h"

namespace finescope::window {

class PredictionImports;

/// How far the import of a large file is, the time left and a button that cancels all imports: a part of the
/// status bar, hidden while there is nothing to wait for.
class ImportProgress : public widgets::ProgressRow {
    Q_OBJECT

public:
    /// `imports` outlives this.
    explicit ImportProgress(PredictionImports& imports, QWidget* parent = nullptr);
};

} // namespace finescope::window
