#include "widgets/page/calibration/calibration_details.h"

#include "core/error.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/recalibration_table.h"
#include "widgets/page/common/numbers_table.h"
#include "widgets/panel/heading.h"

#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

namespace finescope::widgets {

namespace {

constexpr int kPatienceMs = 150; // before old numbers are greyed out
const QString kKey = QStringLiteral("calibration-details");

struct Details {
    figure::Table table;
    std::vector<std::string> refused; ///< runs that are not in it, and why
};

/// Of one run, in seconds at most.
figure::Table tableOf(CalibrationDetails::View view, const record::Run& run, const figure::LensEntry& entry,
                      const figure::FigureRequest& request, const analysis::WorkHooks& hooks) {
    if (view == CalibrationDetails::View::beforeAfter) {
        return figure::beforeAfterTable({&entry, 1}, request.bins, {.hooks = hooks});
    }
    if (view == CalibrationDetails::View::measures) {
        return figure::measureTable({&entry, 1}, request.bins, {.hooks = hooks});
    }
    return figure::recalibrationTable({&run, 1},
                                      {.splits = {entry.data->split},
                                       .binCount = request.bins,
                                       .fitOn = request.fitOn,
                                       .epoch = entry.data->key},
                                      {.hooks = hooks});
}

/// One run's part at a time, so that a newer question need not wait for all of them.
Details compute(CalibrationDetails::View view, const std::vector<ShownRun>& runs,
                const figure::FigureRequest& request, const TaskControl& control) {
    const int binCount = request.bins;
    std::vector<figure::LensEntry> entries;
    for (const ShownRun& run : runs) {
        figure::LensEntry& entry = entries.emplace_back();
        entry.name = run.name;
        entry.data = &run.prepared->data;
        entry.temperature = run.temperature(request.temperature);
    }
    switch (view) {
    case CalibrationDetails::View::conventions:
        return {figure::conventionTable(entries, binCount), {}};
    case CalibrationDetails::View::classes:
        return {figure::classTable(entries, binCount), {}};
    case CalibrationDetails::View::worstBin:
        return {figure::worstBinTable(entries, binCount), {}};
    case CalibrationDetails::View::beforeAfter:
    case CalibrationDetails::View::measures:
    case CalibrationDetails::View::ways:
        break;
    }
    figure::Table all;
    std::vector<std::string> refused;
    const analysis::WorkHooks hooks{.onProgress = [&control](double fraction) { control.progress(fraction); },
                                    .cancelled = [&control] { return control.cancelled(); }};
    for (std::size_t i = 0; i < entries.size() && !control.cancelled(); ++i) {
        figure::Table one;
        try {
            one = tableOf(view, runs[i].run, entries[i], request, equalPart(hooks, i, entries.size()));
        } catch (const Error& error) { // one run with nothing to fit on does not hide the others
            if (error.kind() == ErrorKind::cancelled) {
                throw;
            }
            refused.push_back(entries[i].name + ": " + error.what());
            continue;
        }
        for (std::vector<figure::Cell>& row : one.rows) {
            row.front() = {.text = entries[i].name}; // told apart among the others
        }
        std::ranges::move(all.rows, std::inserter(one.rows, one.rows.begin()));
        std::ranges::copy_if(
            all.notes, std::inserter(one.notes, one.notes.begin()),
            [&](const std::string& note) { return std::ranges::find(one.notes, note) == one.notes.end(); });
        all = std::move(one);
        control.progress(static_cast<double>(i + 1) / static_cast<double>(entries.size()));
    }
    return {std::move(all), std::move(refused)};
}

} // namespace

CalibrationDetails::CalibrationDetails(Background& background, QWidget* parent)
    : QWidget(parent), m_background(background), m_table(new NumbersTable(this)),
      m_message(makeCaption({}, this)) {
    m_table->setObjectName(QStringLiteral("calibrationDetails"));
    m_table->setAccessibleName(tr("More about the calibration of the checked runs"));
    m_message->setObjectName(QStringLiteral("calibrationDetailsMessage"));
    m_message->setWordWrap(true);
    m_message->hide();
    m_staleSoon.setSingleShot(true);
    m_staleSoon.setInterval(kPatienceMs);
    connect(&m_staleSoon, &QTimer::timeout, m_table, [this] { m_table->setEnabled(false); });
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(m_message);
    rows->addWidget(m_table, 1);
}

void CalibrationDetails::listViews(QComboBox& picker) {
    const auto add = [&](const QString& name, View view) { picker.addItem(name, static_cast<int>(view)); };
    add(tr("Before and after"), View::beforeAfter);
    add(tr("Conventions"), View::conventions);
    add(tr("More measures"), View::measures);
    add(tr("Classes"), View::classes);
    add(tr("Worst bin"), View::worstBin);
    add(tr("Ways to recalibrate"), View::ways);
}

void CalibrationDetails::ask(View view, std::vector<ShownRun> runs, const figure::FigureRequest& request) {
    m_staleSoon.start();
    m_background.request<Details>(
        kKey, this,
        [view, runs = std::move(runs), request](const TaskControl& control) {
            return compute(view, runs, request, control);
        },
        [this](const Outcome<Details>& outcome) {
            m_staleSoon.stop();
            m_table->setEnabled(true);
            QStringList told;
            if (const auto* failure = std::get_if<Failure>(&outcome)) {
                told.append(tr("This table could not be made: %1").arg(failure->message));
                m_table->setTable({});
            } else {
                const auto& details = std::get<Details>(outcome);
                for (const std::string& refused : details.refused) {
                    told.append(tr("Not in the table: %1").arg(QString::fromStdString(refused)));
                }
                m_table->setTable(details.table);
            }
            m_message->setText(told.join(QLatin1Char('\n')));
            m_message->setVisible(!told.isEmpty());
        });
}

void CalibrationDetails::clear() {
    m_background.cancel(kKey);
    m_staleSoon.stop();
    m_table->setTable({});
    m_message->hide();
}

} // namespace finescope::widgets
