#include "widgets/page/calibration_page.h"

#include "core/figure/calibration_lens.h"
#include "core/figure/number_text.h"
#include "core/figure/run_style.h"
#include "widgets/control/elided_label.h"
#include "widgets/control/epoch_player.h"
#include "widgets/control/temperature_slider.h"
#include "widgets/page/calibration_details.h"
#include "widgets/page/calibration_table.h"
#include "widgets/page/diagram_area.h"
#include "widgets/page/option_rows.h"
#include "widgets/panel/heading.h"
#include "widgets/plot/plot_view.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

namespace {

constexpr double kKeyStep = 1.1;
constexpr int kDiagramColumns = 5;
constexpr int kBottomHeight = 150;
constexpr int kCurveWidth = 280, kTableWidth = 500;
constexpr int kAxisWidth = 72, kDiagramGap = 20; // left of all diagrams, and between two
const QString kPrepareKey = QStringLiteral("calibration"), kBinsKey = QStringLiteral("calibration-bins");

QString epochName(const record::EpochKey& key) {
    const QString epoch = QString::number(key.epoch, 'g', 6);
    return key.stage == record::Stage::linearProbing
               ? CalibrationPage::tr("Linear probing, %1").arg(epoch)
               : CalibrationPage::tr("Fine-tuning, epoch %1").arg(epoch);
}

} // namespace

CalibrationPage::CalibrationPage(Background& background, QWidget* parent)
    : Page(tr("Calibration"),
           tr("Here you will see how far the confidence of each run can be trusted, and what the temperature "
              "changes."),
           parent),
      m_background(background), m_diagrams(new PlotView), m_diagramArea(new DiagramArea(m_diagrams, this)),
      m_slider(new TemperatureSlider(this)), m_curve(new PlotView(this)), m_tables(new QStackedWidget(this)),
      m_table(new CalibrationTable(m_tables)), m_details(new CalibrationDetails(background, m_tables)),
      m_note(makeCaption({}, this)), m_norms(makeElidedCaption(this)), m_mode(new QComboBox(options())),
      m_split(new QComboBox(options())), m_epoch(new QComboBox(options())),
      m_player(new EpochPlayer(options())), m_bins(new QSpinBox(options())),
      m_curveQuantity(new QComboBox(options())), m_tableView(new QComboBox(options())) {
    setObjectName(QStringLiteral("calibrationPage"));
    m_diagrams->setObjectName(QStringLiteral("reliabilityPlot"));
    m_diagrams->setAccessibleName(tr("Reliability diagrams"));
    m_slider->setObjectName(QStringLiteral("temperatureSlider"));
    m_curve->setObjectName(QStringLiteral("temperatureCurve"));
    m_curve->setAccessibleName(tr("Curve over temperature"));
    m_curve->setMinimumHeight(kBottomHeight);
    m_note->setObjectName(QStringLiteral("calibrationNote"));
    m_note->setWordWrap(true);
    m_note->hide();
    m_norms->setObjectName(QStringLiteral("calibrationNorms"));

    m_table->setObjectName(QStringLiteral("calibrationNumbers"));
    m_diagramArea->setObjectName(QStringLiteral("reliabilityScroll"));
    m_diagramArea->setAccessibleName(tr("Reliability diagrams"));
    auto* bottom = new QSplitter(Qt::Horizontal, this);
    bottom->setChildrenCollapsible(false);
    bottom->addWidget(m_curve);
    m_tables->addWidget(m_table);
    m_tables->addWidget(m_details);
    bottom->addWidget(m_tables);
    bottom->setStretchFactor(0, 2);
    bottom->setStretchFactor(1, 3);
    bottom->setSizes({kCurveWidth, kTableWidth});
    content()->addWidget(m_note);
    content()->addWidget(m_diagramArea, 5);
    content()->addWidget(m_slider);
    content()->addWidget(m_norms);
    content()->addWidget(bottom, 2);
    setFocusWidget(m_diagrams);
    buildOptions();

    connect(m_slider, &TemperatureSlider::temperatureChanged, this, [this](double temperature) {
        draw(Numbers::quick);
        Q_EMIT temperatureChanged(temperature);
    });
    connect(m_slider, &TemperatureSlider::temperatureCommitted, this, [this] { draw(Numbers::exact); });
    for (PlotView* plot : {m_diagrams, m_curve}) {
        connect(plot, &PlotView::exportRequested, this, &Page::exportRequested);
    }
}

