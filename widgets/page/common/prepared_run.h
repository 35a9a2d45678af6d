#pragma once

#include "core/analysis/temperature/slider_table.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/figure_request.h"

#include <QString>

#include <memory>
#include <optional>
#include <stop_token>
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

/// The options that a request asks for.
[[nodiscard]] CalibrationChoice calibrationChoice(const figure::FigureRequest& request);

/// One run made ready for the slider: read once, never changed, shared with the worker.
struct PreparedRun {
    analysis::CalibrationData data;
    analysis::SliderTable table;
    figure::TemperatureCurve curve{}; ///< without name and style
    int bins = 15;
    /// Of large runs the curve is the table's, but for the optimum, so that the diagram need not wait for a
    /// hundred exact evaluations; it agrees as SliderTable does. exactCurve() is what may be copied.
    bool curveIsExact = true;

    /// The temperature of the run in the mode "each at its own fitted T"; 1 where there was nothing to fit
    /// on.
    [[nodiscard]] double fittedTemperature() const { return data.fitted ? data.fitted->value : 1.0; }
    /// The numbers at a temperature as core/analysis defines them.
    [[nodiscard]] analysis::Reliability exactAt(double temperature) const;
    /// The curve by reliability(): half a second for each million logits. Throws Error{cancelled}.
    [[nodiscard]] figure::TemperatureCurve exactCurve(const std::stop_token& stop = {}) const;
};

/// Reads and fits; any thread. Throws what readCalibration throws. Keeps the logits as they are stored and
/// the table, which is smaller; reads nothing of the file but the two splits at that evaluation.
[[nodiscard]] std::shared_ptr<const PreparedRun> prepareRun(const record::Run& run,
                                                            const CalibrationChoice& choice);

/// Changes whenever prepareRun would give something else.
[[nodiscard]] QString preparedKey(const record::Run& run, const CalibrationChoice& choice);

/// Whether the run holds what is chosen.
[[nodiscard]] bool canPrepare(const record::Run& run, const CalibrationChoice& choice);

} // namespace finescope::widgets
