#pragma once

#include "core/figure/figure.h"
#include "core/record/run.h"
#include "widgets/page/common/prepared_run.h"

#include <memory>
#include <optional>
#include <string>

namespace finescope::widgets {

/// A run on the Calibration page that has what is chosen.
struct ShownRun {
    record::Run run;
    std::string name; ///< told apart among the others
    figure::Style style;
    std::shared_ptr<const PreparedRun> prepared;

    /// `chosen`, or nullopt: the one fitted on its validation split.
    [[nodiscard]] double temperature(std::optional<double> chosen) const {
        return chosen.value_or(prepared->fittedTemperature());
    }
};

} // namespace finescope::widgets
