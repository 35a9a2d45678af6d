#include "widgets/page/run_results.h"

namespace finescope::widgets {

QString evaluationKey(const record::Run& run) {
    return QStringLiteral("%1|%2|%3|%4|%5")
        .arg(QString::fromStdString(run.runId), QString::fromStdU16String(run.file.u16string()))
        .arg(static_cast<int>(run.progress.status))
        .arg(run.progress.selected)
        .arg(run.epochs.rows());
}

} // namespace finescope::widgets
