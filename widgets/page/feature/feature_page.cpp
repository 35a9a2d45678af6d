#include "widgets/page/feature/feature_page.h"

#include "core/figure/training/training_figures.h"
#include "widgets/page/common/note_heading.h"
#include "widgets/page/common/numbers_table.h"
#include "widgets/page/common/option_rows.h"
#include "widgets/page/feature/feature_notes.h"
#include "widgets/panel/heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kRowsSeen = 8;          // of the table before it scrolls
constexpr int kLowestMap = 220;       // of a row of maps: what still can be read
constexpr std::size_t kSpareSets = 8; // results of other choices that stay at hand
const QString kWork = QStringLiteral("featureSamples");
/// What the page can show: kinds of figure.
constexpr const char* kMethods = "features";
constexpr const char* kSamples = "feature-distributions";
constexpr const char* kTraining = "feature-curves";
constexpr const char* kMap = "feature-map";
constexpr const char* kNeighbours = "feature-neighbours";

bool isTsne(const figure::FigureRequest& request) {
    return request.kind == kMap && request.projection == figure::Projection::tsne;
}

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
          {QStringLiteral("feature"), kMethods, {}, tr("The features of some runs could not be compared.")},
          parent),
      m_background(background),
      m_results(background, QStringLiteral("features"), kSpareNumbers,
                {featuresKey,
                 [](const record::Run& run, const analysis::WorkHooks& hooks, figure::Problems* problems) {
                     return figure::featureEntries({&run, 1}, hooks, problems);
                 }}),
      m_details(kSpareSets), m_maps(kSpareSets), m_neighbours(kSpareSets), m_heading(new NoteHeading(this)),
      m_table(new NumbersTable(this)), m_notes(makeCaption({}, this)), m_view(new QComboBox(options())),
      m_projection(new QComboBox(options())), m_perplexity(new QDoubleSpinBox(options())),
      m_seed(new QSpinBox(options())), m_beforeAfter(new QCheckBox(tr("Before and after"), options())),
      m_together(new QCheckBox(tr("All runs in one map"), options())),
      m_compute(new QPushButton(tr("Compute t-SNE"), options())),
      m_work(new WorkProgress(QStringLiteral("feature"), options())) {
    m_table->setObjectName(QStringLiteral("featureClasses"));
    m_table->setAccessibleName(tr("Features by class"));
    m_notes->setObjectName(QStringLiteral("featureNotes"));
    m_notes->setWordWrap(true);
    m_heading->setNote(featureNumbersNote());
    content()->insertWidget(0, m_heading);
    auto* area = new QScrollArea(this); // many maps stand below each other
    area->setObjectName(QStringLiteral("featureArea"));
    area->setFocusPolicy(Qt::NoFocus);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidgetResizable(true);
    delete content()->replaceWidget(plot(), area); // the item of the place, not the plot
    content()->setStretchFactor(area, 1);
    area->setWidget(plot());
    content()->addWidget(m_notes);
    content()->addWidget(m_table);
    makeOptions();
}

