#pragma once

#include "widgets/control/note_button.h"

namespace finescope::widgets {

/// What the views of the Classifier page show, with definition and source.
[[nodiscard]] Note classNormsNote();
[[nodiscard]] Note classAnglesNote();
[[nodiscard]] Note normDerivativeNote();
[[nodiscard]] Note classifierRowsNote();

} // namespace finescope::widgets
