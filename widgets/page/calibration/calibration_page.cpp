#include "widgets/page/calibration/calibration_page.h"

#include "core/analysis/temperature/temperature.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/label/class_name.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"
#include "core/figure/request/figure_kinds.h"
#include "widgets/control/elided_label.h"
#include "widgets/control/note_button.h"
#include "widgets/control/temperature_slider.h"
#include "widgets/page/calibration/calibration_curve.h"
#include "widgets/page/calibration/calibration_details.h"
#include "widgets/page/calibration/calibration_options.h"
#include "widgets/page/calibration/calibration_page_notes.h"
#include "widgets/page/calibration/diagram_table.h"
#include "widgets/page/common/note_heading.h"
#include "widgets/panel/heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QScopeGuard>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

namespace finescope::widgets {

namespace {

constexpr double kKeyStep = 1.1;
constexpr qsizetype kTold = 3; // sentences above the diagrams; the tool tip has all
constexpr int kCurveWidth = 280, kTableWidth = 500;
constexpr std::size_t kSparePrepared = 0; // closed runs give their memory back

} // namespace

CalibrationPage::CalibrationPage(Background& background, QWidget* parent)
    : Page(tr("Calibration"),
           tr("Here you will see how far the confidence of each run can be trusted, and what the temperature "
              "changes."),
           parent),
      m_options(new CalibrationOptions(options(), optionRows())), m_heading(new NoteHeading(this)),
      m_diagrams(new CalibrationDiagrams(background, this)), m_slider(new TemperatureSlider(this)),
      m_curve(new CalibrationCurve(background, this)), m_tableHeading(new NoteHeading(this)),
      m_tables(new QStackedWidget(this)), m_table(new DiagramTable(m_tables)),
      m_details(new CalibrationDetails(background, m_tables)), m_note(makeCaption({}, this)),
      m_norms(makeElidedCaption(this)),
      m_prepared(background, QStringLiteral("calibration"), kSparePrepared) {
    setObjectName(QStringLiteral("calibrationPage"));
    m_heading->setNote(reliabilityNote());
    m_tableHeading->setNote(numbersNote());
    m_slider->setObjectName(QStringLiteral("temperatureSlider"));
    m_note->setObjectName(QStringLiteral("calibrationNote"));
    m_note->setWordWrap(true);
    m_note->hide();
    m_norms->setObjectName(QStringLiteral("calibrationNorms"));
    m_table->setObjectName(QStringLiteral("calibrationNumbers"));
    auto* temperatureNote = new NoteButton(this);
    temperatureNote->setNote(finescope::widgets::temperatureNote());

    m_tables->addWidget(m_table);
    m_tables->addWidget(m_details);
    auto* tables = new QWidget(this);
    auto* tableRows = new QVBoxLayout(tables);
    tableRows->setContentsMargins(0, 0, 0, 0);
    tableRows->setSpacing(0);
    tableRows->addWidget(m_tableHeading);
    tableRows->addWidget(m_tables, 1);
    auto* bottom = new QSplitter(Qt::Horizontal, this);
    bottom->setChildrenCollapsible(false);
    bottom->addWidget(m_curve);
    bottom->addWidget(tables);
    bottom->setStretchFactor(0, 2);
    bottom->setStretchFactor(1, 3);
    bottom->setSizes({kCurveWidth, kTableWidth});
    auto* norms = new QHBoxLayout;
    norms->addWidget(temperatureNote);
    norms->addWidget(m_norms, 1);
    content()->addWidget(m_heading);
    content()->addWidget(m_note);
    content()->addWidget(m_diagrams, 5);
    content()->addWidget(m_slider);
    content()->addLayout(norms);
    content()->addWidget(bottom, 2);
    setPlot(&m_diagrams->plot());

    connect(m_slider, &TemperatureSlider::temperatureChanged, this, [this](double temperature) {
        draw(Numbers::quick);
        Q_EMIT temperatureChanged(temperature);
    });
    connect(m_slider, &TemperatureSlider::temperatureCommitted, this, [this] { draw(Numbers::exact); });
    connect(m_slider, &TemperatureSlider::fittedToggled, m_options, &CalibrationOptions::setFitted);
    connect(m_options, &CalibrationOptions::fittedChanged, this, [this] {
        m_slider->setFitted(diagramsRequest().temperature.fitted);
        draw(Numbers::exact);
    });
    connect(m_options, &CalibrationOptions::choiceChanged, this, &CalibrationPage::refreshWhenVisible);
    connect(m_options, &CalibrationOptions::diagramsChanged, this, [this] {
        collectShown(); // not every run has every class
        draw(Numbers::exact);
    });
    connect(m_options, &CalibrationOptions::curveChanged, this, [this] { drawCurve(Numbers::exact); });
    connect(m_options, &CalibrationOptions::detailsChanged, this, &CalibrationPage::askDetails);
    connect(m_diagrams, &CalibrationDiagrams::shown, this, &CalibrationPage::tellNumbers);
    connect(m_diagrams, &CalibrationDiagrams::failed, this, [this](const QString& message) {
        showError(tr("These diagrams cannot be shown. Choose other bins, or uncheck a run."), message);
    });
    connect(&m_curve->plot(), &PlotView::exportRequested, this, &Page::exportRequested);
    addKeys();
}

void CalibrationPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    m_diagrams->fitColumns();
}

