#include "app/window/runs/run_rows.h"

#include "core/analysis/run/run_traits.h"
#include "core/figure/label/run_style.h"

#include <QDir>
#include <QFileInfo>

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

QString copyText(const OpenRun& open, const OpenRun& original) {
    return Session::tr("%1 is a copy of %2: counted once.")
        .arg(QFileInfo(open.path).fileName(), QFileInfo(original.path).fileName());
}

/// `counted` is the run that stands for this one, if it is checked.
QString reasonOf(const OpenRun& open, const OpenRun* counted) {
    if (open.checked && counted != &open) {
        return copyText(open, *counted);
    }
    if (open.state.processMissing) {
        return Session::tr("Ended before it finished: its process is gone.");
    }
    if (open.state.liveness == record::Liveness::stalled) {
        return Session::tr("Nothing has been written for more than a minute.");
    }
    return QString::fromStdString(open.run->progress.message);
}

} // namespace

std::vector<RunRow> runRows(const Session& session) {
    const std::vector<OpenRun>& runs = session.runs();
    const QHash<QString, const OpenRun*> counted = session.countedRuns();
    const widgets::RunSet set = session.checkedRuns();
    const std::vector<record::Run>& shown = *set;
    const auto labels = figure::labelRuns(shown);
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
                   .scale = analysis::classifierScale(run),
                   .imported = QString::fromStdString(figure::variantOf(run).file),
                   .badge = badgeOf(open),
                   .fraction = std::nullopt,
                   .reason = reasonOf(open, counted.value(open.identity)),
                   .checked = open.checked,
                   .style = std::nullopt};
        if (const auto at = std::ranges::find(shown, run.file, &record::Run::file); at != shown.end()) {
            row.style = labels[static_cast<std::size_t>(at - shown.begin())].style;
        }
        if (run.progress.totalSteps > 0) {
            row.fraction = std::clamp(static_cast<double>(run.progress.step) /
                                          static_cast<double>(run.progress.totalSteps),
                                      0.0, 1.0);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

QString copiesText(const Session& session) {
    QStringList copies;
    const QHash<QString, const OpenRun*> counted = session.countedRuns();
    for (const OpenRun& open : session.runs()) {
        if (const OpenRun* original = counted.value(open.identity); open.checked && original != &open) {
            copies.append(copyText(open, *original));
        }
    }
    constexpr qsizetype kNamed = 3;
    const qsizetype more = copies.size() - kNamed;
    return copies.mid(0, kNamed).join(QLatin1Char(' ')) +
           (more > 0 ? Session::tr(" … and %n more", nullptr, static_cast<int>(more)) : QString());
}

QString folderText(const QString& folder, int found, const std::vector<OpenRun>& runs) {
    if (found == 0) {
        return Session::tr("No run files in %1 yet; they are shown as they appear.").arg(folder);
    }
    const auto inside = [prefix = folder + QLatin1Char('/')](const OpenRun& open) {
        return open.path.startsWith(prefix);
    };
    const auto all = std::ranges::count_if(runs, inside);
    const auto checked =
        std::ranges::count_if(runs, [&](const OpenRun& open) { return open.checked && inside(open); });
    return checked == all ? QString()
                          : Session::tr("%1 of the %2 runs in %3 are shown. Check more in the list.")
                                .arg(checked)
                                .arg(all)
                                .arg(QDir(folder).dirName());
}

} // namespace finescope::window
