#include "widgets/plot/view/plot_view.h"

#include "widgets/plot/export/figure_clipboard.h"
#include "widgets/plot/scene/overlay_item.h"
#include "widgets/plot/view/view_control.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMetaMethod>
#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>

namespace finescope::widgets {

namespace {

constexpr double kSmallestBox = 6; // pixels: below, a drag was a click

/// Where the mouse is on an axis rather than in the panel, it means that axis.
Along alongAt(const PanelItem& panel, QPointF position, Qt::KeyboardModifiers modifiers) {
    const QRectF rect(panel.axisRect()->rect());
    if (modifiers.testFlag(Qt::ControlModifier) || position.y() > rect.bottom()) {
        return Along::x;
    }
    if (modifiers.testFlag(Qt::ShiftModifier) || position.x() < rect.left() || position.x() > rect.right()) {
        return Along::y;
    }
    return Along::both;
}

} // namespace

PlotView::PlotView(QWidget* parent)
    : QWidget(parent), m_theme(FigureTheme::load(QStringLiteral("light"))),
      m_plot(new FigurePlot(screenStyle(m_theme, font()), this)),
      m_overlay(std::make_unique<OverlayItem>(*m_plot)) {
    setObjectName(QStringLiteral("plotView"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    // The view handles the mouse itself; QCustomPlot only paints.
    m_plot->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_plot->setFocusPolicy(Qt::NoFocus);
    setFigure({});
    connect(m_plot, &FigurePlot::painted, this, &PlotView::painted);
}

PlotView::~PlotView() {
    m_overlay.reset(); // before the plot that it is drawn on
    delete m_plot;
}

int PlotView::suitableHeight(int width) {
    if (figure().panels.empty()) {
        return sizeHint().height();
    }
    const auto height = static_cast<int>(std::lround(m_plot->suitableHeight(width)));
    m_plot->setViewport(m_plot->rect()); // measuring went through other sizes
    repaintPlot();
    return height;
}

QSize PlotView::sizeHint() const {
    return {640, 420};
}

QSize PlotView::minimumSizeHint() const {
    return {160, 120};
}

void PlotView::setTheme(const FigureTheme& theme) {
    m_theme = theme;
    restyle();
}

void PlotView::restyle() {
    m_plot->setPaintStyle(screenStyle(m_theme, font()));
    repaintPlot();
}

void PlotView::setFigure(const figure::Figure& figure) {
    if (!m_plot->setFigure(figure)) {
        m_drag = Drag::none;
        m_dragPanel = nullptr;
        m_overlay->setBand(std::nullopt);
    }
    const QString title = QString::fromStdString(figure.title);
    const QString description = QString::fromStdString(figure.altText);
    if (title != accessibleName()) {
        setAccessibleName(title);
    }
    if (description != accessibleDescription()) {
        setAccessibleDescription(description);
    }
    repaintPlot();
}

const figure::Figure& PlotView::figure() const {
    return m_plot->figure();
}

figure::Figure PlotView::shownFigure() const {
    return m_plot->shownFigure();
}

void PlotView::resetView() {
    m_plot->goHome();
    repaintPlot();
}

void PlotView::copyToClipboard() const {
    QGuiApplication::clipboard()->setMimeData(clipboardData(shownFigure(), size(), m_plot->paintStyle()));
}

QMenu* PlotView::createContextMenu() {
    auto* menu = new QMenu(this);
    menu->addAction(tr("&Copy"), this, &PlotView::copyToClipboard);
    menu->addAction(tr("&Reset zoom"), this, &PlotView::resetView);
    menu->addSeparator();
    menu->addAction(tr("&Export…"), this, &PlotView::exportRequested);
    return menu;
}

void PlotView::repaintPlot() {
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotView::repaintOverlay() {
    m_plot->layer(QStringLiteral("overlay"))->replot();
}

PanelItem* PlotView::nearestPanel(QPointF position) const {
    if (PanelItem* inside = m_plot->panelAt(position)) {
        return inside;
    }
    for (const auto& panel : m_plot->panels()) {
        if (panel->axisRect()->outerRect().contains(position.toPoint())) {
            return panel.get();
        }
    }
    return nullptr;
}

void PlotView::resizeEvent(QResizeEvent*) {
    // Among pages that are not laid out yet the view has no size, and QCustomPlot cannot paint on nothing.
    m_plot->setGeometry(QRect(QPoint(), size().expandedTo(QSize(1, 1))));
    repaintPlot();
}

void PlotView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::EnabledChange) {
        restyle();
    }
}

void PlotView::mousePressEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    m_pressedAt = m_lastAt = at;
    if (event->button() == Qt::LeftButton) {
        const QString entry = m_plot->legendEntryAt(at);
        if (!entry.isEmpty()) {
            m_plot->toggleHidden(entry);
            repaintPlot();
            return;
        }
    }
    m_dragPanel = m_plot->panelAt(at);
    if (!m_dragPanel) {
        return;
    }
    const bool pan = event->button() == Qt::MiddleButton ||
                     (event->button() == Qt::LeftButton && event->modifiers().testFlag(Qt::ShiftModifier));
    m_drag = pan ? Drag::pan : event->button() == Qt::LeftButton ? Drag::box : Drag::none;
}

void PlotView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    if (m_drag == Drag::pan) {
        ViewControl(*m_plot).pan(*m_dragPanel, at - m_lastAt);
        m_lastAt = at;
        repaintPlot();
        return;
    }
    if (m_drag == Drag::box) {
        const QRectF inside(m_dragPanel->axisRect()->rect());
        m_overlay->setBand(QRectF(m_pressedAt, at).normalized().intersected(inside));
        repaintOverlay();
        return;
    }
    m_overlay->setCursor(at);
    setCursor(m_plot->legendEntryAt(at).isEmpty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
    repaintOverlay();
}

void PlotView::mouseReleaseEvent(QMouseEvent* event) {
    if (m_drag == Drag::box && m_dragPanel) {
        const QRectF box = QRectF(m_pressedAt, event->position())
                               .normalized()
                               .intersected(QRectF(m_dragPanel->axisRect()->rect()));
        const bool wide = box.width() >= kSmallestBox, high = box.height() >= kSmallestBox;
        if (wide || high) { // a thin box means one direction
            ViewControl(*m_plot).zoomTo(*m_dragPanel, box,
                                        wide && high ? Along::both
                                        : wide       ? Along::x
                                                     : Along::y);
            repaintPlot();
        }
    }
    endDrag();
}

void PlotView::endDrag() {
    m_drag = Drag::none;
    m_dragPanel = nullptr;
    m_overlay->setBand(std::nullopt);
    repaintOverlay();
}

void PlotView::mouseDoubleClickEvent(QMouseEvent* event) {
    endDrag();
    if (event->button() == Qt::LeftButton && m_plot->legendEntryAt(event->position()).isEmpty()) {
        resetView();
    }
}

void PlotView::wheelEvent(QWheelEvent* event) {
    PanelItem* panel = nearestPanel(event->position());
    // Alt turns the wheel sideways on some platforms; take whichever direction moved.
    const int turned = event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x();
    if (!panel || turned == 0) {
        event->ignore();
        return;
    }
    const double factor = std::pow(0.8, turned / 120.0);
    ViewControl(*m_plot).zoom(*panel, event->position(), factor,
                              alongAt(*panel, event->position(), event->modifiers()));
    repaintPlot();
    event->accept();
}

void PlotView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    const Qt::FocusReason reason = event->reason();
    // Only who moves by keyboard needs to see where the keys go.
    m_overlay->setFocusRing(reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
                            reason == Qt::ShortcutFocusReason);
    repaintOverlay();
}