void CalibrationPage::addKeys() {
    // Shortcuts of the window: options and the list of runs are no part of the page, and would take letters
    // for a search. Text fields keep what is typed.
    const auto add = [this](Qt::Key key, const auto& does) {
        connect(new QShortcut(key, this), &QShortcut::activated, this, does);
    };
    add(Qt::Key_T, [this] { m_slider->toggleFitted(); });
    add(Qt::Key_BracketLeft, [this] { m_slider->multiply(1 / kKeyStep); });
    add(Qt::Key_BracketRight, [this] { m_slider->multiply(kKeyStep); });
    add(Qt::Key_1, [this] { m_slider->multiply(1 / m_slider->temperature()); });
}

void CalibrationPage::refresh() {
    m_diagrams->plot().setTheme(theme());
    m_curve->plot().setTheme(theme());
    m_slider->setTheme(theme());
    m_options->list(runs());
    prepare();
}

void CalibrationPage::prepare() {
    const CalibrationChoice chosen = calibrationChoice(diagramsRequest());
    m_prepared.ask({[chosen](const record::Run& run) { return preparedKey(run, chosen); },
                    [chosen](const record::Run& run, const auto&, figure::Problems*) {
                        return prepareRun(run, chosen);
                    }});
    std::vector<record::Run> able;
    std::ranges::copy_if(runs(), std::back_inserter(able),
                         [&](const record::Run& run) { return canPrepare(run, chosen); });
    const bool missing = !m_prepared.complete(able);
    setLoading(missing);
    m_options->setBusy(missing);
    m_prepared.complete(able, this, [this, able](const std::optional<Failure>& failure) {
        setLoading(false);
        m_options->setBusy(false);
        if (failure && !m_prepared.complete(able)) {
            showError(tr("The calibration of these runs cannot be shown."), failure->message);
            return;
        } // else collectShown() says of each run why it is not shown
        collectShown();
        draw(Numbers::exact);
    });
}

void CalibrationPage::collectShown() {
    const std::string ofClass = figure::diagramChoice(diagramsRequest()).ofClass;
    const auto labels = figure::labelRuns(runs());
    const auto hasClass = [&ofClass](const analysis::CalibrationData& read) {
        return ofClass.empty() ||
               std::ranges::count(figure::classNames(read.classNames, read.logits.cols()), ofClass) > 0;
    };
    m_shown.clear();
    QStringList without;
    std::vector<Optimum> optima;
    for (std::size_t i = 0; i < runs().size(); ++i) {
        const auto* known = m_prepared.find(runs()[i]);
        const auto prepared = known ? *known : nullptr;
        if (!prepared || !hasClass(prepared->data)) {
            if (m_prepared.failure(runs()[i]).isEmpty()) {
                without.append(QString::fromStdString(labels[i].name));
            }
            continue;
        }
        m_shown.push_back({runs()[i], labels[i].name, labels[i].style, prepared});
        if (prepared->data.fitted) {
            optima.push_back({labels[i].name, labels[i].style, prepared->data.fitted->value});
        }
    }
    m_slider->setOptima(optima);
    m_missing.clear();
    if (!without.isEmpty()) {
        m_missing.append(tr("Not shown, because the chosen split, epoch or class is missing: %1", nullptr,
                            static_cast<int>(without.size()))
                             .arg(without.join(QStringLiteral("; "))));
    }
    for (const record::Run& run : runs()) {
        if (const QString why = m_prepared.failure(run); !why.isEmpty()) {
            m_missing.append(tr("Not shown: %1").arg(why));
        }
    }
}

figure::FigureRequest CalibrationPage::diagramsRequest() const {
    figure::FigureRequest request = requestOf("reliability");
    m_options->addTo(request);
    request.temperature.value = m_slider->temperature();
    return request;
}

figure::FigureRequest CalibrationPage::curveRequest() const {
    figure::FigureRequest request = diagramsRequest();
    m_options->addCurveTo(request);
    return request;
}

