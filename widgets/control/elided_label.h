#pragma once

#include <QLabel>

namespace finescope::widgets {

/// One line of plain text that ends in an ellipsis where its place ends, and never asks for more place. Give
/// it the whole text as its tool tip.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace finescope::widgets