void PlotView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    m_overlay->setFocusRing(false);
    repaintOverlay();
}

void PlotView::leaveEvent(QEvent*) {
    m_overlay->setCursor(std::nullopt);
    repaintOverlay();
}

void PlotView::keyPressEvent(QKeyEvent* event) {
    // Keys act on the panel under the cursor, else on the first.
    const auto cursor = m_overlay->cursor();
    PanelItem* panel = cursor ? nearestPanel(*cursor) : nullptr;
    if (!panel && !m_plot->panels().empty()) {
        panel = m_plot->panels().front().get();
    }
    if (!panel) {
        QWidget::keyPressEvent(event);
        return;
    }
    ViewControl control(*m_plot);
    const QRectF rect(panel->axisRect()->rect());
    const double dx = 0.1 * rect.width(), dy = 0.1 * rect.height();
    switch (event->key()) {
    case Qt::Key_Left:
        control.pan(*panel, {dx, 0});
        break;
    case Qt::Key_Right:
        control.pan(*panel, {-dx, 0});
        break;
    case Qt::Key_Up:
        control.pan(*panel, {0, dy});
        break;
    case Qt::Key_Down:
        control.pan(*panel, {0, -dy});
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        control.zoom(*panel, rect.center(), 0.8, Along::both);
        break;
    case Qt::Key_Minus:
        control.zoom(*panel, rect.center(), 1.25, Along::both);
        break;
    case Qt::Key_Home:
        m_plot->goHome();
        break;
    case Qt::Key_L:
        panel->toggleLogarithmicY();
        break;
    case Qt::Key_Escape:
        if (m_drag == Drag::none) {
            QWidget::keyPressEvent(event);
            return;
        }
        endDrag();
        return;
    default:
        if (event->matches(QKeySequence::Copy)) {
            copyToClipboard();
            return;
        }
        QWidget::keyPressEvent(event);
        return;
    }
    repaintPlot();
}

void PlotView::contextMenuEvent(QContextMenuEvent* event) {
    endDrag();
    if (isSignalConnected(QMetaMethod::fromSignal(&PlotView::contextMenuRequested))) {
        Q_EMIT contextMenuRequested(event->globalPos());
        return;
    }
    QMenu* menu = createContextMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(event->globalPos());
}

} // namespace finescope::widgets
