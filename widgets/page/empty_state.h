#pragma once

#include <QWidget>

namespace finescope::widgets {

/// What a page shows instead of content: one sentence that says what will be here, and buttons that bring it.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(const QString& sentence, QWidget* parent = nullptr);

Q_SIGNALS:
    void demoRequested();
    void openRequested();
};

} // namespace finescope::widgets
