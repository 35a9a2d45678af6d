#include "widgets/page/common/prepared_run.h"

#include "core/error.h"

#include <algorithm>
#include <utility>

namespace finescope::widgets {

namespace {

constexpr int kCurvePoints = 121;
constexpr Eigen::Index kExactAtOnce = 250'000; // logits: an eighth of a second for a curve

figure::TemperatureCurve curveBy(const analysis::CalibrationData& data, int bins,
                                 const figure::NumbersAt& numbersAt) {
    return figure::temperatureCurve(data, numbersAt, figure::temperatureRange(std::span(&data, 1)),
                                    kCurvePoints, bins);
}

const record::SplitInfo* chosenSplit(const record::Run& run, const CalibrationChoice& choice) {
    return choice.split.empty() ? analysis::defaultCalibrationSplit(run) : run.split(choice.split);
}

} // namespace

analysis::Reliability PreparedRun::exactAt(double temperature) const {
    return analysis::reliability(data.logits, data.labels, temperature, bins);
}

figure::TemperatureCurve PreparedRun::exactCurve(const std::stop_token& stop) const {
    return curveBy(data, bins, [&](double temperature) {
        if (stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "the curve over temperature was cancelled");
        }
        return exactAt(temperature);
    });
}

CalibrationChoice calibrationChoice(const figure::FigureRequest& request) {
    return {
        .split = request.firstSplit(), .key = request.epoch, .fitOn = request.fitOn, .bins = request.bins};
}

std::shared_ptr<const PreparedRun> prepareRun(const record::Run& run, const CalibrationChoice& choice) {
    analysis::CalibrationData data = analysis::readCalibration(run, choice.split, choice.key, choice.fitOn);
    analysis::SliderTable table(data.logits, data.labels, choice.bins);
    PreparedRun prepared{.data = std::move(data), .table = std::move(table), .bins = choice.bins};
    prepared.curveIsExact = prepared.data.logits.size() <= kExactAtOnce;
    prepared.curve = prepared.curveIsExact ? prepared.exactCurve()
                                           : curveBy(prepared.data, prepared.bins, [&](double temperature) {
                                                 return prepared.table.at(temperature);
                                             });
    return std::make_shared<const PreparedRun>(std::move(prepared));
}

QString preparedKey(const record::Run& run, const CalibrationChoice& choice) {
    // What the reported model is may change while a run is written; its splits never do.
    const auto key = choice.key ? choice.key : run.reportedKey();
    const record::SplitInfo* split = chosenSplit(run, choice);
    return QStringLiteral("%1|%2|%3|%4|%5|%6|%7|%8")
        .arg(QString::fromStdString(run.runId), QString::fromStdU16String(run.file.u16string()),
             QString::fromStdString(split ? split->name : std::string()),
             QString::fromStdString(choice.fitOn))
        .arg(key ? key->epoch : -1)
        .arg(key ? static_cast<int>(key->stage) : -1)
        .arg(split ? split->logitKeys.size() : 0)
        .arg(choice.bins);
}

bool canPrepare(const record::Run& run, const CalibrationChoice& choice) {
    const auto holds = [&choice](const record::SplitInfo* of) {
        return of != nullptr && !of->logitKeys.empty() &&
               (!choice.key || std::ranges::find(of->logitKeys, *choice.key) != of->logitKeys.end());
    };
    return holds(chosenSplit(run, choice)) && (choice.fitOn.empty() || holds(run.split(choice.fitOn)));
}

} // namespace finescope::widgets
