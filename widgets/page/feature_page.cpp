#include "widgets/page/feature_page.h"

#include "widgets/page/option_rows.h"
#include "widgets/plot/plot_view.h"

#include <QComboBox>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

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
    : Page(tr("Features"),
           tr("Here you will see what fine-tuning did to the features: how alike they became, how far they "
              "moved and "
              "how well they separate the classes."),
           parent),
      m_results(background, QStringLiteral("features"), featuresKey, figure::featureEntries),
      m_plot(new PlotView(this)), m_split(new QComboBox(options())), m_spread(makeSpreadPicker(options())) {
    setObjectName(QStringLiteral("featurePage"));
    m_plot->setObjectName(QStringLiteral("featurePlot"));
    m_plot->setAccessibleName(title());
    m_split->setObjectName(QStringLiteral("featureSplit"));
    m_split->addItem(tr("All but training"), QString());
    m_spread->setObjectName(QStringLiteral("featureSpread"));
    content()->addWidget(m_plot, 1);
    setFocusWidget(m_plot);
    addOption(optionRows(), tr("Split"), m_split);
    addOption(optionRows(), tr("Statistic"), m_spread);
    optionRows()->addStretch(1);
    connect(m_split, &QComboBox::activated, this, &FeaturePage::refreshWhenVisible);
    connect(m_spread, &QComboBox::activated, this, &FeaturePage::refreshWhenVisible);
    connect(m_plot, &PlotView::exportRequested, this, &Page::exportRequested);
}

void FeaturePage::refresh() {
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

void FeaturePage::draw() {
    const std::vector<figure::FeatureEntry> entries = m_results.of(runs());
    std::vector<std::string> splits;
    std::ranges::transform(entries, std::back_inserter(splits), &figure::FeatureEntry::split);
    listSplits(*m_split, splits);
    m_shown = !runs().empty();
    if (m_shown) {
        m_plot->setFigure(figure::featuresFigure(
            entries, {.splits = pickedSplits(*m_split), .spread = pickedSpread(*m_spread)}));
    }
    Q_EMIT contentChanged();
}

std::optional<PageFigure> FeaturePage::exportedFigure() const {
    if (!m_shown) {
        return std::nullopt;
    }
    figure::FigureRequest request = requestOf("features");
    request.splits = pickedSplits(*m_split);
    request.spread = pickedSpread(*m_spread);
    return pageFigure([figure = m_plot->shownFigure()](double) { return figure; }, std::move(request));
}

void FeaturePage::copyFigure() const {
    m_plot->copyToClipboard();
}

void FeaturePage::resetView() {
    m_plot->resetView();
}

} // namespace finescope::widgets
