#include "widgets/page/accuracy_page.h"

#include "widgets/page/numbers_table.h"
#include "widgets/page/option_rows.h"
#include "widgets/plot/plot_view.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

namespace finescope::widgets {

namespace {

constexpr int kRowsSeen = 8; // of the table before it scrolls

} // namespace

AccuracyPage::AccuracyPage(Background& background, QWidget* parent)
    : Page(tr("Accuracy"),
           tr("Here you will see how accurate each method is, in and out of distribution, with the spread "
              "over its seeds."),
           parent),
      m_results(background, QStringLiteral("accuracy"), evaluationKey, figure::accuracyEntries),
      m_plot(new PlotView(this)), m_table(new NumbersTable(this)), m_split(new QComboBox(options())),
      m_spread(makeSpreadPicker(options())) {
    setObjectName(QStringLiteral("accuracyPage"));
    m_plot->setObjectName(QStringLiteral("accuracyPlot"));
    m_plot->setAccessibleName(title());
    m_table->setObjectName(QStringLiteral("accuracyNumbers"));
    m_table->setAccessibleName(tr("Accuracy of the checked runs, mean and deviation over seeds"));
    m_split->setObjectName(QStringLiteral("accuracySplit"));
    m_split->addItem(tr("All but training"), QString());
    m_spread->setObjectName(QStringLiteral("accuracySpread"));
    content()->addWidget(m_plot, 1);
    content()->addWidget(m_table);
    setFocusWidget(m_plot);
    addOption(optionRows(), tr("Split"), m_split);
    addOption(optionRows(), tr("Statistic"), m_spread);
    optionRows()->addStretch(1);
    connect(m_split, &QComboBox::activated, this, &AccuracyPage::refreshWhenVisible);
    connect(m_spread, &QComboBox::activated, this, &AccuracyPage::refreshWhenVisible);
    connect(m_plot, &PlotView::exportRequested, this, &Page::exportRequested);
}

void AccuracyPage::refresh() {
    m_plot->setTheme(theme());
    setLoading(true);
    m_results.complete(runs(), this, [this](const std::optional<Failure>& failure) {
        setLoading(false);
        if (failure) {
            showError(tr("The accuracy could not be computed."), failure->message);
        } else {
            draw();
        }
    });
}

void AccuracyPage::draw() {
    const std::vector<figure::AccuracyEntry> entries = m_results.of(runs());
    std::vector<std::string> splits;
    std::ranges::transform(entries, std::back_inserter(splits), &figure::AccuracyEntry::split);
    listSplits(*m_split, splits);
    m_shown = !runs().empty();
    if (m_shown) {
        const std::vector<std::string> chosen = pickedSplits(*m_split);
        m_plot->setFigure(
            figure::accuracyFigure(runs(), entries, {.splits = chosen, .spread = pickedSpread(*m_spread)}));
        m_table->setTable(figure::accuracyTable(runs(), entries, chosen));
        m_table->fitHeight(kRowsSeen);
    }
    Q_EMIT contentChanged();
}

std::optional<PageFigure> AccuracyPage::exportedFigure() const {
    if (!m_shown) {
        return std::nullopt;
    }
    figure::FigureRequest request = requestOf("accuracy");
    request.splits = pickedSplits(*m_split);
    request.spread = pickedSpread(*m_spread);
    return pageFigure([figure = m_plot->shownFigure()](double) { return figure; }, std::move(request));
}

void AccuracyPage::copyFigure() const {
    m_plot->copyToClipboard();
}

void AccuracyPage::resetView() {
    m_plot->resetView();
}

} // namespace finescope::widgets
