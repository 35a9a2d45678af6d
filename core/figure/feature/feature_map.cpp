#include "core/figure/feature/feature_map.h"

#include "core/analysis/feature/projection.h"
#include "core/analysis/feature/tsne.h"
#include "core/analysis/run/moved_rows.h"
#include "core/error.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/feature/feature_distributions_figure.h"
#include "core/figure/label/method_name.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace finescope::figure {

namespace {

constexpr int kClassRoles = 8;
constexpr const char* kRowBefore = "classifier row, before";
constexpr const char* kRowAfter = "classifier row, after";

bool holds(const record::SplitInfo& split, bool pretrained) {
    return (pretrained ? split.pretrainedFeatureWidth : split.featureWidth) > 0;
}

/// What a map is made of.
struct MapData {
    MatrixF features;         ///< [N, h]
    analysis::MovedRows rows; ///< without any where none are to be drawn
};

/// All features, then the rows of each classifier, before and after.
MatrixF stacked(std::span<const MapData> data) {
    Eigen::Index count = 0, at = 0;
    for (const MapData& each : data) {
        if (each.features.cols() != data.front().features.cols()) {
            throw Error(ErrorKind::badInput, "feature map: features of " +
                                                 std::to_string(data.front().features.cols()) + " and " +
                                                 std::to_string(each.features.cols()) +
                                                 " numbers cannot be in one map; choose runs of one model");
        }
        count += each.features.rows() + 2 * each.rows.after.rows();
    }
    MatrixF all(count, data.front().features.cols());
    const auto append = [&](const MatrixF& rows) {
        if (rows.rows() > 0) {
            all.middleRows(at, rows.rows()) = rows;
            at += rows.rows();
        }
    };
    for (const MapData& each : data) {
        append(each.features);
    }
    for (const MapData& each : data) {
        append(each.rows.before);
        append(each.rows.after);
    }
    return all;
}

/// Gives the maps the places of their points, with axes in common.
void place(std::span<FeatureMap> maps, std::span<const MapData> data, const FeatureMapOptions& options,
           const analysis::WorkHooks& hooks) {
    const MatrixF all = stacked(data);
    MatrixD placed = MatrixD::Zero(all.rows(), 2);
    std::vector<double> shares;
    std::optional<double> divergence;
    if (options.projection == Projection::tsne) {
        analysis::TsneMap found = analysis::tsne(
            all, {.perplexity = options.perplexity, .seed = options.seed, .threads = options.threads}, hooks);
        placed = std::move(found.points);
        divergence = found.divergence;
    } else {
        Eigen::Index samples = 0;
        for (const MapData& each : data) {
            samples += each.features.rows();
        }
        const analysis::PrincipalComponents axes =
            analysis::principalComponents(MatrixF(all.topRows(samples)), 2);
        placed.leftCols(axes.axes.rows()) = axes.project(all);
        for (Eigen::Index axis = 0; axis < axes.variance.size(); ++axis) {
            shares.push_back(axes.variance(axis) / axes.totalVariance);
        }
    }
    Eigen::Index at = 0;
    const auto next = [&](Eigen::Index rows) {
        at += rows;
        return MatrixD(placed.middleRows(at - rows, rows));
    };
    for (std::size_t i = 0; i < maps.size(); ++i) {
        maps[i].samples = next(data[i].features.rows());
        maps[i].shares = shares;
        maps[i].divergence = divergence;
    }
    for (std::size_t i = 0; i < maps.size(); ++i) {
        maps[i].rowsBefore = next(data[i].rows.before.rows());
        maps[i].rowsAfter = next(data[i].rows.after.rows());
    }
}

Style classStyle(std::size_t label) {
    return {.role = "class-" + std::to_string(label % kClassRoles + 1),
            .shade = static_cast<int>(label / kClassRoles),
            .shades = static_cast<int>(label / kClassRoles) + 1};
}

/// Fewer points may be larger.
double pointSize(std::size_t points) {
    return points <= 100 ? 0.6 : points <= 500 ? 0.5 : points <= 3000 ? 0.4 : points <= 20000 ? 0.3 : 0.2;
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

/// All samples of a run, under its name.
Scatter samplesOfRun(const FeatureMap& map, std::int64_t firstSample, std::size_t points) {
    const double dot = map.pretrained ? 2 : 1; // the pre-trained features have no marker but a dot
    Scatter scatter{.name = map.name, .style = map.style, .size = dot * pointSize(points)};
    for (std::size_t row = 0; row < map.labels.size(); ++row) {
        scatter.x.push_back(map.samples(static_cast<Eigen::Index>(row), 0));
        scatter.y.push_back(map.samples(static_cast<Eigen::Index>(row), 1));
        scatter.note.push_back(map.classNames[static_cast<std::size_t>(map.labels[row])] + ", row " +
                               std::to_string(row));
        scatter.samples.push_back(firstSample + static_cast<std::int64_t>(row));
    }
    return scatter;
}

void addSamples(Panel& panel, const FeatureMap& map, std::int64_t firstSample) {
    const std::size_t first = panel.scatters.size();
    for (std::size_t label = 0; label < map.classNames.size(); ++label) {
        panel.scatters.push_back({.name = map.classNames[label],
                                  .style = classStyle(label),
                                  .size = pointSize(map.labels.size())});
    }
    for (std::size_t row = 0; row < map.labels.size(); ++row) {
        Scatter& points = panel.scatters[first + static_cast<std::size_t>(map.labels[row])];
        points.x.push_back(map.samples(static_cast<Eigen::Index>(row), 0));
        points.y.push_back(map.samples(static_cast<Eigen::Index>(row), 1));
        points.note.push_back("row " + std::to_string(row));
        points.samples.push_back(firstSample + static_cast<std::int64_t>(row));
    }
}

/// The rows in the colours of their classes, or all in that of their run.
void addRows(Panel& panel, const FeatureMap& map, bool byRun) {
    constexpr double kRowSize = 1.7;
    const auto inLegend = [](const Scatter& scatter) { return scatter.name == kRowAfter && scatter.legend; };
    if (map.rowsAfter.rows() > 0 && std::ranges::none_of(panel.scatters, inLegend)) {
        for (const bool after : {false, true}) { // of all classes, for the legend
            panel.scatters.push_back({.name = after ? kRowAfter : kRowBefore,
                                      .style = {.role = "classifier-row"},
                                      .size = kRowSize,
                                      .fill = after ? Fill::solid : Fill::open});
        }
    }
    for (Eigen::Index label = 0; label < map.rowsAfter.rows(); ++label) {
        const auto which = static_cast<std::size_t>(label);
        const Style style = byRun ? map.style : classStyle(which);
        const std::string row =
            (byRun ? map.name + ": " : "") +
            (which < map.classNames.size() ? map.classNames[which] : std::to_string(label));
        const double fromX = map.rowsBefore(label, 0), fromY = map.rowsBefore(label, 1);
        const double toX = map.rowsAfter(label, 0), toY = map.rowsAfter(label, 1);
        panel.curves.push_back({.name = "classifier row of " + row,
                                .x = {fromX, toX},
                                .y = {fromY, toY},
                                .style = style,
                                .legend = false});
        panel.scatters.push_back({.name = kRowBefore,
                                  .x = {fromX},
                                  .y = {fromY},
                                  .style = style,
                                  .note = {row},
                                  .legend = false,
                                  .size = kRowSize,
                                  .fill = Fill::open});
        panel.scatters.push_back({.name = kRowAfter,
                                  .x = {toX},
                                  .y = {toY},
                                  .style = style,
                                  .note = {row},
                                  .legend = false,
                                  .size = kRowSize,
                                  .fill = Fill::solid});
    }
}

/// Both axes over the same length, so that distances are what they look like.
void useOneScale(Panel& panel) {
    Eigen::RowVector2d low = Eigen::RowVector2d::Constant(std::numeric_limits<double>::infinity());
    Eigen::RowVector2d high = -low;
    for (const Scatter& scatter : panel.scatters) {
        for (std::size_t i = 0; i < scatter.x.size(); ++i) {
            const Eigen::RowVector2d at(scatter.x[i], scatter.y[i]);
            low = low.cwiseMin(at);
            high = high.cwiseMax(at);
        }
    }
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

void labelAxes(Panel& panel, const FeatureMap& map, const FeatureMapOptions& options) {
    if (options.projection == Projection::pca) {
        panel.x.label = componentLabel(map, 0);
        panel.y.label = componentLabel(map, 1);
    } else {
        useOneScale(panel);
        panel.x.tickLabels = panel.y.tickLabels = false; // only neighbourhoods mean something
        panel.x.label = "t-SNE 1";
        panel.y.label = "t-SNE 2";
    }
}

Panel panelOf(const FeatureMap& map, std::int64_t firstSample, const FeatureMapOptions& options) {
    Panel panel;
    panel.header = map.name + (options.beforeAfter ? map.pretrained ? ", before" : ", after" : "");
    addSamples(panel, map, firstSample);
    addRows(panel, map, false);
    labelAxes(panel, map, options);
    if (map.displacement) {
        panel.lines.push_back("row displacement " + significant(*map.displacement, 2));
    }
    return panel;
}

/// All maps in one, coloured by run.
Panel commonPanel(std::span<const FeatureMap> maps, const std::vector<std::int64_t>& firstSamples,
                  const FeatureMapOptions& options) {
    Panel panel;
    std::size_t points = 0;
    for (const FeatureMap& map : maps) {
        points += map.labels.size();
    }
    for (std::size_t i = 0; i < maps.size(); ++i) {
        panel.scatters.push_back(samplesOfRun(maps[i], firstSamples[i], points));
    }
    for (const FeatureMap& map : maps) {
        addRows(panel, map, true);
    }
    labelAxes(panel, maps.front(), options);
    panel.legend = Legend::below;
    return panel;
}

std::vector<std::string> notesOf(std::span<const FeatureMap> maps, const FeatureMapOptions& options) {
    std::vector<std::string> notes;
    const std::string whose =
        std::string(options.projection == Projection::pca ? "principal components of " : "t-SNE of ") +
        (options.together ? "all of their " : "its ");
    notes.push_back(
        "Split " + maps.front().split + ", n = " + std::to_string(maps.front().labels.size()) +
        (options.together ? "; all runs in one map: " : "; every panel is a map of its own: ") +
        (options.projection == Projection::pca
             ? whose + "features (share of their variance), the classifier's rows projected on them."
             : whose +
                   "features and the classifier's rows (Barnes-Hut, theta 0.5, "
                   "perplexity " +
                   exact(options.perplexity) + ", 1000 iterations, seed " + std::to_string(options.seed) +
                   "); Kullback-Leibler divergence"));
    if (options.projection == Projection::tsne) {
        for (const FeatureMap& map : options.together ? maps.first(1) : maps) {
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

FeatureMapOptions featureMapOptions(const FigureRequest& request) {
    return {.split = request.firstSplit(),
            .projection = request.projection,
            .perplexity = request.perplexity,
            .seed = request.mapSeed,
            .beforeAfter = request.beforeAfter,
            .together = request.mapTogether};
}

std::vector<FeatureMap> featureMaps(std::span<const record::Run> runs, const FeatureMapOptions& options,
                                    const analysis::WorkHooks& hooks, Problems* problems) {
    const std::string splitName = options.split.empty() ? defaultFeatureSplit(runs) : options.split;
    const std::vector<RunLabel> labels = labelRuns(runs);
    const bool oneTask =
        std::ranges::all_of(runs, [&](const record::Run& run) { return run.task == runs.front().task; });
    std::vector<FeatureMap> maps;
    for (const std::size_t index : legendOrder(runs)) {
        const record::SplitInfo* split = runs[index].split(splitName);
        for (const bool pretrained : {true, false}) {
            // Together, the pre-trained features of a task are the same points for all of its runs.
            const bool known = options.together && std::ranges::any_of(maps, [&](const FeatureMap& map) {
                                   return map.pretrained && map.task == runs[index].task;
                               });
            const bool wanted = !pretrained || (options.beforeAfter && !known);
            if (wanted && split != nullptr && holds(*split, pretrained)) {
                const bool common = pretrained && options.together;
                maps.push_back({.run = index,
                                .name = common ? methodName("pretrained") +
                                                     (oneTask ? std::string{} : ", " + runs[index].task)
                                               : labels[index].name,
                                .style = common ? Style{.role = "pretrained"} : labels[index].style,
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
    std::vector<FeatureMap> usable;
    std::vector<MapData> data; // of one map, or of all if they are together
    const auto count = static_cast<double>(maps.size());
    for (std::size_t i = 0; i < maps.size(); ++i) {
        analysis::throwIfCancelled(hooks, "the feature map");
        FeatureMap& map = maps[i];
        const record::Run& run = runs[map.run];
        const record::SplitInfo& split = *run.split(splitName);
        attempt(run, problems, [&] {
            map.labels = run.parts->labels(split);
            map.classNames = classNamesFor(run, map.labels);
            MatrixF features =
                map.pretrained ? run.parts->pretrainedFeatures(split) : run.parts->features(split);
            analysis::MovedRows rows = analysis::movedRows(run);
            map.displacement = rows.displacement;
            if (rows.after.cols() != features.cols() || (map.pretrained && options.together)) {
                rows = {};
            }
            std::vector<MapData> own;
            own.push_back({.features = std::move(features), .rows = std::move(rows)});
            if (options.together) {
                data.push_back(std::move(own.front()));
            } else {
                place({&map, 1}, own, options,
                      analysis::part(hooks, static_cast<double>(i) / count,
                                     static_cast<double>(i + 1) / count));
            }
            usable.push_back(std::move(map));
        });
    }
    if (options.together && !usable.empty()) {
        place(usable, data, options, hooks);
    }
    return usable;
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
    if (options.together) {
        figure.panels.push_back(commonPanel(maps, first, options));
    } else {
        for (std::size_t i = 0; i < maps.size(); ++i) {
            figure.panels.push_back(panelOf(maps[i], first[i], options));
        }
        layOutSmallMultiples(figure);
    }
    const bool pairs = std::ranges::any_of(maps, &FeatureMap::pretrained);
    if (pairs && maps.size() % 2 == 0 && figure.columns == 3) {
        figure.panels[(maps.size() - 1) / 3 * 3].legend = Legend::none;
        figure.columns = 2; // a run in each row
        figure.panels[maps.size() - 2].legend = Legend::below;
    }
    figure.notes = notesOf(maps, options);
    figure.altText = "Features of the split " + maps.front().split + " in the plane, coloured by " +
                     (options.together ? "run" : "class") +
                     ", with "
                     "the rows of the classifier before and after.";
    return figure;
}

Figure buildFeatureMap(const FigureRequest& request, std::span<const record::Run> runs,
                       const analysis::WorkHooks& hooks, Problems& problems) {
    const FeatureMapOptions options = featureMapOptions(request);
    return featureMapFigure(featureMaps(runs, options, hooks, &problems), options);
}

} // namespace finescope::figure
