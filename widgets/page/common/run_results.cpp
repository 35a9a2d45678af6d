#include "widgets/page/common/run_results.h"

#include <QStringList>

namespace finescope::widgets {

std::optional<Failure> failureOf(const figure::Problems& problems) {
    if (problems.empty()) {
        return std::nullopt;
    }
    QStringList lines;
    for (const std::string& problem : problems.all()) {
        lines.append(QString::fromStdString(problem));
    }
    return Failure{ErrorKind::badInput, lines.join(QLatin1Char('\n'))};
}

QString evaluationKey(const record::Run& run) {
    return QStringLiteral("%1|%2|%3|%4|%5")
        .arg(QString::fromStdString(run.runId), QString::fromStdU16String(run.file.u16string()))
        .arg(static_cast<int>(run.progress.status))
        .arg(run.progress.selected)
        .arg(run.epochs.rows());
}

} // namespace finescope::widgets
