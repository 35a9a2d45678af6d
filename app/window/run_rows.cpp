#include "app/window/run_rows.h"

#include <algorithm>

namespace finescope::window {

using widgets::RunRow;

namespace {

RunRow::Badge badgeOf(const OpenRun& open) {
    switch (open.run->progress.status) {
    case record::Status::complete:
        return RunRow::Badge::complete;
    case record::Status::failed:
        return RunRow::Badge::failed;
    case record::Status::cancelled:
        return RunRow::Badge::cancelled;
    case record::Status::running:
        return open.state.liveness == record::Liveness::live ? RunRow::Badge::live : RunRow::Badge::stalled;
    }
    Q_UNREACHABLE();
}

QString reasonOf(const OpenRun& open) {
    if (open.state.processMissing) {
        return Session::tr("Ended without finishing: its process is gone.");
    }
    if (open.state.liveness == record::Liveness::stalled) {
        return Session::tr("Nothing was written for more than a minute.");
    }
    return QString::fromStdString(open.run->progress.message);
}

} // namespace

std::vector<RunRow> runRows(const std::vector<OpenRun>& runs) {
    std::vector<RunRow> rows;
    rows.reserve(runs.size());
    for (const OpenRun& open : runs) {
        const record::Run& run = *open.run;
        RunRow row{.key = open.path,
                   .task = QString::fromStdString(run.task),
                   .method = QString::fromStdString(run.method),
                   .model = QString::fromStdString(run.model),
                   .name = QString::fromStdString(run.name),
                   .file = open.path,
                   .seed = run.seed,
                   .badge = badgeOf(open),
                   .fraction = std::nullopt,
                   .reason = reasonOf(open),
                   .checked = open.checked};
        if (run.progress.totalSteps > 0) {
            row.fraction = std::clamp(static_cast<double>(run.progress.step) /
                                          static_cast<double>(run.progress.totalSteps),
                                      0.0, 1.0);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace finescope::window
