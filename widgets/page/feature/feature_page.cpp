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
          {QStringLiteral("feature"), "features", {}, tr("The features of some runs could not be compared.")},
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
    m_view->addItem(tr("Methods"), methodsView);
    m_view->addItem(tr("Sample by sample"), samplesView);
    m_view->addItem(tr("Over training"), trainingView);
    m_view->addItem(tr("Map"), mapView);
    m_view->addItem(tr("Neighbours"), neighboursView);
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
    showOptions();
}

FeaturePage::View FeaturePage::view() const {
    return static_cast<View>(m_view->currentData().toInt());
}

bool FeaturePage::tsneChosen() const {
    return view() == mapView && mapOptions().projection == figure::Projection::tsne;
}

bool FeaturePage::tsneWaits() const {
    return tsneChosen() && !split().empty() && !m_maps.find(mapKey()) && m_asked != mapKey();
}

/// What a person does with the options of the map asks for it.
void FeaturePage::askForTsne() {
    m_asked = mapKey();
    refreshWhenVisible();
}

void FeaturePage::showOptions() {
    const bool map = view() == mapView;
    m_projection->setVisible(map);
    m_beforeAfter->setVisible(map);
    m_together->setVisible(map);
    m_perplexity->setVisible(tsneChosen());
    m_seed->setVisible(tsneChosen());
    m_compute->setVisible(tsneWaits());
    m_table->setVisible(view() == samplesView || view() == neighboursView);
    m_table->setAccessibleName(view() == neighboursView ? tr("Neighbours of features, by run")
                                                        : tr("Features by class"));
    usePickers(view() == methodsView ? tr("All but training") : tr("Test, if recorded"),
               view() != trainingView, view() != samplesView && !map);
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
    if (view() == methodsView) {
        finish(std::nullopt); // with what is known
        return;
    }
    if (tsneChosen()) {
        m_projection->setCurrentIndex(m_projection->findData(static_cast<int>(figure::Projection::pca)));
    } else {
        m_view->setCurrentIndex(m_view->findData(methodsView));
    }
    refreshWhenVisible();
}

std::string FeaturePage::split() const {
    const std::vector<std::string> chosen = splits();
    return chosen.empty() ? figure::defaultFeatureSplit(runs()) : chosen.front();
}

figure::FeatureMapOptions FeaturePage::mapOptions() const {
    return {.split = split(),
            .projection = static_cast<figure::Projection>(m_projection->currentData().toInt()),
            .perplexity = m_perplexity->value(),
            .seed = static_cast<std::uint64_t>(m_seed->value()),
            .beforeAfter = m_beforeAfter->isChecked(),
            .together = m_together->isChecked()};
}

QString FeaturePage::setKey() const {
    QString key = QString::fromStdString(split());
    for (const record::Run& run : runs()) {
        key += QLatin1Char('\n') + featuresKey(run);
    }
    return key;
}

QString FeaturePage::mapKey() const {
    const figure::FeatureMapOptions options = mapOptions();
    QString key = setKey() + (options.beforeAfter ? QStringLiteral("\nboth") : QString()) +
                  (options.together ? QStringLiteral("\ntogether") : QString());
    if (options.projection == figure::Projection::tsne) {
        key += QStringLiteral("\n%1 %2").arg(options.perplexity).arg(options.seed);
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
    if (view() != methodsView) {
        listFeatureSplits();
    }
    showOptions();
    begin();
    if (view() == methodsView) {
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
    if (view() == trainingView || split().empty() || tsneWaits()) {
        endWork();
        finish(std::nullopt);
    } else if (view() == mapView) {
        compute<Maps>(m_maps, mapKey(),
                      [runs = runSet(), options = mapOptions()](const auto& hooks, auto& problems) {
                          return figure::featureMaps(*runs, options, hooks, &problems);
                      });
    } else if (view() == neighboursView) {
        compute<Neighbours>(
            m_neighbours, setKey(), [runs = runSet(), split = split()](const auto& hooks, auto& problems) {
                return figure::neighbourEntries(*runs, {.split = split, .numbers = {}}, hooks, &problems);
            });
    } else {
        compute<Details>(
            m_details, setKey(), [runs = runSet(), split = split()](const auto& hooks, auto& problems) {
                return figure::featureDistributionEntries(*runs, {.split = split}, hooks, &problems);
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

bool FeaturePage::draw() {
    const std::vector<figure::FeatureEntry> entries = entriesOf(m_results, runs());
    if (view() == methodsView) {
        listSplitsOf(entries);
    }
    if (runs().empty()) {
        return false;
    }
    const bool waits = tsneWaits();
    if (view() == methodsView) {
        m_heading->setNote(featureNumbersNote());
        plot()->setFigure(
            figure::featuresFigure(entries, {.splits = splits(), .spread = spread(), .runs = runs().size()}));
    } else if (view() == trainingView) {
        m_heading->setNote(featureTrainingNote());
        plot()->setFigure(figure::featureCurvesFigure(
            runs(), {.curve = {.grouping = figure::Grouping::methods, .spread = spread()}}));
    } else if (view() == mapView) {
        m_heading->setNote(tsneChosen() ? tsneNote() : principalComponentsNote());
        const Maps* maps = m_maps.find(mapKey());
        figure::Figure figure = figure::featureMapFigure(maps ? *maps : Maps{}, mapOptions());
        if (waits) {
            figure.panels.front().emptyText =
                tr("Click “Compute t-SNE” on the right to map these runs.").toStdString();
        }
        plot()->setFigure(figure);
    } else if (view() == neighboursView) {
        m_heading->setNote(featureNeighboursNote());
        const Neighbours* known = m_neighbours.find(setKey());
        const Neighbours neighbours = known ? *known : Neighbours{};
        plot()->setFigure(figure::featureNeighboursFigure(
            runs(), neighbours, {.split = split(), .numbers = {}, .spread = spread()}));
        m_table->setTable(figure::featureNeighboursTable(neighbours));
        m_table->fitHeight(kRowsSeen);
    } else {
        m_heading->setNote(featureSamplesNote());
        const Details* details = m_details.find(setKey());
        plot()->setFigure(figure::featureDistributionsFigure(details ? *details : Details{}));
        m_table->setTable(figure::featureClassesTable(details ? *details : Details{}));
        m_table->fitHeight(kRowsSeen);
    }
    const auto rows = static_cast<int>(plot()->figure().panels.size() + 2) / 3;
    plot()->setMinimumHeight(view() == mapView && rows > 1 ? rows * kLowestMap : 0);
    drawNotes();
    return !waits;
}

void FeaturePage::addOptions(figure::FigureRequest& request) const {
    if (view() == samplesView) {
        request.kind = "feature-distributions";
    } else if (view() == trainingView) {
        request.kind = "feature-curves";
        request.grouping = figure::Grouping::methods;
    } else if (view() == neighboursView) {
        request.kind = "feature-neighbours";
    } else if (view() == mapView) {
        const figure::FeatureMapOptions options = mapOptions();
        request.kind = "feature-map";
        request.splits = {options.split};
        request.projection = options.projection;
        request.perplexity = options.perplexity;
        request.mapSeed = options.seed;
        request.beforeAfter = options.beforeAfter;
        request.mapTogether = options.together;
    }
}

} // namespace finescope::widgets
