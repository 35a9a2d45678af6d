#include "widgets/page/run_results.h"

namespace finescope::widgets {

QString refusalOf(const record::Run& run, const Error& error) {
    const QString file = QString::fromStdU16String(run.file.u16string());
    const QString why = QString::fromUtf8(error.what());
    return why.startsWith(file) ? why : QStringLiteral("%1: %2").arg(file, why);
}

QString evaluationKey(const record::Run& run) {
    return QStringLiteral("%1|%2|%3|%4|%5")
        .arg(QString::fromStdString(run.runId), QString::fromStdU16String(run.file.u16string()))
        .arg(static_cast<int>(run.progress.status))
        .arg(run.progress.selected)
        .arg(run.epochs.rows());
}

} // namespace finescope::widgets
