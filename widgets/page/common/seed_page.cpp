#include "widgets/page/common/seed_page.h"

#include "widgets/page/common/option_rows.h"
#include "widgets/plot/view/plot_view.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <utility>

namespace finescope::widgets {

SeedPage::SeedPage(const QString& title, const QString& emptySentence, Words words, QWidget* parent)
    : Page(title, emptySentence, parent), m_words(std::move(words)), m_split(new QComboBox(options())),
      m_spread(makeSpreadPicker(options())) {
    setObjectName(m_words.prefix + QStringLiteral("Page"));
    setPlot(new PlotView(this));
    plot()->setObjectName(m_words.prefix + QStringLiteral("Plot"));
    plot()->setAccessibleName(title);
    m_split->setObjectName(m_words.prefix + QStringLiteral("Split"));
    m_split->addItem(m_words.usualSplits, QString());
    m_spread->setObjectName(m_words.prefix + QStringLiteral("Spread"));
    content()->addWidget(plot(), 1);
    addOption(optionRows(), tr("Split"), m_split);
    addOption(optionRows(), tr("Statistic"), m_spread);
    for (QComboBox* picker : {m_split, m_spread}) {
        connect(picker, &QComboBox::activated, this, &SeedPage::refreshWhenVisible);
    }
}

figure::FigureRequest SeedPage::request() const {
    figure::FigureRequest request = requestOf(m_words.kind);
    request.splits = pickedNames(*m_split);
    request.spread = pickedSpread(*m_spread);
    return request;
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
    plot()->setTheme(theme());
    setLoading(true);
}

void SeedPage::finish(const std::optional<Failure>& failure) {
    setLoading(false);
    if (failure) {
        showError(m_words.failure, failure->message); // and what there is is shown
    }
    setDrawn(draw());
}

} // namespace finescope::widgets