void FeaturePage::makeOptions() {
    m_view->setObjectName(QStringLiteral("featureView"));
    m_view->addItem(tr("Methods"), QLatin1String(kMethods));
    m_view->addItem(tr("Sample by sample"), QLatin1String(kSamples));
    m_view->addItem(tr("Over training"), QLatin1String(kTraining));
    m_view->addItem(tr("Map"), QLatin1String(kMap));
    m_view->addItem(tr("Neighbours"), QLatin1String(kNeighbours));
    addOption(optionRows(), tr("View"), m_view);
    m_projection->setObjectName(QStringLiteral("featureProjection"));
    m_projection->setAccessibleName(tr("Projection"));
    m_projection->addItem(tr("Principal components"), static_cast<int>(figure::Projection::pca));
    m_projection->addItem(tr("t-SNE"), static_cast<int>(figure::Projection::tsne));
    m_perplexity->setObjectName(QStringLiteral("featurePerplexity"));
    m_perplexity->setAccessibleName(tr("Perplexity of t-SNE"));
    m_perplexity->setPrefix(tr("Perplexity "));
    m_perplexity->setDecimals(0);
    m_perplexity->setRange(1, 1000);
    m_perplexity->setValue(figure::FeatureMapOptions{}.perplexity);
    m_seed->setObjectName(QStringLiteral("featureSeed"));
    m_seed->setAccessibleName(tr("Seed of t-SNE"));
    m_seed->setPrefix(tr("Seed "));
    m_seed->setRange(0, 1'000'000'000);
    m_seed->setValue(static_cast<int>(figure::FeatureMapOptions{}.seed));
    m_beforeAfter->setObjectName(QStringLiteral("featureBeforeAfter"));
    m_together->setObjectName(QStringLiteral("featureTogether"));
    m_together->setToolTip(tr("All runs with axes in common, coloured by run instead of by class"));
    m_compute->setObjectName(QStringLiteral("featureCompute"));
    for (QWidget* control : std::initializer_list<QWidget*>{m_projection, m_perplexity, m_seed, m_beforeAfter,
                                                            m_together, m_compute, m_work}) {
        optionRows()->addWidget(control);
    }
    optionRows()->addStretch(1);
    for (QAbstractSpinBox* spin : std::initializer_list<QAbstractSpinBox*>{m_perplexity, m_seed}) {
        spin->setKeyboardTracking(false);
    }
    connect(m_perplexity, &QDoubleSpinBox::valueChanged, this, &FeaturePage::askForTsne);
    connect(m_seed, &QSpinBox::valueChanged, this, &FeaturePage::askForTsne);
    connect(m_beforeAfter, &QCheckBox::clicked, this, &FeaturePage::askForTsne);
    connect(m_together, &QCheckBox::clicked, this, &FeaturePage::askForTsne);
    connect(m_projection, &QComboBox::activated, this, &FeaturePage::askForTsne);
    connect(m_compute, &QPushButton::clicked, this, &FeaturePage::askForTsne);
    connect(m_view, &QComboBox::activated, this, &FeaturePage::refreshWhenVisible);
    connect(m_work, &WorkProgress::cancelRequested, this, &FeaturePage::cancelWork);
    showOptions(request());
}

figure::FigureRequest FeaturePage::request() const {
    figure::FigureRequest request = SeedPage::request();
    request.kind = m_view->currentData().toString().toStdString();
    if (request.kind == kTraining) {
        request.grouping = figure::Grouping::methods;
    } else if (request.kind == kMap) {
        request.splits = {figure::featureSplit(request, runs())};
        request.projection = static_cast<figure::Projection>(m_projection->currentData().toInt());
        request.perplexity = m_perplexity->value();
        request.mapSeed = static_cast<std::uint64_t>(m_seed->value());
        request.beforeAfter = m_beforeAfter->isChecked();
        request.mapTogether = m_together->isChecked();
    }
    return request;
}

bool FeaturePage::tsneWaits(const figure::FigureRequest& request) const {
    const QString key = mapKey(request);
    return isTsne(request) && !request.firstSplit().empty() && !m_maps.find(key) && m_asked != key;
}

/// What a person does with the options of the map asks for it.
void FeaturePage::askForTsne() {
    m_asked = mapKey(request());
    refreshWhenVisible();
}

void FeaturePage::showOptions(const figure::FigureRequest& request) {
    const bool map = request.kind == kMap, neighbours = request.kind == kNeighbours;
    m_projection->setVisible(map);
    m_beforeAfter->setVisible(map);
    m_together->setVisible(map);
    m_perplexity->setVisible(isTsne(request));
    m_seed->setVisible(isTsne(request));
    m_compute->setVisible(tsneWaits(request));
    m_table->setVisible(request.kind == kSamples || neighbours);
    m_table->setAccessibleName(neighbours ? tr("Neighbours of features, by run") : tr("Features by class"));
    usePickers(request.kind == kMethods ? tr("All but training") : tr("Test, if recorded"),
               request.kind != kTraining, request.kind != kSamples && !map);
}

void FeaturePage::endWork() {
    m_background.cancel(kWork);
    m_work->stop();
}

/// Back to what is there at once.
void FeaturePage::cancelWork() {
    m_results.cancel();
    endWork();
    m_asked.clear();
    const figure::FigureRequest request = this->request();
    if (request.kind == kMethods) {
        finish(std::nullopt); // with what is known
        return;
    }
    if (isTsne(request)) {
        m_projection->setCurrentIndex(m_projection->findData(static_cast<int>(figure::Projection::pca)));
    } else {
        m_view->setCurrentIndex(m_view->findData(QLatin1String(kMethods)));
    }
    refreshWhenVisible();
}

QString FeaturePage::setKey(const figure::FigureRequest& request) const {
    QString key = QString::fromStdString(figure::featureSplit(request, runs()));
    for (const record::Run& run : runs()) {
        key += QLatin1Char('\n') + featuresKey(run);
    }
    return key;
}

QString FeaturePage::mapKey(const figure::FigureRequest& request) const {
    QString key = setKey(request) + (request.beforeAfter ? QStringLiteral("\nboth") : QString()) +
                  (request.mapTogether ? QStringLiteral("\ntogether") : QString());
    if (request.projection == figure::Projection::tsne) {
        key += QStringLiteral("\n%1 %2").arg(request.perplexity).arg(request.mapSeed);
    }
    return key;
}

template <class Value>
void FeaturePage::compute(ResultCache<Value>& known, const QString& key,
                          std::function<Value(const analysis::WorkHooks&, figure::Problems&)> work) {
    if (known.find(key)) {
        known.show({key});
        endWork();
        finish(std::nullopt);
        return;
    }
    struct Result {
        Value value;
        figure::Problems problems;
    };
    m_background.request<Result>(
        kWork, this,
        [work = std::move(work), fraction = m_work->start()](const TaskControl& control) {
            Result result;
            result.value = work(WorkProgress::hooks(control, fraction), result.problems);
            return result;
        },
        [this, &known, key](const Outcome<Result>& outcome) {
            m_work->stop();
            if (const auto* failure = std::get_if<Failure>(&outcome)) {
                finish(*failure);
                return;
            }
            const auto& result = std::get<Result>(outcome);
            known.show({key});
            known.insert(key, result.value);
            finish(failureOf(result.problems));
        });
}

void FeaturePage::refresh() {
    if (request().kind != kMethods) {
        listFeatureSplits();
    }
    const figure::FigureRequest request = this->request();
    showOptions(request);
    begin();
    if (request.kind == kMethods) {
        endWork();
        const WorkProgress::Fraction fraction =
            m_results.complete(runs()) ? WorkProgress::Fraction{} : m_work->start();
        m_results.complete(
            runs(), this,
            [this](const std::optional<Failure>& failure) {
                m_work->stop();
                finish(failure);
            },
            fraction);
        return;
    }
    m_results.cancel();
    const bool none = figure::featureSplit(request, runs()).empty();
    if (request.kind == kTraining || none || tsneWaits(request)) {
        endWork();
        finish(std::nullopt);
    } else if (request.kind == kMap) {
        compute<Maps>(m_maps, mapKey(request),
                      [runs = runSet(), options = figure::featureMapOptions(request)](const auto& hooks,
                                                                                      auto& problems) {
                          return figure::featureMaps(*runs, options, hooks, &problems);
                      });
    } else if (request.kind == kNeighbours) {
        compute<Neighbours>(m_neighbours, setKey(request),
                            [runs = runSet(), options = figure::neighbourFigureOptions(request)](
                                const auto& hooks, auto& problems) {
                                return figure::neighbourEntries(*runs, options, hooks, &problems);
                            });
    } else {
        compute<Details>(m_details, setKey(request),
                         [runs = runSet(), options = figure::featureSplitOptions(request)](const auto& hooks,
                                                                                           auto& problems) {
                             return figure::featureDistributionEntries(*runs, options, hooks, &problems);
                         });
    }
}

/// Those with features, whatever was computed of them.
void FeaturePage::listFeatureSplits() {
    struct Named {
        std::string split;
    };
    std::vector<Named> known;
    for (const record::Run& run : runs()) {
        for (const record::SplitInfo& split : run.splits) {
            if (split.pretrainedFeatureWidth + split.featureWidth > 0) {
                known.push_back({split.name});
            }
        }
    }
    listSplitsOf(known);
}

/// A table has the notes of its numbers; without one they stand below the plot.
void FeaturePage::drawNotes() {
    m_notes->setText(notesOf(plot()->figure()));
    m_notes->setVisible(m_table->isHidden() && !m_notes->text().isEmpty());
}

void FeaturePage::drawMap(const figure::FigureRequest& request) {
    m_heading->setNote(isTsne(request) ? tsneNote() : principalComponentsNote());
    const Maps* maps = m_maps.find(mapKey(request));
    figure::Figure figure =
        figure::featureMapFigure(maps ? *maps : Maps{}, figure::featureMapOptions(request));
    if (tsneWaits(request)) {
        figure.panels.front().emptyText =
            tr("Click “Compute t-SNE” on the right to map these runs.").toStdString();
    }
    plot()->setFigure(figure);
}

std::optional<figure::FigureRequest> FeaturePage::draw() {
    const std::vector<figure::FeatureEntry> entries = entriesOf(m_results, runs());
    if (request().kind == kMethods) {
        listSplitsOf(entries);
    }
    if (runs().empty()) {
        return std::nullopt;
    }
    const figure::FigureRequest request = this->request();
    if (request.kind == kMethods) {
        m_heading->setNote(featureNumbersNote());
        plot()->setFigure(figure::featuresFigure(entries, figure::featuresOptions(request, runs().size())));
    } else if (request.kind == kTraining) {
        m_heading->setNote(featureTrainingNote());
        plot()->setFigure(figure::featureCurvesFigure(runs(), figure::trainingOptions(request)));
    } else if (request.kind == kMap) {
        drawMap(request);
    } else if (request.kind == kNeighbours) {
        m_heading->setNote(featureNeighboursNote());
        const Neighbours* known = m_neighbours.find(setKey(request));
        const Neighbours neighbours = known ? *known : Neighbours{};
        plot()->setFigure(
            figure::featureNeighboursFigure(runs(), neighbours, figure::neighbourFigureOptions(request)));
        m_table->setTable(figure::featureNeighboursTable(neighbours));
        m_table->fitHeight(kRowsSeen);
    } else {
        m_heading->setNote(featureSamplesNote());
        const Details* details = m_details.find(setKey(request));
        plot()->setFigure(figure::featureDistributionsFigure(details ? *details : Details{},
                                                             figure::featureSplitOptions(request)));
        m_table->setTable(figure::featureClassesTable(details ? *details : Details{}));
        m_table->fitHeight(kRowsSeen);
    }
    const auto rows = static_cast<int>(plot()->figure().panels.size() + 2) / 3;
    plot()->setMinimumHeight(request.kind == kMap && rows > 1 ? rows * kLowestMap : 0);
    drawNotes();
    return tsneWaits(request) ? std::nullopt : std::optional(request);
}

} // namespace finescope::widgets