void CalibrationPage::buildOptions() {
    m_mode->setObjectName(QStringLiteral("calibrationMode"));
    m_mode->addItem(tr("One T for all runs"), false);
    m_mode->addItem(tr("Each run at its fitted T"), true);
    m_mode->setToolTip(tr("T switches between the two"));
    m_split->setObjectName(QStringLiteral("calibrationSplit"));
    m_epoch->setObjectName(QStringLiteral("calibrationEpoch"));
    m_epoch->addItem(tr("Reported model"));
    m_bins->setObjectName(QStringLiteral("calibrationBins"));
    m_bins->setRange(1, 100);
    m_bins->setValue(15);
    m_bins->setToolTip(tr("Equal-width bins (low, high]"));
    m_curveQuantity->setObjectName(QStringLiteral("calibrationCurve"));
    for (const QString& name : {tr("ECE"), tr("MCE"), tr("NLL"), tr("Brier score")}) {
        m_curveQuantity->addItem(name);
    }
    m_curveQuantity->addItem(tr("ECE by number of bins"));
    m_curveQuantity->setCurrentIndex(2);
    m_tableView->setObjectName(QStringLiteral("calibrationTableView"));
    m_tableView->addItem(tr("Numbers"));
    CalibrationDetails::listViews(*m_tableView);

    addOption(optionRows(), tr("Temperature"), m_mode);
    addOption(optionRows(), tr("Split"), m_split);
    addOption(optionRows(), tr("Epoch"), m_epoch);
    optionRows()->addWidget(m_player);
    addOption(optionRows(), tr("Bins"), m_bins);
    optionRows()->addSpacing(8);
    addOption(optionRows(), tr("Curve"), m_curveQuantity);
    addOption(optionRows(), tr("Table"), m_tableView);
    optionRows()->addStretch(1);

    connect(m_mode, &QComboBox::currentIndexChanged, this, [this] {
        m_slider->setFitted(eachFitted());
        drawAnew();
    });
    connect(m_slider, &TemperatureSlider::fittedToggled, this,
            [this](bool fitted) { m_mode->setCurrentIndex(fitted ? 1 : 0); });
    connect(m_split, &QComboBox::activated, this, &CalibrationPage::refreshWhenVisible);
    connect(m_epoch, &QComboBox::activated, this, &CalibrationPage::refreshWhenVisible);
    connect(m_bins, &QSpinBox::valueChanged, this, &CalibrationPage::refreshWhenVisible);
    connect(m_player, &EpochPlayer::moved, this, [this](int position) {
        m_epoch->setCurrentIndex(position + 1);
        refreshWhenVisible();
    });
    connect(m_curveQuantity, &QComboBox::activated, this, [this] { drawCurve(Numbers::exact); });
    connect(m_tableView, &QComboBox::activated, this, [this](int index) {
        m_tables->setCurrentIndex(index == 0 ? 0 : 1);
        askDetails(entries(Numbers::exact));
    });
}

int CalibrationPage::diagramColumns() const {
    const QString widest = eachFitted() ? tr("MCE 88.8 → 88.8 %") : tr("MCE 88.8 %");
    const int needed = m_norms->fontMetrics().horizontalAdvance(widest) + kDiagramGap;
    const int fitting = std::clamp((m_diagramArea->width() - kAxisWidth) / needed, 1, kDiagramColumns);
    const int count = std::max(1, static_cast<int>(m_shown.size()));
    const int rows = (count + fitting - 1) / fitting;
    return (count + rows - 1) / rows; // even rows rather than a last one with a single diagram
}

void CalibrationPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    if (const int columns = diagramColumns(); columns != m_columns) {
        m_columns = columns;
        drawAnew();
    }
}

void CalibrationPage::setTemperature(double temperature) {
    if (m_slider->temperature() != temperature) {
        m_slider->setTemperature(temperature);
        draw(Numbers::exact);
    }
}

