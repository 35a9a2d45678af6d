#include "widgets/page/common/diagram_area.h"

#include "widgets/plot/view/plot_view.h"

#include <algorithm>

namespace finescope::widgets {

namespace {

constexpr int kLowest = 250; // of one row of diagrams: what still can be read

} // namespace

DiagramArea::DiagramArea(PlotView* view, QWidget* parent) : QScrollArea(parent), m_view(view) {
    setFocusPolicy(Qt::NoFocus);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidgetResizable(true);
    setWidget(view);
    fit(1);
}

void DiagramArea::fit(int rows) {
    m_rows = rows;
    // A bar that comes and goes would change the width that decides whether it is needed.
    setVerticalScrollBarPolicy(rows > 1 ? Qt::ScrollBarAlwaysOn : Qt::ScrollBarAsNeeded);
    const int suitable = std::max(m_rows * kLowest, m_view->suitableHeight(viewport()->width()));
    if (rows == 1) {
        m_view->setMinimumHeight(kLowest);
        setMaximumHeight(suitable);
    } else {
        m_view->setMinimumHeight(
            m_rows * std::clamp(suitable / m_rows, kLowest, std::max(kLowest, viewport()->height())));
        setMaximumHeight(QWIDGETSIZE_MAX);
    }
}

void DiagramArea::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    fit(m_rows);
}

} // namespace finescope::widgets
