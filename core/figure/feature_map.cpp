#include "core/figure/feature_map.h"

#include "core/analysis/projection.h"
#include "core/analysis/tsne.h"
#include "core/error.h"
#include "core/figure/feature_details_figure.h"
#include "core/figure/moved_rows.h"
#include "core/figure/number_text.h"
#include "core/figure/run_style.h"
#include "core/figure/small_multiples.h"

#include <algorithm>
#include <cmath>

namespace finescope::figure {

namespace {

constexpr int kClassRoles = 8;
constexpr const char* kRowBefore = "classifier row, before";
constexpr const char* kRowAfter = "classifier row, after";

bool holds(const record::SplitInfo& split, bool pretrained) {
    return (pretrained ? split.pretrainedFeatureWidth : split.featureWidth) > 0;
}

/// features and the rows of the classifier below each other.
MatrixF stacked(const MatrixF& features, const MovedRows& rows) {
    MatrixF all(features.rows() + rows.before.rows() + rows.after.rows(), features.cols());
    all << features, rows.before, rows.after;
    return all;
}

void place(FeatureMap& map, const MatrixF& features, const MovedRows& rows, const FeatureMapOptions& options,
           const analysis::WorkHooks& hooks) {
    const MatrixF all = stacked(features, rows);
    MatrixD placed = MatrixD::Zero(all.rows(), 2);
    if (options.projection == Projection::tsne) {
        analysis::TsneMap found = analysis::tsne(
            all, {.perplexity = options.perplexity, .seed = options.seed, .threads = options.threads}, hooks);
        placed = std::move(found.points);
        map.divergence = found.divergence;
    } else {
        const analysis::PrincipalComponents axes = analysis::principalComponents(features, 2);
        placed.leftCols(axes.axes.rows()) = axes.project(all);
        for (Eigen::Index axis = 0; axis < axes.variance.size(); ++axis) {
            map.shares.push_back(axes.variance(axis) / axes.totalVariance);
        }
    }
    map.samples = placed.topRows(features.rows());
    map.rowsBefore = placed.middleRows(features.rows(), rows.before.rows());
    map.rowsAfter = placed.bottomRows(rows.after.rows());
}

Style classStyle(std::size_t label) {
    return {.role = "class-" + std::to_string(label % kClassRoles + 1),
            .shade = static_cast<int>(label / kClassRoles),
            .shades = static_cast<int>(label / kClassRoles) + 1};
}

/// Fewer points may be larger.
double pointSize(std::size_t points) {
    return points <= 100 ? 0.6 : points <= 500 ? 0.5 : points <= 3000 ? 0.4 : 0.3;
}

/// The number of the first sample of each map: the same in maps of the same samples, which are those of one
/// task with the same labels, and so far apart from others that no sample has the number of another.
std::vector<std::int64_t> firstSamples(std::span<const FeatureMap> maps) {
    constexpr std::int64_t kApart = std::int64_t{1} << 32;
    std::vector<std::int64_t> first(maps.size());
    for (std::size_t i = 0; i < maps.size(); ++i) {
        std::size_t same = 0;
        while (maps[same].task != maps[i].task || maps[same].labels != maps[i].labels) {
            ++same;
        }
        first[i] = static_cast<std::int64_t>(same) * kApart;
    }
    return first;
}

void addSamples(Panel& panel, const FeatureMap& map, std::int64_t firstSample) {
    for (std::size_t label = 0; label < map.classNames.size(); ++label) {
        Scatter points{
            .name = map.classNames[label], .style = classStyle(label), .size = pointSize(map.labels.size())};
        for (std::size_t row = 0; row < map.labels.size(); ++row) {
            if (map.labels[row] == static_cast<std::int64_t>(label)) {
                points.x.push_back(map.samples(static_cast<Eigen::Index>(row), 0));
                points.y.push_back(map.samples(static_cast<Eigen::Index>(row), 1));
                points.note.push_back("row " + std::to_string(row));
                points.samples.push_back(firstSample + static_cast<std::int64_t>(row));
            }
        }
        panel.scatters.push_back(std::move(points));
    }
}

void addRows(Panel& panel, const FeatureMap& map) {
    constexpr double kRowSize = 1.7;
    if (map.rowsAfter.rows() > 0) {
        for (const bool after : {false, true}) { // of all classes, for the legend
            panel.scatters.push_back({.name = after ? kRowAfter : kRowBefore,
                                      .style = {.role = "classifier-row"},
                                      .size = kRowSize,
                                      .fill = after ? Fill::solid : Fill::open});
        }
    }
    for (Eigen::Index label = 0; label < map.rowsAfter.rows(); ++label) {
        const auto which = static_cast<std::size_t>(label);
        const std::string row = which < map.classNames.size() ? map.classNames[which] : std::to_string(label);
        const double fromX = map.rowsBefore(label, 0), fromY = map.rowsBefore(label, 1);
        const double toX = map.rowsAfter(label, 0), toY = map.rowsAfter(label, 1);
        panel.curves.push_back({.name = "classifier row of " + row,
                                .x = {fromX, toX},
                                .y = {fromY, toY},
                                .style = classStyle(which),
                                .legend = false});
        panel.scatters.push_back({.name = kRowBefore,
                                  .x = {fromX},
                                  .y = {fromY},
                                  .style = classStyle(which),
                                  .note = {row},
                                  .legend = false,
                                  .size = kRowSize,
                                  .fill = Fill::open});
        panel.scatters.push_back({.name = kRowAfter,
                                  .x = {toX},
                                  .y = {toY},
                                  .style = classStyle(which),
                                  .note = {row},
                                  .legend = false,
                                  .size = kRowSize,
                                  .fill = Fill::solid});
    }
}

/// Both axes over the same length, so that distances are what they look like.
void useOneScale(Panel& panel, const FeatureMap& map) {
    MatrixD all(map.samples.rows() + 2 * map.rowsAfter.rows(), 2);
    all << map.samples, map.rowsBefore, map.rowsAfter;
    const Eigen::RowVector2d low = all.colwise().minCoeff(), high = all.colwise().maxCoeff();
    const Eigen::RowVector2d centre = (low + high) / 2;
    const double reach = 0.54 * std::max((high - low).maxCoeff(), 1e-12);
    panel.x.range = Range{centre.x() - reach, centre.x() + reach};
    panel.y.range = Range{centre.y() - reach, centre.y() + reach};
    panel.square = true;
}

std::string componentLabel(const FeatureMap& map, std::size_t axis) {
    const std::string name = "component " + std::to_string(axis + 1);
    return axis < map.shares.size() ? name + " (" + percent(map.shares[axis], 0) + ")" : name;
}

Panel panelOf(const FeatureMap& map, std::int64_t firstSample, const FeatureMapOptions& options) {
    Panel panel;
    panel.header = map.name + (options.beforeAfter ? map.pretrained ? ", before" : ", after" : "");
    addSamples(panel, map, firstSample);
    addRows(panel, map);
    if (options.projection == Projection::pca) {
        panel.x.label = componentLabel(map, 0);
        panel.y.label = componentLabel(map, 1);
    } else {
        useOneScale(panel, map);
        panel.x.tickLabels = panel.y.tickLabels = false; // only neighbourhoods mean something
        panel.x.label = "t-SNE 1";
        panel.y.label = "t-SNE 2";
    }
    if (map.displacement) {
        panel.lines.push_back("row displacement " + significant(*map.displacement, 2));
    }
    return panel;
}

std::vector<std::string> notesOf(std::span<const FeatureMap> maps, const FeatureMapOptions& options) {
    std::vector<std::string> notes;
    notes.push_back(
        "Split " + maps.front().split + ", n = " + std::to_string(maps.front().labels.size()) +
        "; every panel is a map of its own" +
        (options.projection == Projection::pca
             ? ": principal components of its features (share of their variance), the classifier's rows "
               "projected on them."
             : ": t-SNE of its features and the classifier's rows (Barnes-Hut, theta 0.5, "
               "perplexity " +
                   exact(options.perplexity) + ", 1000 iterations, seed " + std::to_string(options.seed) +
                   "); Kullback-Leibler divergence"));
    if (options.projection == Projection::tsne) {
        for (const FeatureMap& map : maps) {
            notes.back() += (&map == &maps.front() ? " " : ", ") + fixed(map.divergence.value_or(0), 2);
        }
        notes.back() += ".";
    }
    if (std::ranges::any_of(maps, [](const FeatureMap& map) { return map.rowsAfter.rows() > 0; })) {
        notes.push_back("Large markers: rows of the classifier, open as the run began, filled as it ended.");
    }
    return notes;
}

} // namespace

std::vector<FeatureMap> featureMaps(std::span<const record::Run> runs, const FeatureMapOptions& options,
                                    const analysis::WorkHooks& hooks) {
    const std::string splitName = options.split.empty() ? defaultFeatureSplit(runs) : options.split;
    const std::vector<RunLabel> labels = labelRuns(runs);
    std::vector<FeatureMap> maps;
    for (const std::size_t index : legendOrder(runs)) {
        const record::SplitInfo* split = runs[index].split(splitName);
        for (const bool pretrained : {true, false}) {
            if ((options.beforeAfter || !pretrained) && split != nullptr && holds(*split, pretrained)) {
                maps.push_back({.run = index,
                                .name = labels[index].name,
                                .task = runs[index].task,
                                .pretrained = pretrained,
                                .split = splitName});
            }
        }
    }
    if (maps.empty()) {
        throw Error(ErrorKind::badInput,
                    splitName.empty()
                        ? "feature map: no run holds features; record them with --features eval or all"
                        : "feature map: no run holds features of the split '" + splitName + "'");
    }
    for (std::size_t i = 0; i < maps.size(); ++i) {
        analysis::throwIfCancelled(hooks, "the feature map");
        FeatureMap& map = maps[i];
        const record::Run& run = runs[map.run];
        const record::SplitInfo& split = *run.split(splitName);
        map.labels = run.parts->labels(split);
        const MatrixF features =
            map.pretrained ? run.parts->pretrainedFeatures(split) : run.parts->features(split);
        map.classNames = classNamesFor(run, map.labels);
        const MovedRows rows = movedRows(run, features.cols());
        map.displacement = rows.displacement();
        const double count = static_cast<double>(maps.size());
        place(map, features, rows, options,
              analysis::part(hooks, static_cast<double>(i) / count, static_cast<double>(i + 1) / count));
    }
    return maps;
}

Figure featureMapFigure(std::span<const FeatureMap> maps, const FeatureMapOptions& options) {
    Figure figure;
    figure.kind = "feature-map";
    figure.title = "Map of features";
    if (maps.empty()) {
        figure.panels.emplace_back().emptyText = "No run with recorded features chosen.";
        return figure;
    }
    const std::vector<std::int64_t> first = firstSamples(maps);
    for (std::size_t i = 0; i < maps.size(); ++i) {
        figure.panels.push_back(panelOf(maps[i], first[i], options));
    }
    layOutSmallMultiples(figure);
    const bool pairs = std::ranges::any_of(maps, &FeatureMap::pretrained);
    if (pairs && maps.size() % 2 == 0 && figure.columns == 3) {
        figure.panels[(maps.size() - 1) / 3 * 3].legend = Legend::none;
        figure.columns = 2; // a run in each row
        figure.panels[maps.size() - 2].legend = Legend::below;
    }
    figure.notes = notesOf(maps, options);
    figure.altText = "Features of the split " + maps.front().split +
                     " in the plane, coloured by class, with "
                     "the rows of the classifier before and after.";
    return figure;
}

} // namespace finescope::figure
