#include "widgets/control/temperature_groove.h"

#include "widgets/plot/paint/ticks.h"

#include <QAccessibleValueChangeEvent>
#include <QAccessibleWidget>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

namespace {

constexpr double kHighest = 20;
constexpr double kMarkReach = 6; ///< pixels on either side of a mark that are still the mark
constexpr double kHandle = 8;    ///< radius
constexpr double kMargin = 18;   ///< room for the handle and half a label at the ends
constexpr double kStep = 1.01, kPage = 1.1;

/// Three digits: what is shown is then what is used.
double rounded(double temperature, int digits) {
    return QString::number(temperature, 'g', digits).toDouble();
}

/// The groove for assistive technology: a value that can be read and set.
class AccessibleGroove : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit AccessibleGroove(TemperatureGroove* groove) : QAccessibleWidget(groove, QAccessible::Slider) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::ValueInterface ? static_cast<QAccessibleValueInterface*>(this)
                                                   : QAccessibleWidget::interface_cast(type);
    }
    [[nodiscard]] QVariant currentValue() const override { return groove()->temperature(); }
    void setCurrentValue(const QVariant& value) override { groove()->choose(value.toDouble()); }
    [[nodiscard]] QVariant maximumValue() const override { return groove()->highest(); }
    [[nodiscard]] QVariant minimumValue() const override { return groove()->lowest(); }
    [[nodiscard]] QVariant minimumStepSize() const override { return 0.01 * groove()->temperature(); }
    [[nodiscard]] QString text(QAccessible::Text what) const override {
        return what == QAccessible::Value ? numberText(groove()->temperature())
                                          : QAccessibleWidget::text(what);
    }

private:
    [[nodiscard]] TemperatureGroove* groove() const { return static_cast<TemperatureGroove*>(widget()); }
};

QAccessibleInterface* accessibleGroove(const QString&, QObject* object) {
    auto* groove = qobject_cast<TemperatureGroove*>(object);
    return groove ? new AccessibleGroove(groove) : nullptr;
}

} // namespace

TemperatureGroove::TemperatureGroove(QWidget* parent)
    : QWidget(parent), m_theme(FigureTheme::load(QStringLiteral("light"))) {
    QAccessible::installFactory(accessibleGroove); // a second call changes nothing
    setObjectName(QStringLiteral("temperatureGroove"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Temperature"));
}

QSize TemperatureGroove::sizeHint() const {
    return {480, minimumSizeHint().height()};
}

QSize TemperatureGroove::minimumSizeHint() const {
    return {220, 40 + fontMetrics().height()};
}

double TemperatureGroove::grooveY() const {
    return 26;
}

double TemperatureGroove::positionOf(double temperature) const {
    const double along =
        std::log(std::clamp(temperature, lowest(), highest())) / std::log(m_highest); // -1..1
    return kMargin + (width() - 2 * kMargin) * (along + 1) / 2;
}

double TemperatureGroove::temperatureAt(double position) const {
    const double along = 2 * (position - kMargin) / std::max(1.0, width() - 2 * kMargin) - 1;
    return std::pow(m_highest, std::clamp(along, -1.0, 1.0));
}

void TemperatureGroove::setTemperature(double temperature) {
    if (!(temperature > 0) || !std::isfinite(temperature) || temperature == m_temperature) {
        return;
    }
    m_temperature = temperature;
    QAccessibleValueChangeEvent changedValue(this, temperature);
    QAccessible::updateAccessibility(&changedValue);
    update();
}

void TemperatureGroove::setOptima(std::vector<Optimum> optima) {
    if (optima == m_optima) {
        return;
    }
    m_optima = std::move(optima);
    m_hovered.reset();
    m_highest = kHighest;
    for (const Optimum& optimum : m_optima) {
        if (optimum.value > 0 && std::isfinite(optimum.value)) {
            const double reach = std::max(optimum.value, 1 / optimum.value);
            m_highest = reach > kHighest ? std::max(m_highest, 1.25 * reach) : m_highest;
        }
    }
    update();
}

void TemperatureGroove::setTheme(const FigureTheme& theme) {
    m_theme = theme;
    update();
}

void TemperatureGroove::setFitted(bool fitted) {
    m_fitted = fitted;
    update();
}

void TemperatureGroove::toggleFitted() {
    setFitted(!m_fitted);
    Q_EMIT fittedToggled(m_fitted);
}

void TemperatureGroove::choose(double temperature) {
    if (!(temperature > 0) || !std::isfinite(temperature)) {
        return;
    }
    const bool wasFitted = std::exchange(m_fitted, false);
    const bool moved = temperature != m_temperature;
    setTemperature(temperature);
    update();
    if (wasFitted) {
        Q_EMIT fittedToggled(false);
    }
    if (moved || wasFitted) {
        Q_EMIT changed(m_temperature);
    }
}

void TemperatureGroove::multiply(double factor) {
    choose(std::clamp(rounded(m_temperature * factor, 4), lowest(), highest()));
    Q_EMIT committed(m_temperature);
}

std::optional<std::size_t> TemperatureGroove::optimumAt(QPointF position) const {
    if (position.y() > grooveY() - kHandle) {
        return std::nullopt;
    }
    std::optional<std::size_t> best;
    double distance = kMarkReach;
    for (std::size_t i = 0; i < m_optima.size(); ++i) {
        const double away = std::abs(positionOf(m_optima[i].value) - position.x());
        if (away <= distance) {
            distance = away;
            best = i;
        }
    }
    return best;
}

void TemperatureGroove::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        return;
    }
    if (const auto mark = optimumAt(event->position())) {
        choose(m_optima[*mark].value);
        Q_EMIT committed(m_temperature);
        return;
    }
    m_dragging = true;
    choose(rounded(temperatureAt(event->position().x()), 3));
}

