#include "widgets/control/page_tabs.h"

#include <QPainter>
#include <QStyleOptionTab>

namespace finescope::widgets {

namespace {

constexpr int kBeside = 12, kAbove = 10; // room around a name
constexpr int kUnderline = 2;

} // namespace

PageTabs::PageTabs(QWidget* parent) : QTabBar(parent) {
    setObjectName(QStringLiteral("pageTabs"));
    setAccessibleName(tr("Pages"));
    setExpanding(false);
    setDrawBase(false);
    setUsesScrollButtons(false);
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
}

QSize PageTabs::tabSizeHint(int index) const {
    return {fontMetrics().horizontalAdvance(tabText(index)) + 2 * kBeside,
            fontMetrics().height() + 2 * kAbove};
}

void PageTabs::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QPoint cursor = mapFromGlobal(QCursor::pos());
    for (int i = 0; i < count(); ++i) {
        const QRect rect = tabRect(i);
        const bool current = i == currentIndex();
        const bool hovered = underMouse() && rect.contains(cursor);
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(rect, Qt::AlignCenter, tabText(i));
        if (current || hovered) {
            painter.fillRect(rect.x(), rect.bottom() + 1 - kUnderline, rect.width(), kUnderline,
                             palette().color(current ? QPalette::Highlight : QPalette::Mid));
        }
        if (current && hasFocus()) {
            QStyleOptionFocusRect focus;
            focus.initFrom(this);
            focus.rect = rect.adjusted(4, 4, -4, -4);
            style()->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, &painter, this);
        }
    }
}

} // namespace finescope::widgets
