#include "widgets/page/feature_page.h"

#include "widgets/page/option_rows.h"
#include "widgets/plot/plot_view.h"

#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include <set>

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
      m_background(background), m_plot(new PlotView(this)), m_split(new QComboBox(options())),
      m_spread(makeSpreadPicker(options())) {
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
    auto missing = std::make_shared<std::vector<record::Run>>();
    for (const record::Run& run : runs()) {
        if (!m_known.contains(featuresKey(run))) {
            missing->push_back(run);
        }
    }
    if (missing->empty()) {
        m_background.cancel(QStringLiteral("features"));
        setLoading(false);
        draw();
        return;
    }
    setLoading(true);
    m_background.request<QHash<QString, Entries>>(
        QStringLiteral("features"), this,
        [missing](const TaskControl& control) {
            QHash<QString, Entries> computed;
            for (const record::Run& run : *missing) {
                if (control.cancelled()) {
                    break;
                }
                computed.insert(featuresKey(run), figure::featureEntries({&run, 1}));
                control.progress(static_cast<double>(computed.size()) / static_cast<double>(missing->size()));
            }
            return computed;
        },
        [this](const Outcome<QHash<QString, Entries>>& outcome) {
            setLoading(false);
            if (const auto* failure = std::get_if<Failure>(&outcome)) {
                showError(tr("The features could not be compared."), failure->message);
            } else {
                m_known.insert(std::get<QHash<QString, Entries>>(outcome));
                draw();
            }
        });
}

void FeaturePage::draw() {
    Entries entries;
    for (std::size_t i = 0; i < runs().size(); ++i) {
        for (figure::FeatureEntry entry : m_known.value(featuresKey(runs()[i]))) {
            entry.run = i;
            entries.push_back(std::move(entry));
        }
    }
    listSplits(entries);
    m_shown = !runs().empty();
    if (m_shown) {
        m_plot->setFigure(
            figure::featuresFigure(entries, {.splits = shownSplits(), .spread = pickedSpread(*m_spread)}));
    }
    Q_EMIT contentChanged();
}

std::vector<std::string> FeaturePage::shownSplits() const {
    const std::string split = m_split->currentData().toString().toStdString();
    return split.empty() ? std::vector<std::string>() : std::vector<std::string>{split};
}

void FeaturePage::listSplits(const Entries& entries) {
    const QString before = m_split->currentData().toString();
    std::set<std::string> names;
    for (const figure::FeatureEntry& entry : entries) {
        names.insert(entry.split);
    }
    while (m_split->count() > 1) {
        m_split->removeItem(1);
    }
    for (const std::string& name : names) {
        m_split->addItem(QString::fromStdString(name), QString::fromStdString(name));
    }
    m_split->setCurrentIndex(std::max(0, m_split->findData(before)));
}

std::optional<PageFigure> FeaturePage::exportedFigure() const {
    if (!m_shown) {
        return std::nullopt;
    }
    figure::FigureRequest request = requestOf("features");
    request.splits = shownSplits();
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
