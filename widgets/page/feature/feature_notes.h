#pragma once

#include "widgets/control/note_button.h"

namespace finescope::widgets {

/// What each view of the Features page shows.
[[nodiscard]] Note featureNumbersNote();
[[nodiscard]] Note featureSamplesNote();
[[nodiscard]] Note featureTrainingNote();
[[nodiscard]] Note principalComponentsNote();
[[nodiscard]] Note tsneNote();
[[nodiscard]] Note featureNeighboursNote();

} // namespace finescope::widgets
