#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace finescope::widgets {

/// A bar that says in plain words what went wrong and what to do, with the details on request and a way to
/// dismiss it. Hidden while there is nothing to say.
class MessageBar : public QWidget {
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);
    void showMessage(const QString& message, const QString& details);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_message;
    QLabel* m_details;
    QToolButton* m_detailsButton;
};

} // namespace finescope::widgets
