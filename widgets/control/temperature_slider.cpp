#include "widgets/control/temperature_slider.h"

#include "widgets/control/temperature_groove.h"
#include "widgets/plot/paint/ticks.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalBlocker>

#include <cmath>
#include <optional>

namespace finescope::widgets {

namespace {

std::optional<double> numberIn(QString text) {
    bool isNumber = false;
    const double number = text.replace(QLatin1Char(','), QLatin1Char('.')).trimmed().toDouble(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
}

/// Four significant digits instead of a fixed number of decimals; steps are factors as everywhere on the
/// slider.
class TemperatureSpinBox : public QDoubleSpinBox {
public:
    using QDoubleSpinBox::QDoubleSpinBox;

    [[nodiscard]] QString textFromValue(double value) const override {
        return QString::number(value, 'g', 4);
    }
    /// A comma is a decimal point too: QDoubleSpinBox would leave it out and read 0,7 as 7.
    [[nodiscard]] double valueFromText(const QString& text) const override {
        return numberIn(text).value_or(value());
    }
    QValidator::State validate(QString& text, int&) const override {
        if (const auto number = numberIn(text)) {
            return *number >= minimum() && *number <= maximum() ? QValidator::Acceptable
                                                                : QValidator::Intermediate;
        }
        static const QRegularExpression begun(QStringLiteral("^\\s*\\d*[.,]?\\d*(e[+-]?\\d*)?\\s*$"),
                                              QRegularExpression::CaseInsensitiveOption);
        return begun.match(text).hasMatch() ? QValidator::Intermediate : QValidator::Invalid;
    }
    void stepBy(int steps) override { setValue(value() * std::pow(1.01, steps)); }
};

} // namespace

TemperatureSlider::TemperatureSlider(QWidget* parent)
    : QWidget(parent), m_groove(new TemperatureGroove(this)), m_spinBox(new TemperatureSpinBox(this)),
      m_optimum(new QPushButton(tr("&Optimum"), this)) {
    setObjectName(QStringLiteral("temperatureSlider"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusProxy(m_groove);
    m_spinBox->setObjectName(QStringLiteral("temperatureSpinBox"));
    m_spinBox->setAccessibleName(tr("Temperature"));
    m_spinBox->setLocale(QLocale::c());
    m_spinBox->setDecimals(6);
    m_spinBox->setRange(0.001, 1000); // as far as a fitted temperature can go
    m_spinBox->setKeyboardTracking(false);
    m_spinBox->setToolTip(tr("Temperature"));
    m_optimum->setObjectName(QStringLiteral("temperatureOptimum"));
    m_optimum->setToolTip(tr("Go to the temperature fitted on the validation split"));
    m_optimum->setEnabled(false);

    auto* label = new QLabel(QStringLiteral("T"), this);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(label);
    layout->addWidget(m_groove, 1);
    layout->addWidget(m_spinBox);
    layout->addWidget(m_optimum);
    showInSpinBox(1);

    connect(m_groove, &TemperatureGroove::changed, this, [this](double temperature) {
        showInSpinBox(temperature);
        Q_EMIT temperatureChanged(temperature);
    });
    connect(m_groove, &TemperatureGroove::committed, this, &TemperatureSlider::temperatureCommitted);
    connect(m_groove, &TemperatureGroove::fittedToggled, this, &TemperatureSlider::fittedToggled);
    connect(m_spinBox, &QDoubleSpinBox::valueChanged, this, [this](double temperature) {
        m_groove->choose(temperature);
        Q_EMIT temperatureCommitted(temperature);
    });
    connect(m_optimum, &QPushButton::clicked, this, &TemperatureSlider::goToOptimum);
}

void TemperatureSlider::showInSpinBox(double temperature) {
    const QSignalBlocker quiet(m_spinBox);
    m_spinBox->setValue(temperature);
}

void TemperatureSlider::setTemperature(double temperature) {
    m_groove->setTemperature(temperature);
    showInSpinBox(m_groove->temperature());
}

double TemperatureSlider::temperature() const {
    return m_groove->temperature();
}

void TemperatureSlider::setOptima(std::vector<Optimum> optima) {
    m_optimum->setEnabled(!optima.empty());
    m_groove->setOptima(std::move(optima));
}

void TemperatureSlider::setTheme(const FigureTheme& theme) {
    m_groove->setTheme(theme);
}

void TemperatureSlider::setFitted(bool fitted) {
    m_groove->setFitted(fitted);
}

bool TemperatureSlider::fitted() const {
    return m_groove->fitted();
}

void TemperatureSlider::multiply(double factor) {
    m_groove->multiply(factor);
}

void TemperatureSlider::toggleFitted() {
    m_groove->toggleFitted();
}

void TemperatureSlider::goToOptimum() {
    const auto go = [this](double temperature) {
        m_groove->choose(temperature);
        Q_EMIT temperatureCommitted(m_groove->temperature());
    };
    const std::vector<Optimum>& optima = m_groove->optima();
    if (optima.size() == 1) {
        go(optima.front().value);
        return;
    }
    auto* menu = new QMenu(this); // several runs: which one?
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const Optimum& optimum : optima) {
        menu->addAction(QString::fromStdString(optimum.name) + QLatin1Char('\t') + numberText(optimum.value),
                        this, [go, value = optimum.value] { go(value); });
    }
    menu->popup(m_optimum->mapToGlobal(QPoint(0, m_optimum->height())));
}

} // namespace finescope::widgets
