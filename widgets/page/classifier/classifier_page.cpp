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
/// What the page can show: kinds of figure.
constexpr const char* kNorms = "class-norms";
constexpr const char* kAngles = "class-angles";
constexpr const char* kDerivative = "norm-derivative";
constexpr const char* kRows = "classifier-rows";

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
      m_heading(new NoteHeading(this)), m_probe(makeCaption({}, this)), m_table(new NumbersTable(this)),
      m_view(new QComboBox(options())), m_class(new QComboBox(options())), m_split(new QComboBox(options())),
      m_xAxis(makeXAxisPicker(options())), m_origin(makeOriginPicker(options())),
      m_logarithmic(new QCheckBox(tr("Logarithmic norms"), options())),
      m_grouping(makeGroupingPicker(options())), m_spread(makeSpreadPicker(options())) {
    setObjectName(QStringLiteral("classifierPage"));
    setPlot(new PlotView(this));
    plot()->setObjectName(QStringLiteral("classifierPlot"));
    plot()->setAccessibleName(title());
    m_table->setObjectName(QStringLiteral("classifierNumbers"));
    m_table->setAccessibleName(tr("Rows of the classifier before and after, mean and deviation over seeds"));
    m_table->hide();
    m_probe->setObjectName(QStringLiteral("classifierProbe"));
    m_probe->setWordWrap(true);
    m_probe->hide();
    m_heading->setNote(classNormsNote());
    content()->addWidget(m_heading);
    content()->addWidget(plot(), 1);
    content()->addWidget(m_probe);
    content()->addWidget(m_table);
    makeOptions();
}

void ClassifierPage::makeOptions() {
    m_view->setObjectName(QStringLiteral("classifierView"));
    m_view->addItem(tr("Norms"), QLatin1String(kNorms));
    m_view->addItem(tr("Angles"), QLatin1String(kAngles));
    m_view->addItem(tr("Derivative by norm"), QLatin1String(kDerivative));
    m_view->addItem(tr("Before and after"), QLatin1String(kRows));
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

figure::FigureRequest ClassifierPage::request() const {
    figure::FigureRequest request = requestOf(m_view->currentData().toString().toStdString());
    request.classes = pickedNames(*m_class);
    request.xAxis = pickedXAxis(*m_xAxis);
    request.origin = pickedOrigin(*m_origin);
    request.grouping = pickedGrouping(*m_grouping);
    request.spread = pickedSpread(*m_spread);
    request.linearValues = !m_logarithmic->isChecked();
    if (request.kind == kDerivative) {
        request.splits = pickedNames(*m_split);
        request.splits = {figure::derivativeSplit(request, runs())};
    }
    return request;
}

void ClassifierPage::enableOptions(const figure::FigureRequest& request) {
    const bool rows = request.kind == kRows;
    m_split->setEnabled(request.kind == kDerivative);
    m_xAxis->setEnabled(!rows);
    m_grouping->setEnabled(!rows);
    m_logarithmic->setEnabled(request.kind == kNorms || rows);
    m_spread->setEnabled(rows || request.grouping == figure::Grouping::methods);
}

void ClassifierPage::askDerivatives(const figure::FigureRequest& request) {
    m_derivatives.ask(
        {[split = request.firstSplit()](const record::Run& run) {
             return evaluationKey(run) + QLatin1Char('|') + QString::fromStdString(split);
         },
         [split = request.firstSplit()](const record::Run& run, const auto&, figure::Problems* problems) {
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
    const figure::FigureRequest request = this->request();
    enableOptions(request);
    plot()->setTheme(theme());
    setLoading(true);
    const auto done = [this](const std::optional<Failure>& failure) { finish(failure); };
    if (request.kind == kDerivative) {
        askDerivatives(request);
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
    std::optional<figure::FigureRequest> drawn;
    if (!runs().empty()) {
        figure::FigureRequest request = draw();
        const bool nothing = showsNothing(plot()->figure());
        sayInstead(nothing ? QString::fromStdString(plot()->figure().panels.front().emptyText) : QString());
        if (!nothing) {
            drawn = std::move(request);
        }
    }
    setDrawn(std::move(drawn));
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

figure::FigureRequest ClassifierPage::draw() {
    sayProbes();
    figure::FigureRequest request = this->request();
    const auto listClasses = [&](const auto& entries) {
        listNames(*m_class, figure::classesOf(std::span(entries)));
        request = this->request(); // the class that was picked may be gone
    };
    m_table->setVisible(request.kind == kRows);
    if (request.kind == kDerivative) {
        const std::string split = request.firstSplit();
        const std::vector<figure::NormDerivativeEntry> entries = entriesOf(m_derivatives, runs());
        listClasses(entries);
        m_heading->setNote(normDerivativeNote());
        plot()->setFigure(
            figure::normDerivativeFigure(runs(), entries, split, figure::classifierCurveOptions(request)));
        return request;
    }
    const std::vector<figure::ClassifierEntry> entries = entriesOf(m_rows, runs());
    listClasses(entries);
    if (request.kind == kRows) {
        const figure::ClassifierRowsOptions options = figure::classifierRowsOptions(request);
        m_heading->setNote(classifierRowsNote());
        plot()->setFigure(figure::classifierRowsFigure(runs(), entries, options));
        m_table->setTable(figure::classifierRowsTable(runs(), entries, options));
        m_table->fitHeight(kRowsSeen);
    } else if (request.kind == kAngles) {
        m_heading->setNote(classAnglesNote());
        plot()->setFigure(
            figure::classAnglesFigure(runs(), entries, figure::classifierCurveOptions(request)));
    } else {
        m_heading->setNote(classNormsNote());
        plot()->setFigure(figure::classNormsFigure(runs(), entries, figure::classifierCurveOptions(request)));
    }
    return request;
}

} // namespace finescope::widgets
