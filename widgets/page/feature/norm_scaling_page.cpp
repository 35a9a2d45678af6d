#include "widgets/page/feature/norm_scaling_page.h"

#include "widgets/page/common/numbers_table.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QLabel>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kRowsSeen = 8;        // of the table before it scrolls
constexpr int kSentenceWidth = 420; // about sixty characters: what reads well

} // namespace

NormScalingPage::NormScalingPage(Background& background, QWidget* parent)
    : SeedPage(
          tr("Norm scaling"),
          tr("Here you will see how far fine-tuning moves the features, against the norm of the classifier "
             "that it starts from."),
          {QStringLiteral("normScaling"), "norm-scaling", tr("Test and out of distribution"),
           tr("The features of some runs could not be compared.")},
          parent),
      m_results(background, QStringLiteral("norm-scaling"), kSpareNumbers,
                {evaluationKey,
                 [](const record::Run& run, const auto&, figure::Problems* problems) {
                     return figure::normScalingEntries({&run, 1}, problems);
                 }}),
      m_table(new NumbersTable(this)), m_missing(new QLabel(this)),
      m_logX(new QCheckBox(tr("Logarithmic norm"), options())),
      m_logY(new QCheckBox(tr("Logarithmic difference"), options())) {
    m_table->setObjectName(QStringLiteral("normScalingNumbers"));
    m_table->setAccessibleName(tr("Norms and feature differences, mean and deviation over seeds"));
    m_missing->setObjectName(QStringLiteral("normScalingMissing"));
    m_missing->setWordWrap(true);
    m_missing->setAlignment(Qt::AlignCenter);
    m_missing->hide();
    m_missing->setTextInteractionFlags(Qt::TextSelectableByMouse); // it holds a command
    m_missing->setFixedWidth(kSentenceWidth);
    m_logX->setObjectName(QStringLiteral("normScalingLogX"));
    m_logX->setChecked(true);
    m_logY->setObjectName(QStringLiteral("normScalingLogY"));
    content()->addWidget(m_missing, 1, Qt::AlignHCenter);
    content()->addWidget(m_table);
    for (QCheckBox* box : {m_logX, m_logY}) {
        optionRows()->addWidget(box);
        connect(box, &QCheckBox::clicked, this, &NormScalingPage::refreshWhenVisible);
    }
    optionRows()->addStretch(1);
}

figure::FigureRequest NormScalingPage::request() const {
    figure::FigureRequest request = SeedPage::request();
    request.linearValues = !m_logX->isChecked();
    request.logY = m_logY->isChecked();
    return request;
}

void NormScalingPage::refresh() {
    begin();
    m_results.complete(runs(), this, [this](const std::optional<Failure>& failure) { finish(failure); });
}

std::optional<figure::FigureRequest> NormScalingPage::draw() {
    const std::vector<figure::NormScalingEntry> entries = entriesOf(m_results, runs());
    listSplitsOf(entries);
    const figure::FigureRequest request = this->request();
    const figure::Figure figure =
        figure::normScalingFigure(runs(), entries, figure::normScalingOptions(request));
    const std::string& missing = figure.panels.front().emptyText;
    const bool shown = missing.empty();
    m_missing->setText(QString::fromStdString(missing));
    m_missing->setVisible(!shown);
    plot()->setVisible(shown);
    m_table->setVisible(shown);
    if (shown) {
        plot()->setFigure(figure);
        m_table->setTable(figure::normScalingTable(runs(), entries, request.splits));
        m_table->fitHeight(kRowsSeen);
    }
    return shown ? std::optional(request) : std::nullopt;
}

} // namespace finescope::widgets