void TemperatureGroove::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragging) {
        choose(rounded(temperatureAt(event->position().x()), 3));
        return;
    }
    const auto mark = optimumAt(event->position());
    if (mark != m_hovered) {
        m_hovered = mark;
        setCursor(mark ? Qt::PointingHandCursor : Qt::ArrowCursor);
        update();
    }
}

void TemperatureGroove::mouseReleaseEvent(QMouseEvent* event) {
    if (m_dragging && event->button() == Qt::LeftButton) {
        m_dragging = false;
        Q_EMIT committed(m_temperature);
    }
}

void TemperatureGroove::leaveEvent(QEvent*) {
    m_hovered.reset();
    update();
}

void TemperatureGroove::wheelEvent(QWheelEvent* event) {
    // Only once it was clicked, or a scrolled page would change the temperature in passing.
    if (!hasFocus() || event->angleDelta().y() == 0) {
        event->ignore();
        return;
    }
    multiply(std::pow(kStep, event->angleDelta().y() / 120.0));
    event->accept();
}

void TemperatureGroove::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Up:
        multiply(kStep);
        return;
    case Qt::Key_Left:
    case Qt::Key_Down:
        multiply(1 / kStep);
        return;
    case Qt::Key_PageUp:
    case Qt::Key_BracketRight:
        multiply(kPage);
        return;
    case Qt::Key_PageDown:
    case Qt::Key_BracketLeft:
        multiply(1 / kPage);
        return;
    case Qt::Key_1:
        choose(1);
        Q_EMIT committed(m_temperature);
        return;
    case Qt::Key_Home:
        choose(lowest());
        Q_EMIT committed(m_temperature);
        return;
    case Qt::Key_End:
        choose(highest());
        Q_EMIT committed(m_temperature);
        return;
    case Qt::Key_T:
        toggleFitted();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

bool TemperatureGroove::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const double x = help->pos().x();
        QStringList lines;
        for (const Optimum& optimum : m_optima) {
            if (optimumAt(help->pos()) && std::abs(positionOf(optimum.value) - x) <= kMarkReach) {
                lines << tr("%1: optimum at %2")
                             .arg(QString::fromStdString(optimum.name), numberText(optimum.value));
            }
        }
        QToolTip::showText(help->globalPos(), lines.join(QLatin1Char('\n')), this);
        return true;
    }
    return QWidget::event(event);
}

