#pragma once

#include "widgets/control/note_button.h"
#include "widgets/page/calibration/calibration_details.h"

namespace finescope::widgets {

/// What the parts of the Calibration page show, with definition and source.
[[nodiscard]] Note reliabilityNote();
[[nodiscard]] Note temperatureNote();
[[nodiscard]] Note eceCurveNote();
[[nodiscard]] Note mceCurveNote();
[[nodiscard]] Note nllCurveNote();
[[nodiscard]] Note brierCurveNote();
[[nodiscard]] Note binStabilityNote();
/// Of the table of numbers: each of its columns.
[[nodiscard]] Note numbersNote();
/// Of a table in its place.
[[nodiscard]] Note detailsNote(CalibrationDetails::View view);

} // namespace finescope::widgets
