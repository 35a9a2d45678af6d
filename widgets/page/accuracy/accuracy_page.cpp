#include "widgets/page/accuracy/accuracy_page.h"

#include "widgets/page/common/numbers_table.h"
#include "widgets/plot/view/plot_view.h"

#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kRowsSeen = 8; // of the table before it scrolls

} // namespace

AccuracyPage::AccuracyPage(Background& background, QWidget* parent)
    : SeedPage(
          tr("Accuracy"),
          tr("Here you will see how accurate each method is, in and out of distribution, with the spread "
             "over its seeds."),
          {QStringLiteral("accuracy"), "accuracy", tr("All but training"),
           tr("The accuracy of some runs could not be computed.")},
          parent),
      m_results(background, QStringLiteral("accuracy"), kSpareNumbers,
                {evaluationKey,
                 [](const record::Run& run, const auto&, figure::Problems* problems) {
                     return figure::accuracyEntries({&run, 1}, problems);
                 }}),
      m_table(new NumbersTable(this)) {
    m_table->setObjectName(QStringLiteral("accuracyNumbers"));
    m_table->setAccessibleName(tr("Accuracy of the checked runs, mean and deviation over seeds"));
    content()->addWidget(m_table);
    optionRows()->addStretch(1);
}

void AccuracyPage::refresh() {
    begin();
    m_results.complete(runs(), this, [this](const std::optional<Failure>& failure) { finish(failure); });
}

std::optional<figure::FigureRequest> AccuracyPage::draw() {
    const std::vector<figure::AccuracyEntry> entries = entriesOf(m_results, runs());
    listSplitsOf(entries);
    if (runs().empty()) {
        return std::nullopt;
    }
    figure::FigureRequest request = this->request();
    plot()->setFigure(figure::accuracyFigure(runs(), entries, figure::accuracyOptions(request)));
    m_table->setTable(figure::accuracyTable(runs(), entries, request.splits));
    m_table->fitHeight(kRowsSeen);
    return request;
}

} // namespace finescope::widgets
