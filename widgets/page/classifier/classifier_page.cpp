#include "widgets/page/classifier/classifier_page.h"

#include "core/figure/training/probe_notes.h"
#include "widgets/page/classifier/classifier_notes.h"
#include "widgets/page/common/note_heading.h"
#include "widgets/page/common/numbers_table.h"
#include "widgets/page/common/option_rows.h"
#include "widgets/panel/heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kRowsSeen = 8; // of the table before it scrolls

} // namespace

ClassifierPage::ClassifierPage(Background& background, QWidget* parent)
    : Page(tr("Classifier"),
           tr("Here you will see the classifier's row of each class over training: its norm, its angles to "
              "the others, and whether the loss wants it to grow."),
           parent),
      m_rows(background, QStringLiteral("classifier"), kSpareNumbers,
             {evaluationKey,
              [](const record::Run& run, const auto&, figure::Problems* problems) {
                  return figure::classifierEntries({&run, 1}, problems);
              }}),
      m_derivatives(background, QStringLiteral("classifier"), kSpareNumbers),
      m_heading(new NoteHeading(this)), m_plot(new PlotView(this)), m_probe(makeCaption({}, this)),
      m_table(new NumbersTable(this)), m_view(new QComboBox(options())), m_class(new QComboBox(options())),
      m_split(new QComboBox(options())), m_xAxis(makeXAxisPicker(options())),
      m_origin(makeOriginPicker(options())), m_logarithmic(new QCheckBox(tr("Logarithmic norms"), options())),
      m_grouping(makeGroupingPicker(options())), m_spread(makeSpreadPicker(options())) {
    setObjectName(QStringLiteral("classifierPage"));
    m_plot->setObjectName(QStringLiteral("classifierPlot"));
    m_plot->setAccessibleName(title());
    m_table->setObjectName(QStringLiteral("classifierNumbers"));
    m_table->setAccessibleName(tr("Rows of the classifier before and after, mean and deviation over seeds"));
    m_table->hide();
    m_probe->setObjectName(QStringLiteral("classifierProbe"));
    m_probe->setWordWrap(true);
    m_probe->hide();
    m_heading->setNote(classNormsNote());
    content()->addWidget(m_heading);
    content()->addWidget(m_plot, 1);
    content()->addWidget(m_probe);
    content()->addWidget(m_table);
    setFocusWidget(m_plot);
    makeOptions();
    connect(m_plot, &PlotView::exportRequested, this, &Page::exportRequested);
}

void ClassifierPage::makeOptions() {
    m_view->setObjectName(QStringLiteral("classifierView"));
    m_view->addItem(tr("Norms"), normsView);
    m_view->addItem(tr("Angles"), anglesView);
    m_view->addItem(tr("Derivative by norm"), derivativeView);
    m_view->addItem(tr("Before and after"), rowsView);
    m_class->setObjectName(QStringLiteral("classifierClass"));
    m_class->addItem(tr("All classes"), QString());
    m_class->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_class->setMinimumContentsLength(12); // names of classes may be long
    m_split->setObjectName(QStringLiteral("classifierSplit"));
    m_split->addItem(tr("Test, if recorded"), QString());
    m_xAxis->setObjectName(QStringLiteral("classifierXAxis"));
    m_origin->setObjectName(QStringLiteral("classifierOrigin"));
    m_logarithmic->setObjectName(QStringLiteral("classifierLogarithmic"));
    m_logarithmic->setChecked(true);
    m_grouping->setObjectName(QStringLiteral("classifierGrouping"));
    m_spread->setObjectName(QStringLiteral("classifierSpread"));
    addOption(optionRows(), tr("Show"), m_view);
    addOption(optionRows(), tr("Class"), m_class);
    addOption(optionRows(), tr("Loss on split"), m_split);
    optionRows()->addSpacing(8);
    addOption(optionRows(), tr("Horizontal axis"), m_xAxis);
    addOption(optionRows(), tr("Origin and “before”"), m_origin);
    optionRows()->addWidget(m_logarithmic);
    optionRows()->addSpacing(8);
    addOption(optionRows(), tr("Group by"), m_grouping);
    addOption(optionRows(), tr("Statistic"), m_spread);
    optionRows()->addStretch(1);
    for (QComboBox* picker : {m_view, m_class, m_split, m_xAxis, m_origin, m_grouping, m_spread}) {
        connect(picker, &QComboBox::activated, this, &ClassifierPage::refreshWhenVisible);
    }
    connect(m_logarithmic, &QCheckBox::clicked, this, &ClassifierPage::refreshWhenVisible);
}

void ClassifierPage::enableOptions() {
    const bool rows = view() == rowsView;
    m_split->setEnabled(view() == derivativeView);
    m_xAxis->setEnabled(!rows);
    m_grouping->setEnabled(!rows);
    m_logarithmic->setEnabled(view() == normsView || rows);
    m_spread->setEnabled(rows || pickedGrouping(*m_grouping) == figure::Grouping::methods);
}

ClassifierPage::View ClassifierPage::view() const {
    return static_cast<View>(m_view->currentData().toInt());
}

/// The split picked, else the usual one of the checked runs.
std::string ClassifierPage::split() const {
    const std::vector<std::string> picked = pickedNames(*m_split);
    return picked.empty() ? figure::defaultDerivativeSplit(runs()) : picked.front();
}