void CalibrationPage::keyPressEvent(QKeyEvent* event) {
    // The slider's own keys, wherever on the page the focus is.
    if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_T) {
        m_slider->toggleFitted();
    } else if (event->key() == Qt::Key_BracketLeft) {
        m_slider->multiply(1 / kKeyStep);
    } else if (event->key() == Qt::Key_BracketRight) {
        m_slider->multiply(kKeyStep);
    } else if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_1) {
        m_slider->multiply(1 / m_slider->temperature());
    } else {
        Page::keyPressEvent(event);
    }
}

bool CalibrationPage::eachFitted() const {
    return m_mode->currentData().toBool();
}

CalibrationChoice CalibrationPage::choice() const {
    CalibrationChoice choice{.split = m_split->currentData().toString().toStdString(),
                             .bins = m_bins->value()};
    if (const QPointF key = m_epoch->currentData().toPointF(); m_epoch->currentIndex() > 0) {
        choice.key = record::EpochKey{key.x(), static_cast<record::Stage>(static_cast<std::int8_t>(key.y()))};
    }
    return choice;
}

void CalibrationPage::listSplits() {
    const QVariant before = m_split->currentData();
    QStringList names;
    for (const record::Run& run : runs()) {
        for (const record::SplitInfo& split : run.splits) {
            if (const QString name = QString::fromStdString(split.name);
                !split.logitKeys.empty() && !names.contains(name)) {
                names.append(name);
            }
        }
    }
    m_split->clear();
    m_split->addItem(tr("Test split"), QString());
    for (const QString& name : names) {
        m_split->addItem(name, name);
    }
    m_split->setCurrentIndex(std::max(0, m_split->findData(before)));
}

void CalibrationPage::listEpochs() {
    const QVariant before = m_epoch->currentData();
    const CalibrationChoice chosen = choice();
    std::vector<record::EpochKey> keys;
    for (const record::Run& run : runs()) {
        const record::SplitInfo* split =
            chosen.split.empty() ? figure::defaultCalibrationSplit(run) : run.split(chosen.split);
        for (const record::EpochKey& key : split ? split->logitKeys : std::vector<record::EpochKey>{}) {
            if (std::ranges::find(keys, key) == keys.end()) {
                keys.push_back(key);
            }
        }
    }
    std::ranges::sort(keys, {}, [](const record::EpochKey& key) { return std::pair(key.stage, key.epoch); });
    m_epoch->clear();
    m_epoch->addItem(tr("Reported model"));
    for (const record::EpochKey& key : keys) {
        m_epoch->addItem(epochName(key), QPointF(key.epoch, static_cast<int>(key.stage)));
    }
    m_epoch->setCurrentIndex(before.isValid() ? std::max(0, m_epoch->findData(before)) : 0);
    m_player->setCount(static_cast<int>(keys.size()));
    m_player->setPosition(m_epoch->currentIndex() - 1);
}

void CalibrationPage::refresh() {
    m_diagrams->setTheme(theme());
    m_curve->setTheme(theme());
    m_slider->setTheme(theme());
    listSplits();
    listEpochs();
    const CalibrationChoice chosen = choice();
    auto missing = std::make_shared<std::vector<record::Run>>();
    Prepared kept;
    for (const record::Run& run : runs()) {
        const QString key = preparedKey(run, chosen);
        if (const auto known = m_prepared.value(key)) {
            kept.insert(key, known);
        } else if (canPrepare(run, chosen)) {
            missing->push_back(run);
        }
    }
    if (missing->empty()) {
        m_background.cancel(kPrepareKey);
        m_prepared = std::move(kept);
        setLoading(false);
        m_player->setBusy(false);
        collectShown();
        drawAnew();
        return;
    }
    setLoading(true);
    m_player->setBusy(true);
    m_background.request<Prepared>(
        kPrepareKey, this,
        [missing, chosen, kept](const TaskControl& control) {
            Prepared all = kept;
            for (const record::Run& run : *missing) {
                if (control.cancelled()) {
                    break;
                }
                all.insert(preparedKey(run, chosen), prepareRun(run, chosen));
                control.progress(static_cast<double>(all.size() - kept.size()) /
                                 static_cast<double>(missing->size()));
            }
            return all;
        },
        [this](const Outcome<Prepared>& outcome) {
            setLoading(false);
            m_player->setBusy(false);
            if (const auto* failure = std::get_if<Failure>(&outcome)) {
                showError(
                    tr("The calibration of these runs cannot be shown. Uncheck the run that is named below."),
                    failure->message);
                return;
            }
            m_prepared = std::get<Prepared>(outcome);
            collectShown();
            drawAnew();
        });
}

