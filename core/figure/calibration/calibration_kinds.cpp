#include "core/figure/calibration/calibration_kinds.h"

#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/label/run_style.h"

#include <cstddef>
#include <vector>

namespace finescope::figure {

namespace {

constexpr int kCurvePoints = 241;

} // namespace

std::string calibrationSplit(const FigureRequest& request, std::span<const record::Run> runs) {
    if (!request.splits.empty()) {
        return request.splits.front();
    }
    const record::SplitInfo* split = runs.empty() ? nullptr : analysis::defaultCalibrationSplit(runs.front());
    return split == nullptr ? std::string{} : split->name;
}

Figure buildReliability(const FigureRequest& request, std::span<const record::Run> runs, Problems& problems) {
    const std::string split = calibrationSplit(request, runs);
    return reliabilityFigure(
        reliabilityEntries(runs, split, request.temperature, request.beforeAfter, diagramChoice(request),
                           request.epoch, request.fitOn, &problems),
        laidOutFor(reliabilityOptions(request, split), request.widthMm, request.beforeAfter));
}

Figure buildTemperatureCurves(const FigureRequest& request, std::span<const record::Run> runs,
                              Problems& problems) {
    const std::string split = calibrationSplit(request, runs);
    const std::vector<RunLabel> labels = labelRuns(runs);
    std::vector<analysis::CalibrationData> data;
    std::vector<std::size_t> shown;
    for (const std::size_t index : legendOrder(runs)) {
        attempt(runs[index], &problems, [&] {
            data.push_back(analysis::readCalibration(runs[index], split, request.epoch, request.fitOn));
            shown.push_back(index);
        });
    }
    const Range range = temperatureRange(data);
    std::vector<TemperatureCurve> curves;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        curves.push_back(temperatureCurve(data[i], range.low, range.high, kCurvePoints, request.bins));
        curves.back().name = labels[shown[i]].name;
        curves.back().style = labels[shown[i]].style;
    }
    return temperatureCurveFigure(curves, temperatureCurveOptions(request, split));
}

Figure buildBinStability(const FigureRequest& request, std::span<const record::Run> runs,
                         Problems& problems) {
    const Lens lens = readLens(runs, calibrationSplit(request, runs), request.temperature, request.epoch,
                               request.fitOn, &problems);
    return binStabilityFigure(lens.entries, request.bins);
}

} // namespace finescope::figure
