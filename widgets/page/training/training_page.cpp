#include "widgets/page/training/training_page.h"

#include "core/figure/request/figure_kinds.h"
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
      m_notes(makeCaption({}, this)), m_quantity(new QComboBox(options())),
      m_xAxis(makeXAxisPicker(options())), m_origin(makeOriginPicker(options())),
      m_grouping(makeGroupingPicker(options())), m_spread(makeSpreadPicker(options())),
      m_logX(new QCheckBox(tr("Logarithmic x axis"), options())),
      m_logY(new QCheckBox(tr("Logarithmic y axis"), options())),
      m_accuracy(new QCheckBox(tr("With accuracy"), options())), m_smoothing(new QDoubleSpinBox(options())) {
    setObjectName(QStringLiteral("trainingPage"));
    setPlot(new PlotView(this));
    plot()->setObjectName(QStringLiteral("trainingPlot"));
    plot()->setAccessibleName(title());
    m_notes->setObjectName(QStringLiteral("trainingNotes"));
    m_notes->setWordWrap(true);
    content()->addWidget(plot(), 1);
    content()->addWidget(m_notes);

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
}

figure::FigureRequest TrainingPage::request() const {
    const int quantity = m_quantity->currentData().toInt();
    figure::FigureRequest request = requestOf(quantity == allQuantities ? "training" : "classifier-norm");
    request.xAxis = pickedXAxis(*m_xAxis);
    request.origin = pickedOrigin(*m_origin);
    request.logX = m_logX->isChecked();
    request.logY = m_logY->isChecked();
    request.grouping = pickedGrouping(*m_grouping);
    request.spread = pickedSpread(*m_spread);
    request.smoothing = m_smoothing->value();
    request.withAccuracy = m_accuracy->isChecked();
    request.finalBars = quantity == finalNorm;
    return request;
}

void TrainingPage::enableOptions(const figure::FigureRequest& request) {
    const bool curves = !request.finalBars;
    m_accuracy->setEnabled(request.kind == "classifier-norm" && curves);
    for (QWidget* control : std::initializer_list<QWidget*>{m_xAxis, m_grouping, m_logX, m_smoothing}) {
        control->setEnabled(curves);
    }
    m_origin->setEnabled(curves && !request.logX);
    m_spread->setEnabled(!curves || request.grouping == figure::Grouping::methods);
}

void TrainingPage::refresh() {
    const figure::FigureRequest request = this->request();
    enableOptions(request);
    plot()->setTheme(theme());
    if (!runs().empty()) {
        plot()->setFigure(figure::buildFigure(request, runs()));
    }
    m_notes->setText(notesOf(plot()->figure()));
    m_notes->setVisible(!m_notes->text().isEmpty());
    sayInstead(showsNothing(plot()->figure()) ? tr("None of the checked runs has anything recorded during "
                                                   "training. Imported runs have predictions only.")
                                              : QString());
    setDrawn(runs().empty() ? std::nullopt : std::optional(request));
}

} // namespace finescope::widgets