void CalibrationPage::collectShown() {
    const CalibrationChoice chosen = choice();
    const auto labels = figure::labelRuns(runs());
    m_shown.clear();
    QStringList without;
    std::vector<Optimum> optima;
    for (std::size_t i = 0; i < runs().size(); ++i) {
        const auto prepared = m_prepared.value(preparedKey(runs()[i], chosen));
        if (!prepared) {
            without.append(QString::fromStdString(labels[i].name));
            continue;
        }
        m_shown.push_back({runs()[i], labels[i].name, labels[i].style, prepared});
        if (prepared->data.fitted) {
            optima.push_back({labels[i].name, labels[i].style, prepared->data.fitted->value});
        }
    }
    m_slider->setOptima(optima);
    m_note->setText(tr("Not shown, because it holds no logits of this split at this epoch: %1", nullptr,
                       static_cast<int>(without.size()))
                        .arg(without.join(QStringLiteral("; "))));
    m_note->setVisible(!without.isEmpty());
}

std::vector<figure::ReliabilityEntry> CalibrationPage::entries(Numbers numbers) const {
    std::vector<figure::ReliabilityEntry> entries;
    for (const Shown& shown : m_shown) {
        const PreparedRun& run = *shown.prepared;
        const auto at = [&run, numbers](double temperature) {
            return numbers == Numbers::exact ? run.exactAt(temperature) : run.table.at(temperature);
        };
        figure::ReliabilityEntry entry{
            .name = shown.name,
            .style = shown.style,
            .current = at(eachFitted() ? run.fittedTemperature() : m_slider->temperature())};
        if (eachFitted()) {
            entry.before = at(1);
            entry.caution = figure::fitCaution(run.data);
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

figure::ReliabilityOptions CalibrationPage::reliabilityOptions() const {
    return {.split = m_shown.empty() ? std::string() : m_shown.front().prepared->data.split,
            .epoch = choice().key,
            .maxColumns = diagramColumns()};
}

void CalibrationPage::draw(Numbers numbers) {
    if (m_shown.empty()) {
        m_table->setRowCount(0);
        m_details->clear();
        m_norms->clear();
        Q_EMIT contentChanged();
        return;
    }
    const auto shown = entries(numbers);
    m_diagrams->setFigure(figure::reliabilityFigure(shown, reliabilityOptions()));
    std::vector<bool> fitted;
    for (const Shown& one : m_shown) {
        fitted.push_back(one.prepared->data.fitted.has_value());
    }
    m_table->setEntries(shown, fitted);
    tellNorms(shown);
    drawCurve(numbers);
    if (numbers == Numbers::exact) {
        askDetails(shown);
        Q_EMIT contentChanged();
    }
}

void CalibrationPage::drawAnew() {
    draw(Numbers::exact);
    if (!m_shown.empty()) {
        // Not with every temperature: it lays the diagrams out three times, longer than painting them takes.
        m_diagramArea->fit((static_cast<int>(m_shown.size()) + diagramColumns() - 1) / diagramColumns());
    }
}

void CalibrationPage::drawBinStability() {
    const auto draw = [shown = m_shown, fitted = eachFitted(), temperature = m_slider->temperature(),
                       bins = m_bins->value()](const TaskControl&) {
        std::vector<figure::LensEntry> entries;
        for (const Shown& one : shown) {
            entries.push_back({one.name, one.style, &one.prepared->data,
                               fitted ? one.prepared->fittedTemperature() : temperature});
        }
        figure::Figure figure = figure::binStabilityFigure(entries, bins);
        figure.panels.front().legend = figure::Legend::none; // the diagrams above name the runs
        return figure;
    };
    m_background.request<figure::Figure>(kBinsKey, this, draw,
                                         [this](const Outcome<figure::Figure>& outcome) {
                                             const auto* figure = std::get_if<figure::Figure>(&outcome);
                                             if (figure != nullptr && showsBinStability()) {
                                                 m_curve->setFigure(*figure);
                                             }
                                         });
}

bool CalibrationPage::showsBinStability() const {
    return m_curveQuantity->currentIndex() == static_cast<int>(figure::kCurveQuantities.size());
}

void CalibrationPage::askDetails(const std::vector<figure::ReliabilityEntry>& entries) {
    const QVariant picked = m_tableView->currentData();
    if (!picked.isValid() || m_shown.empty()) {
        return;
    }
    std::vector<DetailedRun> runs;
    for (std::size_t i = 0; i < m_shown.size(); ++i) {
        runs.push_back(
            {m_shown[i].run, m_shown[i].name, entries[i].current.temperature, m_shown[i].prepared});
    }
    m_details->ask(static_cast<CalibrationDetails::View>(picked.toInt()), std::move(runs), m_bins->value());
}

void CalibrationPage::drawCurve(Numbers numbers) {
    if (showsBinStability()) {
        if (numbers == Numbers::exact) { // 46 numbers of bins are too many for every step of the slider
            drawBinStability();
        }
        return;
    }
    std::vector<figure::TemperatureCurve> curves;
    for (const Shown& shown : m_shown) {
        curves.push_back(shown.prepared->curve);
        curves.back().name = shown.name;
        curves.back().style = shown.style;
    }
    figure::Figure all = figure::temperatureCurveFigure(
        curves, {.split = reliabilityOptions().split,
                 .current = eachFitted() ? std::nullopt : std::optional(m_slider->temperature())});
    const auto picked = static_cast<std::size_t>(m_curveQuantity->currentIndex());
    if (picked < figure::kCurveQuantities.size()) {
        all.panels = {std::move(all.panels[picked])};
        all.panels.front().legend = figure::Legend::none; // the diagrams above name the runs
        all.columns = 1;
        all.kind += m_curveQuantity->currentText().toStdString(); // another quantity has another range
        m_curve->setFigure(all);
    }
}

void CalibrationPage::tellNorms(const std::vector<figure::ReliabilityEntry>& entries) {
    QStringList norms;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (const auto norm = m_shown[i].prepared->data.classifierNorm) {
            const double asIf = analysis::equivalentClassifierNorm(*norm, entries[i].current.temperature);
            norms.append(tr("%1 %2 → %3")
                             .arg(QString::fromStdString(entries[i].name),
                                  QString::fromStdString(figure::significant(*norm, 3)),
                                  QString::fromStdString(figure::significant(asIf, 3))));
        }
    }
    m_norms->setText(
        norms.isEmpty() ? QString() : tr("Classifier norm as if  %1").arg(norms.join(QStringLiteral("   "))));
    m_norms->setToolTip(tr("Dividing the logits by T is as if the classifier were 1/T as large:\n%1")
                            .arg(norms.join(QLatin1Char('\n'))));
}

std::optional<PageFigure> CalibrationPage::exportedFigure() const {
    if (m_shown.empty()) {
        return std::nullopt;
    }
    figure::FigureRequest request = requestOf("reliability");
    if (const auto split = choice().split; !split.empty()) {
        request.splits = {split};
    }
    request.bins = m_bins->value();
    request.epoch = choice().key;
    request.files.clear(); // only what is shown: a run without this split or epoch is not
    for (const Shown& shown : m_shown) {
        request.files.push_back(shown.run.file.string());
    }
    request.temperature = {.fitted = eachFitted(), .value = m_slider->temperature()};
    request.beforeAfter = eachFitted();
    const auto figure = [entries = entries(Numbers::exact), options = reliabilityOptions()](double widthMm) {
        auto laidOut = options;
        laidOut.maxColumns = figure::diagramColumns(widthMm);
        return figure::reliabilityFigure(entries, laidOut);
    };
    return pageFigure(figure, std::move(request));
}

void CalibrationPage::copyFigure() const {
    m_diagrams->copyToClipboard();
}

void CalibrationPage::resetView() {
    m_diagrams->resetView();
    m_curve->resetView();
}

} // namespace finescope::widgets