figure::FigureRequest CalibrationPage::request() const {
    return m_curve->plot().hasFocus() ? curveRequest() : diagramsRequest();
}

/// A run without the chosen split, epoch or class is not shown.
std::vector<std::string> CalibrationPage::shownFiles() const {
    std::vector<std::string> files;
    for (const ShownRun& shown : m_shown) {
        files.push_back(shown.run.file.string());
    }
    return files;
}

void CalibrationPage::draw(Numbers numbers) {
    if (m_shown.empty()) {
        m_diagrams->clear();
        m_details->clear();
        m_norms->clear();
        tellNumbers({}, {});
        setDrawn(std::nullopt);
        return;
    }
    figure::FigureRequest request = diagramsRequest();
    request.files = shownFiles();
    m_diagrams->show({m_shown, request}, numbers);
    tellNorms(request.temperature);
    drawCurve(numbers);
    if (numbers == Numbers::exact) {
        askDetails();
        setDrawn(std::move(request)); // a drag changes nothing but numbers
    }
}

void CalibrationPage::drawCurve(Numbers numbers) {
    figure::FigureRequest request = curveRequest();
    request.files = shownFiles();
    m_curve->show(request, m_shown, numbers == Numbers::exact);
}

void CalibrationPage::askDetails() {
    const auto view = m_options->details();
    m_tables->setCurrentIndex(view ? 1 : 0);
    m_tableHeading->setNote(view ? detailsNote(*view) : numbersNote());
    if (!view || m_shown.empty()) {
        return;
    }
    m_details->ask(*view, m_shown, diagramsRequest());
}

void CalibrationPage::tellNumbers(const std::vector<figure::ReliabilityEntry>& entries,
                                  const QStringList& cautions) {
    const QStringList told = m_missing + cautions;
    const QStringList few = told.mid(0, kTold);
    const auto more = told.size() - few.size();
    m_note->setText(few.join(QLatin1Char('\n')) +
                    (more > 0 ? tr("\n… and %n more", nullptr, static_cast<int>(more)) : QString()));
    m_note->setToolTip(told.join(QLatin1Char('\n')));
    m_note->setVisible(!told.isEmpty());
    std::vector<bool> fitted;
    for (const ShownRun& one : m_shown) {
        fitted.push_back(one.prepared->data.fitted.has_value());
    }
    m_table->setEntries(entries, fitted, !diagramsRequest().classes.empty());
}

void CalibrationPage::tellNorms(const figure::TemperatureChoice& temperature) {
    QStringList norms;
    for (const ShownRun& shown : m_shown) {
        if (const auto norm = shown.prepared->data.classifierNorm) {
            const double asIf = analysis::equivalentClassifierNorm(*norm, shown.temperature(temperature));
            norms.append(tr("%1 %2 → %3")
                             .arg(QString::fromStdString(shown.name),
                                  QString::fromStdString(figure::significant(*norm, 3)),
                                  QString::fromStdString(figure::significant(asIf, 3))));
        }
    }
    m_norms->setText(norms.isEmpty() ? QString()
                                     : tr("Equivalent classifier norm at this T:  %1")
                                           .arg(norms.join(QLatin1String(ElidedLabel::kBetweenParts))));
    m_norms->setToolTip(tr("Dividing the logits by T is equivalent to multiplying the classifier by 1/T:\n%1")
                            .arg(norms.join(QLatin1Char('\n'))));
}

std::optional<PageFigure> CalibrationPage::exportedFigure() const {
    if (!drawn()) {
        return std::nullopt;
    }
    return m_curve->plot().hasFocus() ? exportedCurve()
                                      : pageFigure(m_diagrams->exactFigure(), m_diagrams->request());
}

/// Made from the files as the command line makes it: what is on the screen may be the slider's numbers.
PageFigure CalibrationPage::exportedCurve() const {
    std::vector<record::Run> shown;
    for (const ShownRun& one : m_shown) {
        shown.push_back(one.run);
    }
    QApplication::setOverrideCursor(Qt::WaitCursor);
    const auto restore = qScopeGuard([] { QApplication::restoreOverrideCursor(); });
    figure::Figure figure = figure::buildFigure(m_curve->request(), shown);
    return pageFigure([figure](double) { return figure; }, m_curve->request());
}

void CalibrationPage::copyFigure() const {
    (m_curve->plot().hasFocus() ? m_curve->plot() : m_diagrams->plot()).copyToClipboard();
}

void CalibrationPage::resetView() {
    m_diagrams->plot().resetView();
    m_curve->plot().resetView();
}

} // namespace finescope::widgets
