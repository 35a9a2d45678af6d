#include "widgets/page/common/seed_page.h"

#include "widgets/page/common/option_rows.h"
#include "widgets/plot/view/plot_view.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <utility>

namespace finescope::widgets {

SeedPage::SeedPage(const QString& title, const QString& emptySentence, Words words, QWidget* parent)
    : Page(title, emptySentence, parent), m_words(std::move(words)), m_plot(new PlotView(this)),
      m_split(new QComboBox(options())), m_spread(makeSpreadPicker(options())) {
    setObjectName(m_words.prefix + QStringLiteral("Page"));
    m_plot->setObjectName(m_words.prefix + QStringLiteral("Plot"));
    m_plot->setAccessibleName(title);
    m_split->setObjectName(m_words.prefix + QStringLiteral("Split"));
    m_split->addItem(m_words.usualSplits, QString());
    m_spread->setObjectName(m_words.prefix + QStringLiteral("Spread"));
    content()->addWidget(m_plot, 1);
    setFocusWidget(m_plot);
    addOption(optionRows(), tr("Split"), m_split);
    addOption(optionRows(), tr("Statistic"), m_spread);
    for (QComboBox* picker : {m_split, m_spread}) {
        connect(picker, &QComboBox::activated, this, &SeedPage::refreshWhenVisible);
    }
    connect(m_plot, &PlotView::exportRequested, this, &Page::exportRequested);
}

std::vector<std::string> SeedPage::splits() const {
    return pickedNames(*m_split);
}

analysis::Spread SeedPage::spread() const {
    return pickedSpread(*m_spread);
}

void SeedPage::usePickers(const QString& usualSplits, bool split, bool spread) {
    m_split->setItemText(0, usualSplits);
    m_split->setEnabled(split);
    m_spread->setEnabled(spread);
}

void SeedPage::listNames(const std::vector<std::string>& names) {
    widgets::listNames(*m_split, names);
}

void SeedPage::begin() {
    m_plot->setTheme(theme());
    setLoading(true);
}

void SeedPage::finish(const std::optional<Failure>& failure) {
    setLoading(false);
    if (failure) {
        showError(m_words.failure, failure->message); // and what there is is shown
    }
    m_shown = draw();
    Q_EMIT contentChanged();
}

std::optional<PageFigure> SeedPage::exportedFigure() const {
    if (!m_shown) {
        return std::nullopt;
    }
    figure::FigureRequest request = requestOf(m_words.kind);
    request.splits = splits();
    request.spread = spread();
    addOptions(request);
    return pageFigure([figure = m_plot->shownFigure()](double) { return figure; }, std::move(request));
}

void SeedPage::copyFigure() const {
    m_plot->copyToClipboard();
}

void SeedPage::resetView() {
    m_plot->resetView();
}

} // namespace finescope::widgets
