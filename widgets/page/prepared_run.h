#pragma once

#include "core/analysis/slider_table.h"
#include "core/figure/calibration_view.h"

#include <QString>

#include <memory>
#include <optional>
#include <string>

namespace finescope::widgets {

/// What the calibration page computes from.
struct CalibrationChoice {
    std::string split{};                   ///< "" = the default one of each run
    std::optional<record::EpochKey> key{}; ///< nullopt = the model each run reports
    std::string fitOn{};                   ///< "" = the validation split, where there is one
    int bins = 15;
    bool operator==(const CalibrationChoice&) const = default;
};

/// One run made ready for the slider: read once, never changed, shared with the worker.
struct PreparedRun {
    figure::CalibrationData data;
    analysis::SliderTable table;
    figure::TemperatureCurve curve; ///< without name and style
    int bins = 15;

    /// The temperature of the run in the mode "each at its own fitted T"; 1 where there was nothing to fit
    /// on.
    [[nodiscard]] double fittedTemperature() const { return data.fitted ? data.fitted->value : 1.0; }
    /// The numbers at a temperature as core/analysis defines them.
    [[nodiscard]] analysis::Reliability exactAt(double temperature) const;
};

/// Reads and fits; any thread. Throws what readCalibration throws.
[[nodiscard]] std::shared_ptr<const PreparedRun> prepareRun(const record::Run& run,
                                                            const CalibrationChoice& choice);

/// Changes whenever prepareRun would give something else.
[[nodiscard]] QString preparedKey(const record::Run& run, const CalibrationChoice& choice);

/// Whether the run holds what is chosen.
[[nodiscard]] bool canPrepare(const record::Run& run, const CalibrationChoice& choice);

} // namespace finescope::widgets
