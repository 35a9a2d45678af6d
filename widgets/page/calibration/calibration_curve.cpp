#include "widgets/page/calibration/calibration_curve.h"

#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/curve_quantities.h"
#include "widgets/page/calibration/calibration_page_notes.h"
#include "widgets/page/common/note_heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QComboBox>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kLowest = 150;
const QString kBinsKey = QStringLiteral("calibration-bins");

constexpr const char* kBinStability = "bin-stability";

/// The note of a curve over temperature.
Note noteOf(figure::CurveQuantity quantity) {
    switch (quantity) {
    case figure::CurveQuantity::ece:
        break;
    case figure::CurveQuantity::mce:
        return mceCurveNote();
    case figure::CurveQuantity::nll:
        return nllCurveNote();
    case figure::CurveQuantity::brier:
        return brierCurveNote();
    }
    return eceCurveNote();
}

/// The note of the curve that a request asks for.
Note noteOf(const figure::FigureRequest& request) {
    return request.kind == kBinStability ? binStabilityNote() : noteOf(request.quantities.front());
}

} // namespace

CalibrationCurve::CalibrationCurve(Background& background, QWidget* parent)
    : QWidget(parent), m_background(background), m_heading(new NoteHeading(this)), m_plot(new PlotView(this)),
      m_exact(background, *this, [this] {
          const auto again = m_again; // it is replaced while it runs
          again();
      }) {
    m_heading->setObjectName(QStringLiteral("calibrationCurveHeading"));
    m_heading->setNote(noteOf(figure::kCurveNumbers.front().quantity));
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
    for (const figure::CurveNumber& number : figure::kCurveNumbers) {
        picker.addItem(noteOf(number.quantity).title, static_cast<int>(number.quantity));
    }
    picker.addItem(binStabilityNote().title);
}

void CalibrationCurve::show(const figure::FigureRequest& request, const std::vector<ShownRun>& runs,
                            bool exact) {
    if (request.kind != m_request.kind || request.quantities != m_request.quantities) {
        m_heading->setNote(noteOf(request));
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
    figure.kind += figure.panels.front().y.label; // another quantity has another range
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
