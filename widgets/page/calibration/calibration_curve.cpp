#include "widgets/page/calibration/calibration_curve.h"

#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_lens.h"
#include "widgets/page/calibration/calibration_page_notes.h"
#include "widgets/page/common/note_heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <array>

namespace finescope::widgets {

namespace {

constexpr int kLowest = 150;
const QString kBinsKey = QStringLiteral("calibration-bins");

/// In the order of figure::kCurveQuantities, and what comes after them.
const std::array kNotes{&eceCurveNote, &mceCurveNote, &nllCurveNote, &brierCurveNote, &binStabilityNote};
constexpr int kBinStability = static_cast<int>(figure::kCurveQuantities.size());

} // namespace

CalibrationCurve::CalibrationCurve(Background& background, QWidget* parent)
    : QWidget(parent), m_background(background), m_heading(new NoteHeading(this)), m_plot(new PlotView(this)),
      m_exact(background, *this, [this] {
          const auto again = m_again; // it is replaced while it runs
          again();
      }) {
    m_heading->setObjectName(QStringLiteral("calibrationCurveHeading"));
    m_heading->setNote(kNotes.front()());
    m_plot->setObjectName(QStringLiteral("temperatureCurve"));
    m_plot->setAccessibleName(tr("Curve over temperature"));
    m_plot->setMinimumHeight(kLowest);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(m_heading);
    rows->addWidget(m_plot, 1);
}

void CalibrationCurve::listCurves(QComboBox& picker) {
    for (const auto& note : kNotes) {
        picker.addItem(note().title);
    }
}

void CalibrationCurve::show(int item, const std::vector<ShownRun>& runs, std::optional<double> temperature,
                            int bins, bool exact) {
    if (item != m_item) {
        m_item = item;
        m_heading->setNote(kNotes[static_cast<std::size_t>(item)]());
    }
    if (item == kBinStability) {
        if (exact) {
            showBinStability(runs, temperature, bins);
        }
        return;
    }
    m_background.cancel(kBinsKey);
    if (exact) {
        std::vector<ExactCurves::Run> prepared;
        for (const ShownRun& shown : runs) {
            prepared.push_back(shown.prepared);
        }
        m_again = [=, this] { show(item, runs, temperature, bins, true); };
        m_exact.complete(prepared);
    }
    std::vector<figure::TemperatureCurve> curves;
    for (const ShownRun& shown : runs) {
        curves.push_back(m_exact.of(shown.prepared));
        curves.back().name = shown.name;
        curves.back().style = shown.style;
    }
    const figure::CurveQuantity quantity = figure::kCurveQuantities[static_cast<std::size_t>(item)];
    figure::Figure figure = figure::temperatureCurveFigure(
        curves, {.split = runs.empty() ? std::string() : runs.front().prepared->data.split,
                 .current = temperature,
                 .quantities = {quantity}});
    figure.panels.resize(1);
    figure.panels.front().legend = figure::Legend::none; // the diagrams above name the runs
    figure.rowHeights.clear();
    figure.columns = 1;
    figure.kind += std::to_string(item); // another quantity has another range
    m_plot->setFigure(figure);
}

void CalibrationCurve::describe(figure::FigureRequest& request) const {
    request.kind = m_item == kBinStability ? "bin-stability" : "temperature-curve";
    request.beforeAfter = false;
    if (m_item != kBinStability) {
        request.quantities = {figure::kCurveQuantities[static_cast<std::size_t>(m_item)]};
    }
}

void CalibrationCurve::showBinStability(const std::vector<ShownRun>& runs, std::optional<double> temperature,
                                        int bins) {
    const auto draw = [runs, temperature, bins](const TaskControl&) {
        std::vector<figure::LensEntry> entries;
        for (const ShownRun& one : runs) {
            entries.push_back({one.name, one.style, &one.prepared->data, one.temperature(temperature)});
        }
        figure::Figure figure = figure::binStabilityFigure(entries, bins);
        figure.panels.front().legend = figure::Legend::none; // the diagrams above name the runs
        return figure;
    };
    m_background.request<figure::Figure>(kBinsKey, this, draw,
                                         [this](const Outcome<figure::Figure>& outcome) {
                                             if (const auto* figure = std::get_if<figure::Figure>(&outcome)) {
                                                 m_plot->setFigure(*figure);
                                             }
                                         });
}

} // namespace finescope::widgets
