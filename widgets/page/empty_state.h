#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace finescope::widgets {

/// What a page shows instead of content: one sentence that says what will be here, and buttons that bring it.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    enum class Offer { open, check }; ///< runs to open, or those that are open already to be shown

    explicit EmptyState(QWidget* parent = nullptr);
    void say(const QString& sentence, Offer offer);

Q_SIGNALS:
    void showAllRequested();
    void demoRequested();
    void openRequested();

private:
    QLabel* m_text;
    QPushButton* m_demo;
    QPushButton* m_open;
    QPushButton* m_showAll;
};

} // namespace finescope::widgets
