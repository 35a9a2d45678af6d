#pragma once

#include <QTimer>
#include <QWidget>

class QSlider;
class QToolButton;

namespace finescope::widgets {

/// Goes through the evaluations of a run: a slider with one place for each, and a button that moves it on by
/// itself, from the start again once it is at the end. It waits while `setBusy`.
class EpochPlayer : public QWidget {
    Q_OBJECT

public:
    explicit EpochPlayer(QWidget* parent = nullptr);

    /// Places 0 .. count - 1; disabled below two.
    void setCount(int count);
    [[nodiscard]] int position() const;
    /// Moves the slider without a signal; -1: nowhere, it rests at its end.
    void setPosition(int position);
    void setBusy(bool busy) { m_busy = busy; }
    [[nodiscard]] bool playing() const { return m_step.isActive(); }
    void play(bool on);

Q_SIGNALS:
    void moved(int position);

protected:
    void hideEvent(QHideEvent* event) override;

private:
    void step();

    QToolButton* m_button;
    QSlider* m_slider;
    QTimer m_step;
    bool m_busy = false;
};

} // namespace finescope::widgets
