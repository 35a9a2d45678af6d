#pragma once

#include <QWidget>

#include <optional>

class QAbstractButton;
class QBoxLayout;
class QLabel;
class QProgressBar;

namespace finescope::widgets {

/// How far work is: a bar, words such as the time left, and a button that cancels it.
class ProgressRow : public QWidget {
    Q_OBJECT

public:
    enum class Shape {
        column,    ///< bar, words and button below each other
        row,       ///< bar, words and button beside each other
        wordsFirst ///< words, bar and button beside each other
    };
    /// `prefix` begins the names of the bar (Progress), the words (TimeLeft) and the button (Cancel), of
    /// which this becomes the parent.
    ProgressRow(Shape shape, const QString& prefix, QAbstractButton* cancel, QWidget* parent);

    /// 0..1; nullopt: not known, and the bar moves by itself.
    void setFraction(std::optional<double> fraction);
    /// Shows the time left, or nothing.
    void setTimeLeft(std::optional<double> seconds);
    void setWords(const QString& words);
    /// Adds a button before the one that cancels.
    void addButton(QAbstractButton* button);

    [[nodiscard]] QProgressBar* bar() const { return m_bar; }
    [[nodiscard]] QLabel* words() const { return m_words; }

Q_SIGNALS:
    void cancelRequested();

private:
    QProgressBar* m_bar;
    QLabel* m_words;
    QBoxLayout* m_layout;
};

/// "2 min left", "1 h 20 min left", "35 s left".
[[nodiscard]] QString timeLeftText(double seconds);

} // namespace finescope::widgets