void TemperatureGroove::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!isEnabled()) {
        painter.setOpacity(0.45);
    }
    paintScale(painter);
    paintOptima(painter);
    paintHandle(painter);
}

void TemperatureGroove::paintScale(QPainter& painter) const {
    const double y = grooveY(), left = positionOf(lowest()), right = positionOf(highest());
    painter.setPen(QPen(m_theme.cardEdge, 4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(left, y), QPointF(right, y));
    if (!m_fitted) { // how far from 1, and to which side
        painter.setPen(QPen(m_theme.accent, 4, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(positionOf(1), y), QPointF(positionOf(m_temperature), y));
    }
    QFont font = this->font();
    if (font.pixelSize() > 0) {
        font.setPixelSize(std::max(8, static_cast<int>(std::lround(0.88 * font.pixelSize()))));
    } else {
        font.setPointSizeF(0.88 * font.pointSizeF());
    }
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    const double pixelsPerDecade = (right - left) / (2 * std::log10(m_highest));
    const figure::Axis axis{{},  figure::Scale::logarithmic, figure::TickStyle::number, {}, std::nullopt,
                            true};
    const Ticks ticks =
        ticksFor(axis, axis.scale, lowest(), highest(), [&](const QStringList& labels, double decades) {
            double widest = 0;
            for (const QString& label : labels) {
                widest = std::max(widest, metrics.horizontalAdvance(label));
            }
            return decades * pixelsPerDecade > widest + 10;
        });
    const double below = y + kHandle + 2;
    painter.setPen(QPen(m_theme.axis, 1));
    for (const double at : ticks.between) {
        const double x = std::round(positionOf(at)) + 0.5;
        painter.drawLine(QPointF(x, below), QPointF(x, below + 2));
    }
    for (qsizetype i = 0; i < ticks.at.size(); ++i) {
        const bool one = std::abs(ticks.at[i] - 1) < 1e-9;
        const double x = std::round(positionOf(ticks.at[i])) + 0.5;
        painter.setPen(QPen(one ? m_theme.ink : m_theme.axis, one ? 2 : 1));
        painter.drawLine(QPointF(x, one ? y - kHandle - 2 : below), QPointF(x, below + 4));
        painter.setPen(one ? m_theme.ink : m_theme.caption);
        painter.drawText(QRectF(x - 40, below + 4, 80, metrics.height()),
                         static_cast<int>(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextDontClip,
                         ticks.labels[i]);
    }
}

void TemperatureGroove::paintOptima(QPainter& painter) const {
    const double foot = grooveY() - kHandle - 1;
    for (std::size_t i = 0; i < m_optima.size(); ++i) {
        const bool hovered = m_hovered == i;
        const RoleStyle role = m_theme.role(m_optima[i].style);
        const double x = positionOf(m_optima[i].value), half = hovered ? 5.5 : 4, height = hovered ? 13 : 10;
        painter.setPen(QPen(palette().color(QPalette::Window), 1)); // tells overlapping marks apart
        painter.setBrush(role.colour);
        painter.drawPolygon(QPolygonF({{x - half, foot - height},
                                       {x + half, foot - height},
                                       {x + half, foot - 0.55 * height},
                                       {x, foot},
                                       {x - half, foot - 0.55 * height}}));
    }
}

void TemperatureGroove::paintHandle(QPainter& painter) const {
    const QPointF centre(positionOf(m_temperature), grooveY());
    if (hasFocus()) {
        QColor ring = m_theme.accent;
        ring.setAlphaF(0.35F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ring);
        painter.drawEllipse(centre, kHandle + 4, kHandle + 4);
    }
    painter.setPen(QPen(m_fitted ? m_theme.axis : m_theme.accent, 2));
    painter.setBrush(m_fitted     ? palette().color(QPalette::Window)
                     : m_dragging ? m_theme.accent
                                  : m_theme.background);
    painter.drawEllipse(centre, kHandle - 1, kHandle - 1);
}

} // namespace finescope::widgets
