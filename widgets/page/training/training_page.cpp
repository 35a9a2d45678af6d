#include "widgets/page/training/training_page.h"

#include "widgets/page/common/option_rows.h"
#include "widgets/panel/heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

enum Quantity { allQuantities, classifierNorm, finalNorm };

} // namespace

TrainingPage::TrainingPage(QWidget* parent)
    : Page(tr("Training"),
           tr("Here you will see loss, accuracy and the norms of the classifier over the training of each "
              "run."),
           parent),
      m_plot(new PlotView(this)), m_notes(makeCaption({}, this)), m_quantity(new QComboBox(options())),
      m_xAxis(makeXAxisPicker(options())), m_origin(makeOriginPicker(options())),
      m_grouping(makeGroupingPicker(options())), m_spread(makeSpreadPicker(options())),
      m_logX(new QCheckBox(tr("Logarithmic x axis"), options())),
      m_logY(new QCheckBox(tr("Logarithmic y axis"), options())),
      m_accuracy(new QCheckBox(tr("With accuracy"), options())), m_smoothing(new QDoubleSpinBox(options())) {
    setObjectName(QStringLiteral("trainingPage"));
    m_plot->setObjectName(QStringLiteral("trainingPlot"));
    m_plot->setAccessibleName(title());
    m_notes->setObjectName(QStringLiteral("trainingNotes"));
    m_notes->setWordWrap(true);
    content()->addWidget(m_plot, 1);
    content()->addWidget(m_notes);
    setFocusWidget(m_plot);

    m_quantity->setObjectName(QStringLiteral("trainingQuantity"));
    m_quantity->addItem(tr("All quantities"), allQuantities);
    m_quantity->addItem(tr("Classifier norm"), classifierNorm);
    m_quantity->addItem(tr("Classifier norm, final"), finalNorm);
    m_xAxis->setObjectName(QStringLiteral("trainingXAxis"));
    m_origin->setObjectName(QStringLiteral("trainingOrigin"));
    m_grouping->setObjectName(QStringLiteral("trainingGrouping"));
    m_spread->setObjectName(QStringLiteral("trainingSpread"));
    m_logX->setObjectName(QStringLiteral("trainingLogX"));
    m_logY->setObjectName(QStringLiteral("trainingLogY"));
    m_accuracy->setObjectName(QStringLiteral("trainingAccuracy"));

    m_smoothing->setObjectName(QStringLiteral("trainingSmoothing"));
    m_smoothing->setRange(0, 0.99);
    m_smoothing->setSingleStep(0.05);
    m_smoothing->setSpecialValueText(tr("Off"));
    m_smoothing->setToolTip(
        tr("Weight of a bias-corrected exponential moving average over the recorded rows: steps during "
           "linear probing and on the step axis, otherwise epochs. 0.9 averages about ten rows"));

    addOption(optionRows(), tr("Show"), m_quantity);
    optionRows()->addWidget(m_accuracy);
    optionRows()->addSpacing(8);
    addOption(optionRows(), tr("Horizontal axis"), m_xAxis);
    addOption(optionRows(), tr("Origin"), m_origin);
    optionRows()->addWidget(m_logX);
    optionRows()->addWidget(m_logY);
    addOption(optionRows(), tr("Smoothing"), m_smoothing);
    optionRows()->addSpacing(8);
    addOption(optionRows(), tr("Group by"), m_grouping);
    addOption(optionRows(), tr("Statistic"), m_spread);
    optionRows()->addStretch(1);

    for (QComboBox* picker : {m_quantity, m_xAxis, m_origin, m_grouping, m_spread}) {
        connect(picker, &QComboBox::currentIndexChanged, this, &TrainingPage::refreshWhenVisible);
    }
    for (QCheckBox* box : {m_logX, m_logY, m_accuracy}) {
        connect(box, &QCheckBox::toggled, this, &TrainingPage::refreshWhenVisible);
    }
    connect(m_smoothing, &QDoubleSpinBox::valueChanged, this, &TrainingPage::refreshWhenVisible);
    connect(m_plot, &PlotView::exportRequested, this, &Page::exportRequested);
}

figure::CurveOptions TrainingPage::curveOptions() const {
    const auto scale = [](const QCheckBox* box) {
        return box->isChecked() ? figure::Scale::logarithmic : figure::Scale::linear;
    };
    return {.xAxis = pickedXAxis(*m_xAxis),
            .origin = pickedOrigin(*m_origin),
            .xScale = scale(m_logX),
            .yScale = scale(m_logY),
            .grouping = pickedGrouping(*m_grouping),
            .spread = pickedSpread(*m_spread),
            .smoothing = m_smoothing->value()};
}

void TrainingPage::refresh() {
    const int quantity = m_quantity->currentData().toInt();
    m_accuracy->setEnabled(quantity == classifierNorm);
    for (QWidget* control :
         std::initializer_list<QWidget*>{m_xAxis, m_origin, m_grouping, m_logX, m_smoothing}) {
        control->setEnabled(quantity != finalNorm);
    }
    m_origin->setEnabled(quantity != finalNorm && !m_logX->isChecked());
    m_spread->setEnabled(quantity == finalNorm || pickedGrouping(*m_grouping) == figure::Grouping::methods);
    m_plot->setTheme(theme());
    if (!runs().empty()) {
        m_plot->setFigure(quantity == allQuantities
                              ? figure::trainingFigure(runs(), {.curve = curveOptions()})
                              : figure::classifierNormFigure(runs(), {.curve = curveOptions(),
                                                                      .withAccuracy = m_accuracy->isChecked(),
                                                                      .finalBars = quantity == finalNorm}));
    }
    m_notes->setText(notesOf(m_plot->figure()));
    m_notes->setVisible(!m_notes->text().isEmpty());
    sayInstead(showsNothing(m_plot->figure()) ? tr("None of the checked runs has anything recorded during "
                                                   "training. Imported runs have predictions only.")
                                              : QString());
    Q_EMIT contentChanged();
}

std::optional<PageFigure> TrainingPage::exportedFigure() const {
    if (runs().empty()) {
        return std::nullopt;
    }
    const int quantity = m_quantity->currentData().toInt();
    const figure::CurveOptions curve = curveOptions();
    figure::FigureRequest request = requestOf(quantity == allQuantities ? "training" : "classifier-norm");
    request.xAxis = curve.xAxis;
    request.origin = curve.origin;
    request.logX = m_logX->isChecked();
    request.logY = m_logY->isChecked();
    request.grouping = curve.grouping;
    request.spread = curve.spread;
    request.smoothing = curve.smoothing;
    request.withAccuracy = m_accuracy->isChecked();
    request.finalBars = quantity == finalNorm;
    return pageFigure([figure = m_plot->shownFigure()](double) { return figure; }, std::move(request));
}

void TrainingPage::copyFigure() const {
    m_plot->copyToClipboard();
}

void TrainingPage::resetView() {
    m_plot->resetView();
}

} // namespace finescope::widgets