figure::ClassifierCurveOptions ClassifierPage::curveOptions() const {
    return {
        .curve = {.xAxis = pickedXAxis(*m_xAxis),
                  .origin = pickedOrigin(*m_origin),
                  .yScale = m_logarithmic->isChecked() ? figure::Scale::logarithmic : figure::Scale::linear,
                  .grouping = pickedGrouping(*m_grouping),
                  .spread = pickedSpread(*m_spread)},
        .classes = pickedNames(*m_class)};
}

figure::ClassifierRowsOptions ClassifierPage::rowsOptions() const {
    const figure::ClassifierCurveOptions options = curveOptions();
    return {.classes = options.classes,
            .before = options.curve.origin,
            .spread = options.curve.spread,
            .scale = options.curve.yScale};
}

void ClassifierPage::askDerivatives() {
    m_derivatives.ask({[split = split()](const record::Run& run) {
                           return evaluationKey(run) + QLatin1Char('|') + QString::fromStdString(split);
                       },
                       [split = split()](const record::Run& run, const auto&, figure::Problems* problems) {
                           return figure::normDerivativeEntries({&run, 1}, split, problems);
                       }});
}

void ClassifierPage::refresh() {
    std::vector<std::string> splits;
    for (const record::Run& run : runs()) {
        const std::vector<std::string> names = figure::derivativeSplits(run);
        splits.insert(splits.end(), names.begin(), names.end());
    }
    listNames(*m_split, splits);
    enableOptions();
    m_plot->setTheme(theme());
    setLoading(true);
    const auto done = [this](const std::optional<Failure>& failure) { finish(failure); };
    if (view() == derivativeView) {
        askDerivatives();
        m_derivatives.complete(runs(), this, done);
    } else {
        m_rows.complete(runs(), this, done);
    }
}

void ClassifierPage::finish(const std::optional<Failure>& failure) {
    setLoading(false);
    if (failure) {
        showError(tr("The classifiers of some runs could not be used."), failure->message);
    } // and what there is is shown
    m_shown.reset();
    if (!runs().empty()) {
        draw();
        const bool nothing = showsNothing(m_plot->figure());
        sayInstead(nothing ? QString::fromStdString(m_plot->figure().panels.front().emptyText) : QString());
        if (!nothing) {
            m_shown = requestNow();
        }
    }
    Q_EMIT contentChanged();
}

void ClassifierPage::sayProbes() {
    constexpr std::size_t kShown = 6;
    std::vector<std::string> notes = figure::probeNotes(runs());
    const std::size_t more = notes.size() > kShown ? notes.size() - kShown : 0;
    notes.resize(notes.size() - more);
    QStringList lines;
    for (const std::string& note : notes) {
        lines << QString::fromStdString(note);
    }
    if (more > 0) {
        lines << tr("… and %n more", nullptr, static_cast<int>(more));
    }
    m_probe->setText(tr("Linear probing: %1").arg(lines.join(QLatin1Char('\n'))));
    m_probe->setVisible(!lines.isEmpty());
}

void ClassifierPage::draw() {
    sayProbes();
    m_table->setVisible(view() == rowsView);
    if (view() == derivativeView) {
        m_heading->setNote(normDerivativeNote());
        const std::vector<figure::NormDerivativeEntry> entries = entriesOf(m_derivatives, runs());
        listNames(*m_class, figure::classesOf(std::span(entries)));
        m_plot->setFigure(figure::normDerivativeFigure(runs(), entries, split(), curveOptions()));
        return;
    }
    const std::vector<figure::ClassifierEntry> entries = entriesOf(m_rows, runs());
    listNames(*m_class, figure::classesOf(std::span(entries)));
    switch (view()) {
    case anglesView:
        m_heading->setNote(classAnglesNote());
        m_plot->setFigure(figure::classAnglesFigure(runs(), entries, curveOptions()));
        break;
    case rowsView:
        m_heading->setNote(classifierRowsNote());
        m_plot->setFigure(figure::classifierRowsFigure(runs(), entries, rowsOptions()));
        m_table->setTable(figure::classifierRowsTable(runs(), entries, rowsOptions()));
        m_table->fitHeight(kRowsSeen);
        break;
    case normsView:
    case derivativeView:
        m_heading->setNote(classNormsNote());
        m_plot->setFigure(figure::classNormsFigure(runs(), entries, curveOptions()));
        break;
    }
}

figure::FigureRequest ClassifierPage::requestNow() const {
    constexpr const char* kKinds[] = {"class-norms", "class-angles", "norm-derivative", "classifier-rows"};
    const figure::ClassifierCurveOptions options = curveOptions();
    figure::FigureRequest request = requestOf(kKinds[view()]);
    request.classes = options.classes;
    request.xAxis = options.curve.xAxis;
    request.origin = options.curve.origin;
    request.grouping = options.curve.grouping;
    request.spread = options.curve.spread;
    request.linearValues = !m_logarithmic->isChecked();
    if (view() == derivativeView) {
        request.splits = {split()};
    }
    return request;
}

std::optional<PageFigure> ClassifierPage::exportedFigure() const {
    if (!m_shown) {
        return std::nullopt;
    }
    return pageFigure([figure = m_plot->shownFigure()](double) { return figure; }, *m_shown);
}

void ClassifierPage::copyFigure() const {
    m_plot->copyToClipboard();
}

void ClassifierPage::resetView() {
    m_plot->resetView();
}

} // namespace finescope::widgets
