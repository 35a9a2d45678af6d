#include "widgets/page/prepared_run.h"

#include <algorithm>

namespace finescope::widgets {

namespace {

const record::SplitInfo* chosenSplit(const record::Run& run, const CalibrationChoice& choice) {
    return choice.split.empty() ? figure::defaultCalibrationSplit(run) : run.split(choice.split);
}

} // namespace

analysis::Reliability PreparedRun::exactAt(double temperature) const {
    return analysis::reliability(data.logits, data.labels, temperature, bins);
}

std::shared_ptr<const PreparedRun> prepareRun(const record::Run& run, const CalibrationChoice& choice) {
    figure::CalibrationData data = figure::readCalibration(run, choice.split, choice.key, choice.fitOn);
    analysis::SliderTable table(data.logits, data.labels, choice.bins);
    const figure::Range range = figure::temperatureRange(std::span(&data, 1));
    figure::TemperatureCurve curve = figure::temperatureCurve(data, range.low, range.high, 121, choice.bins);
    return std::make_shared<const PreparedRun>(
        PreparedRun{std::move(data), std::move(table), std::move(curve), choice.bins});
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
