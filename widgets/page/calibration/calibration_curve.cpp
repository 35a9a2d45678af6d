#include "widgets/page/calibration/calibration_curve.h"

#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_lens.h"
#include "widgets/page/calibration/calibration_page_notes.h"
#include "widgets/page/common/note_heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace finescope::widgets {

namespace {

constexpr int kLowest = 150;
const QString kBinsKey = QStringLiteral("calibration-bins");

constexpr const char* kBinStability = "bin-stability";

/// In the order of figure::kCurveQuantities, and what comes after them.
const std::array kNotes{&eceCurveNote, &mceCurveNote, &nllCurveNote, &brierCurveNote, &binStabilityNote};

/// The place of a request's curve among the notes.
std::size_t itemOf(const figure::FigureRequest& request) {
    const auto& all = figure::kCurveQuantities;
    return request.kind == kBinStability
               ? all.size()
               : static_cast<std::size_t>(std::ranges::find(all, request.quantities.front()) - all.begin());
}

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
    for (std::size_t item = 0; item < figure::kCurveQuantities.size(); ++item) {
        picker.addItem(kNotes[item]().title, static_cast<int>(figure::kCurveQuantities[item]));
    }
    picker.addItem(kNotes.back()().title);
}

void CalibrationCurve::show(const figure::FigureRequest& request, const std::vector<ShownRun>& runs,
                            bool exact) {
    const std::size_t item = itemOf(request);
    if (m_request.kind.empty() || item != itemOf(m_request)) {
        m_heading->setNote(kNotes[item]());
    }
    m_request = request;
    if (request.kind == kBinStability) {
        if (exact) {
            showBinStability(runs);
        }
        return;
    }
    m_background.cancel(kBinsKey);
    if (exact) {
        std::vector<ExactCurves::Run> prepared;
        for (const ShownRun& shown : runs) {
            prepared.push_back(shown.prepared);
        }
        m_again = [=, this] { show(request, runs, true); };
        m_exact.complete(prepared);
    }
    std::vector<figure::TemperatureCurve> curves;
    for (const ShownRun& shown : runs) {
        curves.push_back(m_exact.of(shown.prepared));
        curves.back().name = shown.name;
        curves.back().style = shown.style;
    }
    figure::TemperatureCurveOptions options = figure::temperatureCurveOptions(
        request, runs.empty() ? std::string() : runs.front().prepared->data.split);
    if (!request.temperature.fitted) { // the place of the slider, also at T = 1, which requests do not mark
        options.current = request.temperature.value;
    }
    figure::Figure figure = figure::temperatureCurveFigure(curves, options);
    figure.panels.resize(1);
    figure.panels.front().legend = figure::Legend::none; // the diagrams above name the runs
    figure.rowHeights.clear();
    figure.columns = 1;
    figure.kind += std::to_string(item); // another quantity has another range
    m_plot->setFigure(figure);
}

void CalibrationCurve::showBinStability(const std::vector<ShownRun>& runs) {
    const auto draw = [runs, request = m_request](const TaskControl&) {
        std::vector<figure::LensEntry> entries;
        for (const ShownRun& one : runs) {
            entries.push_back(
                {one.name, one.style, &one.prepared->data, one.temperature(request.temperature)});
        }
        figure::Figure figure = figure::binStabilityFigure(entries, request.bins);
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
