#pragma once

#include "widgets/control/temperature_slider.h"

#include <optional>

namespace finescope::widgets {

/// The groove, the handle and the marks of a TemperatureSlider, which says what they do.
class TemperatureGroove : public QWidget {
    Q_OBJECT
public:
    explicit TemperatureGroove(QWidget* parent = nullptr);

    [[nodiscard]] double temperature() const { return m_temperature; }
    void setTemperature(double temperature);
    void setOptima(std::vector<Optimum> optima);
    [[nodiscard]] const std::vector<Optimum>& optima() const { return m_optima; }
    void setTheme(const FigureTheme& theme);
    [[nodiscard]] bool fitted() const { return m_fitted; }
    void setFitted(bool fitted);

    /// As a person's act: leaves the mode of fitted temperatures and emits `changed`.
    void choose(double temperature);
    void multiply(double factor);
    void toggleFitted();

    /// Ends of the groove, each other's reciprocal.
    [[nodiscard]] double lowest() const { return 1 / m_highest; }
    [[nodiscard]] double highest() const { return m_highest; }

    /// Where a temperature is along x, in pixels of this widget.
    [[nodiscard]] double positionOf(double temperature) const;
    [[nodiscard]] double temperatureAt(double position) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void changed(double temperature);
    void committed(double temperature);
    void fittedToggled(bool fitted);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] double grooveY() const;
    [[nodiscard]] std::optional<std::size_t> optimumAt(QPointF position) const;
    void paintScale(QPainter& painter) const;
    void paintOptima(QPainter& painter) const;
    void paintHandle(QPainter& painter) const;

    FigureTheme m_theme;
    std::vector<Optimum> m_optima;
    double m_temperature = 1;
    double m_highest = 20;
    bool m_fitted = false;
    bool m_dragging = false;
    std::optional<std::size_t> m_hovered;
};

} // namespace finescope::widgets
