#pragma once

#include <QIcon>
#include <QString>
#include <QWidget>

namespace finescope::widgets {

/// An icon of resources/icons, "open" for open.svg: its lines in the ink that buttons have in the palette at
/// the moment of painting (badges keep their own colours), sharp at any size and scale. Throws
/// Error{internal} if there is no such icon. GUI thread.
[[nodiscard]] QIcon themedIcon(const QString& name);

/// The icon of the application.
[[nodiscard]] QIcon applicationIcon();

/// An icon that stands beside a text.
class IconLabel : public QWidget {
    Q_OBJECT

public:
    explicit IconLabel(QWidget* parent = nullptr);
    void setIcon(const QIcon& icon);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QIcon m_icon;
};

} // namespace finescope::widgets
