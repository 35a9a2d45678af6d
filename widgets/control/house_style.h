#pragma once

#include <QProxyStyle>

namespace finescope::widgets {

/// Fusion with what it lacks: check boxes whose edge is seen on a dark base, rows of lists that are not
/// cramped, no stock pictures on the buttons of dialogs,
/// flat headers of tables and splitters without grips.
class HouseStyle : public QProxyStyle {
    Q_OBJECT

public:
    HouseStyle();

    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                         const QWidget* widget) const override;
    [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                                QStyleHintReturn* result) const override;
};

} // namespace finescope::widgets
