#include "widgets/page/prepared_run.h"

#include <algorithm>

namespace finescope::widgets {

namespace {

const record::SplitInfo* chosenSplit(const record::Run& run, const CalibrationChoice& choice) {
    return choice.split.empty() ? figure::defaultCalibrationSplit(run) : run.split(choice.split);
}

std::optional<double> normAt(const record::Run& run, std::optional<record::EpochKey> key) {
    const auto row = key ? run.classifierRow(*key) : std::nullopt;
    if (!row) {
        return std::nullopt;
    }
    return run.parts->classifier(*row).weight.cast<double>().norm();
}

} // namespace

analysis::Reliability PreparedRun::exactAt(double temperature) const {
    return analysis::reliability(data.logits, data.labels, temperature, bins);
}

std::shared_ptr<const PreparedRun> prepareRun(const record::Run& run, const CalibrationChoice& choice) {
    figure::CalibrationData data = figure::readCalibration(run, choice.split, choice.key);
    analysis::SliderTable table(data.logits, data.labels, choice.bins);
    figure::TemperatureCurve curve = figure::temperatureCurve(data, 0.05, 20, 121, choice.bins);
    const auto norm = normAt(run, data.key);
    return std::make_shared<const PreparedRun>(
        PreparedRun{std::move(data), std::move(table), std::move(curve), norm, choice.bins});
}

QString preparedKey(const record::Run& run, const CalibrationChoice& choice) {
    // What the reported model is may change while a run is written; its splits never do.
    const auto key = choice.key ? choice.key : run.reportedKey();
    const record::SplitInfo* split = chosenSplit(run, choice);
    return QStringLiteral("%1|%2|%3|%4|%5|%6|%7")
        .arg(QString::fromStdString(run.runId), QString::fromStdU16String(run.file.u16string()),
             QString::fromStdString(split ? split->name : std::string()))
        .arg(key ? key->epoch : -1)
        .arg(key ? static_cast<int>(key->stage) : -1)
        .arg(split ? split->logitKeys.size() : 0)
        .arg(choice.bins);
}

bool canPrepare(const record::Run& run, const CalibrationChoice& choice) {
    const record::SplitInfo* split = chosenSplit(run, choice);
    if (!split || split->logitKeys.empty()) {
        return false;
    }
    return !choice.key || std::ranges::find(split->logitKeys, *choice.key) != split->logitKeys.end();
}

} // namespace finescope::widgets
