#include "widgets/page/feature_page.h"

#include "widgets/plot/plot_view.h"

#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

/// Features are written at the start and once a model is selected: until then nothing new can be there.
QString featuresKey(const record::Run& run) {
    return QStringLiteral("%1|%2|%3|%4")
        .arg(QString::fromStdString(run.runId), QString::fromStdU16String(run.file.u16string()))
        .arg(static_cast<int>(run.progress.status))
        .arg(run.progress.selected);
}

} // namespace

FeaturePage::FeaturePage(Background& background, QWidget* parent)
    : SeedPage(
          tr("Features"),
          tr("Here you will see what fine-tuning did to the features: how alike they became, how far they "
             "moved and how well they separate the classes."),
          {QStringLiteral("feature"), "features", tr("All but training"),
           tr("The features could not be compared.")},
          parent),
      m_results(background, QStringLiteral("features"), featuresKey, figure::featureEntries) {
    optionRows()->addStretch(1);
}

void FeaturePage::refresh() {
    begin();
    m_results.complete(runs(), this, [this](const std::optional<Failure>& failure) { finish(failure); });
}

bool FeaturePage::draw() {
    const std::vector<figure::FeatureEntry> entries = m_results.of(runs());
    listSplitsOf(entries);
    if (runs().empty()) {
        return false;
    }
    plot()->setFigure(figure::featuresFigure(entries, {.splits = splits(), .spread = spread()}));
    return true;
}

} // namespace finescope::widgets
