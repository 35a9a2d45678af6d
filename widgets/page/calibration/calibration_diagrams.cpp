#include "widgets/page/calibration/calibration_diagrams.h"

#include "core/analysis/calibration/calibration_intervals.h"
#include "core/error.h"
#include "core/figure/calibration/reliability_diagram.h"
#include "widgets/panel/heading.h"
#include "widgets/plot/view/plot_view.h"

#include <algorithm>

namespace finescope::widgets {

namespace {

constexpr int kMostColumns = 5;
constexpr int kAxisWidth = 72, kGap = 20; // left of all diagrams, and between two
const QString kKey = QStringLiteral("calibration-diagrams");

using Entries = std::vector<figure::ReliabilityEntry>;

/// `diagramOf` gives numbers, bins and whiskers of a run at a temperature.
template <class DiagramOf>
Entries entriesOf(const DiagramsQuestion& question, const DiagramOf& diagramOf) {
    const figure::TemperatureChoice& temperature = question.request.temperature;
    const figure::DiagramChoice choice = figure::diagramChoice(question.request);
    Entries entries;
    for (const ShownRun& shown : question.runs) {
        figure::ReliabilityEntry entry = diagramOf(*shown.prepared, shown.temperature(temperature), choice);
        entry.name = shown.name;
        entry.style = shown.style;
        if (temperature.fitted && shown.prepared->data.fitted) {
            figure::DiagramChoice before = choice;
            before.intervals = figure::AccuracyIntervals::none;
            entry.before = diagramOf(*shown.prepared, 1, before).current;
            entry.caution = figure::fitCaution(shown.prepared->data);
        } else if (temperature.fitted) {
            entry.caution = "there are no rows to fit T on; shown at T = 1";
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

figure::ReliabilityEntry exactly(const PreparedRun& run, double temperature,
                                 const figure::DiagramChoice& choice) {
    return figure::diagramAt(run.data, temperature, choice);
}

/// For what SliderTable knows.
figure::ReliabilityEntry quickly(const PreparedRun& run, double temperature,
                                 const figure::DiagramChoice& choice) {
    figure::ReliabilityEntry entry;
    entry.current = run.table.at(temperature);
    if (choice.intervals == figure::AccuracyIntervals::wilson) {
        entry.intervals = analysis::wilsonIntervals(entry.current.bins);
    }
    return entry;
}

} // namespace

CalibrationDiagrams::CalibrationDiagrams(Background& background, QWidget* parent)
    : DiagramArea(new PlotView, parent), m_background(background), m_plot(qobject_cast<PlotView*>(widget())) {
    setObjectName(QStringLiteral("reliabilityScroll"));
    setAccessibleName(tr("Reliability diagrams"));
    useCaptionFont(*this); // what the numbers are written in
    m_plot->setObjectName(QStringLiteral("reliabilityPlot"));
    m_plot->setAccessibleName(tr("Reliability diagrams"));
}

void CalibrationDiagrams::show(DiagramsQuestion question, Numbers numbers) {
    m_question = std::move(question);
    m_exact = false;
    const figure::DiagramChoice choice = figure::diagramChoice(m_question.request);
    if (choice.plain() && (numbers == Numbers::quick || !choice.resampled())) {
        m_background.cancel(kKey);
        m_exact = numbers == Numbers::exact;
        draw(entriesOf(m_question, m_exact ? exactly : quickly));
        return;
    }
    DiagramsQuestion asked = m_question;
    if (numbers == Numbers::quick && choice.resampled()) {
        asked.request.intervals = figure::AccuracyIntervals::none;
    }
    m_background.request<Entries>(
        kKey, this,
        [asked](const TaskControl& control) {
            return entriesOf(asked, [&control](const PreparedRun& run, double temperature,
                                               const figure::DiagramChoice& diagrams) {
                if (control.cancelled()) {
                    throw Error(ErrorKind::cancelled, "these diagrams are no longer asked for");
                }
                return figure::diagramAt(
                    run.data, temperature, diagrams,
                    {.hooks = {.onProgress = {}, .cancelled = [&control] { return control.cancelled(); }}});
            });
        },
        [this, numbers](const Outcome<Entries>& outcome) {
            if (const auto* failure = std::get_if<Failure>(&outcome)) {
                Q_EMIT failed(failure->message);
                return;
            }
            m_exact = numbers == Numbers::exact;
            draw(std::get<Entries>(outcome));
        });
}

void CalibrationDiagrams::clear() {
    m_background.cancel(kKey);
    m_question = {};
    m_entries.clear();
    m_exact = false;
}

void CalibrationDiagrams::draw(Entries entries) {
    m_entries = std::move(entries);
    const int columns = this->columns();
    const figure::Figure figure = figure::reliabilityFigure(m_entries, options());
    const int lines = static_cast<int>(figure.panels.front().lines.size());
    const int rows = (static_cast<int>(m_entries.size()) + columns - 1) / columns;
    const bool others = columns != m_columns || rows != m_rows || lines != m_lines;
    m_columns = columns;
    m_rows = rows;
    m_lines = lines;
    m_plot->setFigure(figure);
    if (others) {
        // Not with every temperature: it lays the diagrams out three times, longer than painting them takes.
        fit(rows);
    }
    QStringList cautions;
    for (const std::string& caution : figure.cautions) {
        cautions.append(QString::fromStdString(caution));
    }
    Q_EMIT shown(m_entries, cautions);
}

void CalibrationDiagrams::fitColumns() {
    if (!m_entries.empty() && columns() != m_columns) {
        draw(std::move(m_entries));
    }
}

int CalibrationDiagrams::neededFor(const QString& numbers) const {
    return fontMetrics().horizontalAdvance(numbers) + kGap;
}

int CalibrationDiagrams::columns() const {
    const QString widest = m_question.request.beforeAfter ? tr("MCE 88.8 → 88.8 %") : tr("MCE 88.8 %");
    const int fitting = std::clamp((width() - kAxisWidth) / neededFor(widest), 1, kMostColumns);
    const int count = std::max(1, static_cast<int>(m_question.runs.size()));
    const int rows = (count + fitting - 1) / fitting;
    return (count + rows - 1) / rows; // even rows rather than a last one with a single diagram
}

figure::ReliabilityOptions CalibrationDiagrams::options() const {
    figure::ReliabilityOptions options = figure::reliabilityOptions(
        m_question.request,
        m_question.runs.empty() ? std::string() : m_question.runs.front().prepared->data.split);
    options.maxColumns = columns();
    options.mceCount = (width() - kAxisWidth) / options.maxColumns >= neededFor(tr("MCE 88.8 % (n = 88)"));
    return options;
}

Entries CalibrationDiagrams::exactEntries() const {
    return m_exact ? m_entries : entriesOf(m_question, exactly);
}

std::function<figure::Figure(double widthMm)> CalibrationDiagrams::exactFigure() const {
    return [entries = exactEntries(), options = options(),
            before = m_question.request.beforeAfter](double widthMm) {
        return figure::reliabilityFigure(entries, figure::laidOutFor(options, widthMm, before));
    };
}

} // namespace finescope::widgets
