#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QWidget>

#include <string>
#include <vector>

class QDoubleSpinBox;
class QPushButton;

namespace finescope::widgets {

class TemperatureGroove;

/// The best temperature of one run, marked above the groove in the run's colour.
struct Optimum {
    std::string name;
    figure::Style style;
    double value = 1;
    bool operator==(const Optimum&) const = default;
};

/// The temperature of all diagrams: a logarithmic groove with 1 in its middle, from 0.05 to 20 (wider, and
/// even on both sides, where an optimum lies outside), a spin box and the button "Optimum". Arrows step by 1
/// %, Page keys and [ ] by 10 %, 1 goes to 1, T switches between one temperature and each run's own. A click
/// on a mark goes to that optimum exactly; temperatures of the mouse are rounded to three digits.
class TemperatureSlider : public QWidget {
    Q_OBJECT
public:
    explicit TemperatureSlider(QWidget* parent = nullptr);

    /// T > 0; values outside the groove stand at its end. Emits nothing. What is not a positive number is
    /// ignored.
    void setTemperature(double temperature);
    [[nodiscard]] double temperature() const;

    void setOptima(std::vector<Optimum> optima);
    void setTheme(const FigureTheme& theme);

    /// Whether each run is shown at its own fitted temperature: the handle is then hollow. Emits nothing.
    void setFitted(bool fitted);
    [[nodiscard]] bool fitted() const;

    /// Multiplies the temperature as a key does: emits both signals. For shortcuts of the window.
    void multiply(double factor);

    /// As the key T does: emits fittedToggled.
    void toggleFitted();

Q_SIGNALS:
    /// With every movement of the mouse and every key.
    void temperatureChanged(double temperature);
    /// When the mouse lets go, and after every key, click on a mark and edit.
    void temperatureCommitted(double temperature);
    /// By the key T, or because a temperature was chosen while each run was at its own.
    void fittedToggled(bool fitted);

private:
    void showInSpinBox(double temperature);
    void goToOptimum();

    TemperatureGroove* m_groove;
    QDoubleSpinBox* m_spinBox;
    QPushButton* m_optimum;
};

} // namespace finescope::widgets
