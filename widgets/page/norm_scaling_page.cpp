#include "widgets/page/norm_scaling_page.h"

#include "widgets/page/numbers_table.h"
#include "widgets/page/option_rows.h"
#include "widgets/plot/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

namespace finescope::widgets {

namespace {

constexpr int kRowsSeen = 8;        // of the table before it scrolls
constexpr int kSentenceWidth = 420; // about sixty characters: what reads well

figure::Scale scaleOf(const QCheckBox& logarithmic) {
    return logarithmic.isChecked() ? figure::Scale::logarithmic : figure::Scale::linear;
}

} // namespace

NormScalingPage::NormScalingPage(Background& background, QWidget* parent)
    : Page(tr("Norm scaling"),
           tr("Here you will see how far fine-tuning moves the features, against the norm of the classifier "
              "that it starts from."),
           parent),
      m_results(background, QStringLiteral("norm-scaling"), evaluationKey, figure::normScalingEntries),
      m_plot(new PlotView(this)), m_table(new NumbersTable(this)), m_missing(new QLabel(this)),
      m_split(new QComboBox(options())), m_spread(makeSpreadPicker(options())),
      m_logX(new QCheckBox(tr("Logarithmic norm"), options())),
      m_logY(new QCheckBox(tr("Logarithmic difference"), options())) {
    setObjectName(QStringLiteral("normScalingPage"));
    m_plot->setObjectName(QStringLiteral("normScalingPlot"));
    m_plot->setAccessibleName(title());
    m_table->setObjectName(QStringLiteral("normScalingNumbers"));
    m_table->setAccessibleName(tr("Norms and feature differences, mean and deviation over seeds"));
    m_missing->setObjectName(QStringLiteral("normScalingMissing"));
    m_missing->setWordWrap(true);
    m_missing->setAlignment(Qt::AlignCenter);
    m_missing->hide();
    m_missing->setTextInteractionFlags(Qt::TextSelectableByMouse); // it holds a command
    m_split->setObjectName(QStringLiteral("normScalingSplit"));
    m_split->addItem(tr("Test and out of distribution"), QString());
    m_spread->setObjectName(QStringLiteral("normScalingSpread"));
    m_logX->setObjectName(QStringLiteral("normScalingLogX"));
    m_logX->setChecked(true);
    m_logY->setObjectName(QStringLiteral("normScalingLogY"));
    m_missing->setFixedWidth(kSentenceWidth);
    content()->addWidget(m_missing, 1, Qt::AlignHCenter);
    content()->addWidget(m_plot, 1);
    content()->addWidget(m_table);
    setFocusWidget(m_plot);
    addOption(optionRows(), tr("Split"), m_split);
    addOption(optionRows(), tr("Statistic"), m_spread);
    optionRows()->addWidget(m_logX);
    optionRows()->addWidget(m_logY);
    optionRows()->addStretch(1);
    for (QComboBox* picker : {m_split, m_spread}) {
        connect(picker, &QComboBox::activated, this, &NormScalingPage::refreshWhenVisible);
    }
    for (QCheckBox* box : {m_logX, m_logY}) {
        connect(box, &QCheckBox::clicked, this, &NormScalingPage::refreshWhenVisible);
    }
    connect(m_plot, &PlotView::exportRequested, this, &Page::exportRequested);
}

void NormScalingPage::refresh() {
    m_plot->setTheme(theme());
    setLoading(true);
    m_results.complete(runs(), this, [this](const std::optional<Failure>& failure) {
        setLoading(false);
        if (failure) {
            showError(tr("The features could not be compared."), failure->message);
        } else {
            draw();
        }
    });
}

void NormScalingPage::draw() {
    const std::vector<figure::NormScalingEntry> entries = m_results.of(runs());
    std::vector<std::string> splits;
    std::ranges::transform(entries, std::back_inserter(splits), &figure::NormScalingEntry::split);
    listSplits(*m_split, splits);
    const std::vector<std::string> chosen = pickedSplits(*m_split);
    const figure::Figure figure = figure::normScalingFigure(runs(), entries,
                                                            {.splits = chosen,
                                                             .spread = pickedSpread(*m_spread),
                                                             .xScale = scaleOf(*m_logX),
                                                             .yScale = scaleOf(*m_logY)});
    const std::string& missing = figure.panels.front().emptyText;
    m_shown = missing.empty();
    m_missing->setText(QString::fromStdString(missing));
    m_missing->setVisible(!m_shown);
    m_plot->setVisible(m_shown);
    m_table->setVisible(m_shown);
    if (m_shown) {
        m_plot->setFigure(figure);
        m_table->setTable(figure::normScalingTable(runs(), entries, chosen));
        m_table->fitHeight(kRowsSeen);
    }
    Q_EMIT contentChanged();
}

std::optional<PageFigure> NormScalingPage::exportedFigure() const {
    if (!m_shown) {
        return std::nullopt;
    }
    figure::FigureRequest request = requestOf("norm-scaling");
    request.splits = pickedSplits(*m_split);
    request.spread = pickedSpread(*m_spread);
    request.linearValues = !m_logX->isChecked();
    request.logY = m_logY->isChecked();
    return pageFigure([figure = m_plot->shownFigure()](double) { return figure; }, std::move(request));
}

void NormScalingPage::copyFigure() const {
    m_plot->copyToClipboard();
}

void NormScalingPage::resetView() {
    m_plot->resetView();
}

} // namespace finescope::widgets
