#include "widgets/plot/view/view_control.h"

#include <cmath>

namespace finescope::widgets {

namespace {

/// Ranges that double precision can no longer tell apart, or that have left the finite numbers, are refused.
bool sound(const figure::Range& range, bool logarithmic) {
    if (!std::isfinite(range.low) || !std::isfinite(range.high) || !(range.high > range.low)) {
        return false;
    }
    return logarithmic
               ? range.low > 1e-300 && range.high / range.low > 1 + 1e-9 && range.high < 1e300
               : range.high - range.low > 1e-12 * std::max(std::abs(range.low), std::abs(range.high)) &&
                     range.high - range.low < 1e200;
}

} // namespace

void ViewControl::show(PanelItem& panel, const QRectF& rect, Along along) {
    const PanelMap left = panel.map(figure::Side::left), right = panel.map(figure::Side::right);
    if (panel.isColourScale()) {
        const figure::Range colours{left.x.value(rect.left()), left.x.value(rect.right())};
        if (PanelItem* map = m_plot.mapOf(panel); map && sound(colours, left.x.logarithmic)) {
            map->setColours(colours);
            panel.setColours(colours);
        }
        return;
    }
    if (along != Along::y) {
        const figure::Range range{left.x.value(rect.left()), left.x.value(rect.right())};
        if (sound(range, left.x.logarithmic)) {
            for (PanelItem* other : m_plot.linked(&panel)) {
                other->setX(range);
            }
        }
    }
    if (along != Along::x) {
        const figure::Range range{left.y.value(rect.bottom()), left.y.value(rect.top())};
        if (sound(range, left.y.logarithmic)) {
            panel.setY(figure::Side::left, range);
        }
        if (panel.panel().right) {
            const figure::Range other{right.y.value(rect.bottom()), right.y.value(rect.top())};
            if (sound(other, right.y.logarithmic)) {
                panel.setY(figure::Side::right, other);
            }
        }
    }
}

void ViewControl::zoom(PanelItem& panel, QPointF fixed, double factor, Along along) {
    const QRectF now = panel.map(figure::Side::left).rect;
    show(panel,
         QRectF(QPointF(fixed.x() + factor * (now.left() - fixed.x()),
                        fixed.y() + factor * (now.top() - fixed.y())),
                QPointF(fixed.x() + factor * (now.right() - fixed.x()),
                        fixed.y() + factor * (now.bottom() - fixed.y()))),
         along);
}

void ViewControl::zoomTo(PanelItem& panel, const QRectF& rect, Along along) {
    show(panel, rect, along);
}

void ViewControl::pan(PanelItem& panel, QPointF by) {
    show(panel, panel.map(figure::Side::left).rect.translated(-by), Along::both);
}

} // namespace finescope::widgets
