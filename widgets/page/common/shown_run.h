#pragma once

#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/record/run.h"
#include "widgets/page/common/prepared_run.h"

#include <memory>
#include <string>

namespace finescope::widgets {

/// A run on the Calibration page that has what is chosen.
struct ShownRun {
    record::Run run;
    std::string name; ///< told apart among the others
    figure::Style style;
    std::shared_ptr<const PreparedRun> prepared;

    /// The temperature that was chosen for all runs, or the run's own fitted one.
    [[nodiscard]] double temperature(const figure::TemperatureChoice& choice) const {
        return choice.fitted ? prepared->fittedTemperature() : choice.value;
    }
};

} // namespace finescope::widgets
