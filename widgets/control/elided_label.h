#pragma once

#include <QLabel>

namespace finescope::widgets {

/// One line of plain text that ends in an ellipsis where its place ends, and never asks for more place. Parts
/// of the text with kBetweenParts between them are shown whole or left out: half a number is another number.
/// Give it the whole text as its tool tip.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    static constexpr const char* kBetweenParts = "   ";

    explicit ElidedLabel(QWidget* parent = nullptr);
    /// What the label shows of its text in so many pixels.
    [[nodiscard]] QString shownText(int width) const;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace finescope::widgets
