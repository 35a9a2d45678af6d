#pragma once

#include <QTabBar>

namespace finescope::widgets {

/// The names of the pages in one line, the current one underlined in the accent colour; no frames. Colours
/// follow the palette. The mouse does not move the focus here: it stays with the page whose keys are wanted.
class PageTabs : public QTabBar {
    Q_OBJECT

public:
    explicit PageTabs(QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
    [[nodiscard]] QSize tabSizeHint(int index) const override;
};

} // namespace finescope::widgets
