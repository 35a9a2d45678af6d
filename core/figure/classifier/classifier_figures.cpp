#include "core/figure/classifier/classifier_figures.h"

#include "core/error.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/data_range.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace finescope::figure {

namespace {

constexpr std::size_t kMostPanels = 10;
constexpr std::size_t kMostPairs = 500'000;
constexpr double kDegrees = 180 / std::numbers::pi;

/// Something to follow over training in every entry: one value for each of its keys, none where the entry
/// knows no such class.
template <typename Entry>
struct Track {
    std::string header{};
    std::function<std::vector<double>(const Entry&)> values{};
};

/// What the panels of a figure have in common.
struct Chart {
    const char *kind, *title;
    std::string yLabel;
    const char* what; ///< is missing where nothing is recorded
    const char* many; ///< what the tracks are of, in the plural
};

template <typename Entry>
class TrackFigure {
public:
    TrackFigure(std::span<const record::Run> runs, std::span<const Entry> entries,
                const CurveOptions& options)
        : m_runs(runs), m_curves(runs, options) {
        for (const Entry& entry : entries) {
            m_entries[entry.run] = &entry;
        }
    }

    /// A panel for each track, or one for all of them.
    Figure build(const Chart& chart, const std::vector<Track<Entry>>& tracks,
                 const std::vector<ReferenceLine>& references = {}) {
        Figure figure{.kind = chart.kind, .title = chart.title, .sharedColumns = true};
        if (tracks.size() <= kMostPanels) {
            for (const Track<Entry>& track : tracks) {
                Panel& panel = figure.panels.emplace_back(m_curves.emptyPanel(chart.yLabel));
                panel.header = track.header;
                m_curves.add(panel, [&](std::size_t run) { return curveOf(run, {&track, 1}); });
            }
        } else {
            Panel& panel = figure.panels.emplace_back(m_curves.emptyPanel(chart.yLabel));
            panel.header = "mean over " + std::to_string(tracks.size()) + " " + chart.many;
            m_curves.addRanges(panel, [&](std::size_t run) { return rangeOf(run, tracks); });
            m_curves.add(panel, [&](std::size_t run) { return curveOf(run, tracks); });
            if (m_curves.options().grouping == Grouping::runs) {
                figure.notes.push_back(std::string("Lines: mean over all ") + chart.many +
                                       "; bands: from the smallest to the largest.");
            }
        }
        if (figure.panels.empty()) {
            figure.panels.push_back(m_curves.emptyPanel(chart.yLabel));
        }
        for (Panel& panel : figure.panels) {
            if (!panel.curves.empty()) {
                panel.references = references;
            }
            m_curves.finish(panel, chart.what);
            if (panel.curves.empty() && !m_entries.empty()) {
                panel.emptyText = "No run shown has this class.";
            }
        }
        layOutSmallMultiples(figure);
        joinPanels(figure);
        shareRanges(figure);
        std::ranges::copy(m_curves.notes(), std::back_inserter(figure.notes));
        figure.altText = figure.title + ": " + methodsOf(m_runs) + ".";
        return figure;
    }

private:
    /// Calls `use(x, values)` for each evaluation of a run with the finite values of the tracks there.
    template <typename Use>
    void visit(std::size_t run, std::span<const Track<Entry>> tracks, Use use) const {
        const auto found = m_entries.find(run);
        if (found == m_entries.end()) {
            return;
        }
        const Entry& entry = *found->second;
        const std::vector<double> places =
            evaluationPlaces(m_runs[run], entry.keys, m_curves.options().xAxis, m_curves.options().origin);
        std::vector<std::vector<double>> at(places.size());
        for (const Track<Entry>& track : tracks) {
            const std::vector<double> values = track.values(entry);
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (std::isfinite(values[i])) {
                    at[i].push_back(values[i]);
                }
            }
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!at[i].empty()) {
                use(places[i], at[i]);
            }
        }
    }

    RunCurve curveOf(std::size_t run, std::span<const Track<Entry>> tracks) const {
        RunCurve curve;
        visit(run, tracks, [&](double x, const std::vector<double>& values) {
            double sum = 0;
            for (const double value : values) {
                sum += value;
            }
            curve.x.push_back(x);
            curve.y.push_back(sum / static_cast<double>(values.size()));
        });
        curve.switchAt = fineTuningStart(m_runs[run], m_curves.options().xAxis, m_curves.options().origin);
        curve.probing = probingSpan(m_runs[run], m_curves.options().xAxis, m_curves.options().origin);
        return curve;
    }

    CurveBuilder::Extent rangeOf(std::size_t run, std::span<const Track<Entry>> tracks) const {
        CurveBuilder::Extent range;
        visit(run, tracks, [&](double x, const std::vector<double>& values) {
            const auto [low, high] = std::ranges::minmax(values);
            range.x.push_back(x);
            range.low.push_back(low);
            range.high.push_back(high);
        });
        return range;
    }

    /// One range for all, so that classes compare at sight; the label once in each row.
    static void shareRanges(Figure& figure) {
        Panel all;
        all.x = figure.panels.front().x;
        all.y = figure.panels.front().y;
        for (const Panel& panel : figure.panels) {
            all.curves.insert(all.curves.end(), panel.curves.begin(), panel.curves.end());
            all.bands.insert(all.bands.end(), panel.bands.begin(), panel.bands.end());
            all.references.insert(all.references.end(), panel.references.begin(), panel.references.end());
        }
        const Range across = homeRangeX(all, all.x.scale), along = homeRangeY(all, Side::left, all.y.scale);
        for (std::size_t i = 0; i < figure.panels.size(); ++i) {
            if (figure.panels.size() > 1) {
                figure.panels[i].x.range = across;
                figure.panels[i].y.range = along;
            }
            if (i % static_cast<std::size_t>(figure.columns) > 0) {
                figure.panels[i].y.label.clear();
            }
        }
    }

    std::span<const record::Run> m_runs;
    CurveBuilder m_curves;
    std::map<std::size_t, const Entry*> m_entries;
};

/// A column of a matrix over the evaluations.
std::vector<double> column(const MatrixD& values, Eigen::Index index) {
    return {values.col(index).begin(), values.col(index).end()};
}

/// A track for each class, or each that is chosen.
template <typename Entry>
std::vector<Track<Entry>> classTracks(std::span<const Entry> entries, const std::vector<std::string>& chosen,
                                      MatrixD Entry::*values) {
    std::vector<Track<Entry>> tracks;
    for (const std::string& name : chosen.empty() ? classesOf(entries) : chosen) {
        tracks.push_back({name, [name, values, guess = tracks.size()](const Entry& entry) {
                              const auto index = classIndex(entry, name, guess);
                              return index ? column(entry.*values, *index) : std::vector<double>{};
                          }});
    }
    return tracks;
}

/// The angle between two classes, by their places among `all`, in degrees.
Track<ClassifierEntry> angleTrack(const std::vector<std::string>& all, std::size_t i, std::size_t j) {
    Track<ClassifierEntry> track{.header = all[i] + ", " + all[j]};
    track.values = [first = all[i], second = all[j], i, j](const ClassifierEntry& entry) {
        std::vector<double> values;
        const auto row = classIndex(entry, first, i), other = classIndex(entry, second, j);
        for (const MatrixD& angles : entry.angles) {
            if (row && other) {
                values.push_back(kDegrees * angles(*row, *other));
            }
        }
        return values;
    };
    return track;
}

/// A track for each pair of classes of some run with angles: of all, of those chosen, or of one that is
/// chosen and each other.
std::vector<Track<ClassifierEntry>> pairTracks(std::span<const ClassifierEntry> entries,
                                               const std::vector<std::string>& chosen) {
    const std::vector<std::string> all = classesOf(entries);
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < all.size(); ++i) {
        places.emplace(all[i], i);
    }
    const std::unordered_set<std::string_view> wanted(chosen.begin(), chosen.end());
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    std::set<std::vector<std::string>> seen;
    for (const ClassifierEntry& entry : entries) {
        if (entry.angles.empty() || !seen.insert(entry.classes).second) {
            continue;
        }
        for (std::size_t i = 0; i < entry.classes.size(); ++i) {
            const bool first = wanted.contains(entry.classes[i]);
            for (std::size_t j = i + 1; j < entry.classes.size(); ++j) {
                const bool second = wanted.contains(entry.classes[j]);
                const bool one = (first || second) && chosen.size() == 1;
                if (chosen.empty() || (first && second) || one) {
                    pairs.insert(std::minmax(places.at(entry.classes[i]), places.at(entry.classes[j])));
                }
            }
        }
        if (pairs.size() > kMostPairs) {
            throw Error(ErrorKind::badInput, "class-angles: the runs have more than " +
                                                 std::to_string(kMostPairs) +
                                                 " pairs of classes together; choose some classes (--class)");
        }
    }
    std::vector<Track<ClassifierEntry>> tracks;
    for (const auto& [i, j] : pairs) {
        tracks.push_back(angleTrack(all, i, j));
    }
    return tracks;
}

/// What is said where angles are too many to be computed; "" if they never are.
std::string withoutAngles(std::span<const ClassifierEntry> entries) {
    const auto count =
        std::ranges::count_if(entries, [](const ClassifierEntry& entry) { return entry.angles.empty(); });
    return count == 0 ? std::string{}
                      : "Left out: the angles of " + std::to_string(count) + " of " +
                            std::to_string(entries.size()) + " runs, of more than " +
                            std::to_string(kMostAngleClasses) +
                            " classes or of too many snapshots of a wide classifier.";
}

/// "n = 300", or "n = 120 to 300" where runs differ.
std::string sampleText(std::span<const NormDerivativeEntry> entries) {
    const auto [least, most] = std::ranges::minmax(entries, {}, &NormDerivativeEntry::samples);
    return "n = " + std::to_string(least.samples) +
           (most.samples == least.samples ? "" : " to " + std::to_string(most.samples));
}

} // namespace

ClassifierCurveOptions classifierCurveOptions(const FigureRequest& request) {
    ClassifierCurveOptions options{.curve = curveOptions(request), .classes = request.classes};
    options.curve.yScale = request.valueScale();
    return options;
}

std::string derivativeSplit(const FigureRequest& request, std::span<const record::Run> runs) {
    return request.splits.empty() ? defaultDerivativeSplit(runs) : request.splits.front();
}

Figure classNormsFigure(std::span<const record::Run> runs, std::span<const ClassifierEntry> entries,
                        const ClassifierCurveOptions& options) {
    return TrackFigure<ClassifierEntry>(runs, entries, options.curve)
        .build({.kind = "class-norms",
                .title = "Norm of each class's row of the classifier",
                .yLabel = "norm of the class's row",
                .what = "classifier",
                .many = "classes"},
               classTracks(entries, options.classes, &ClassifierEntry::norms));
}

Figure classAnglesFigure(std::span<const record::Run> runs, std::span<const ClassifierEntry> entries,
                         const ClassifierCurveOptions& options) {
    CurveOptions curve = options.curve;
    curve.yScale = Scale::linear;
    Figure figure = TrackFigure<ClassifierEntry>(runs, entries, curve)
                        .build({.kind = "class-angles",
                                .title = "Angles between the classes' rows of the classifier",
                                .yLabel = "angle between rows (degrees)",
                                .what = "classifier",
                                .many = "pairs of classes"},
                               pairTracks(entries, options.classes));
    if (const std::string left = withoutAngles(entries); !left.empty()) {
        figure.notes.push_back(left);
        figure.cautions.push_back(left);
        if (std::ranges::all_of(entries, [](const ClassifierEntry& entry) { return entry.angles.empty(); })) {
            figure.panels.front().emptyText = left;
        }
    }
    return figure;
}

Figure normDerivativeFigure(std::span<const record::Run> runs, std::span<const NormDerivativeEntry> entries,
                            const std::string& split, const ClassifierCurveOptions& options) {
    CurveOptions curve = options.curve;
    curve.yScale = Scale::linear; // it has either sign
    Figure figure = TrackFigure<NormDerivativeEntry>(runs, entries, curve)
                        .build({.kind = "norm-derivative",
                                .title = "Derivative of the loss by the norm of each class's row",
                                .yLabel = "derivative of the loss (" + split + ") by the norm",
                                .what = "classifier and logits of the same evaluations",
                                .many = "classes"},
                               classTracks(entries, options.classes, &NormDerivativeEntry::values),
                               {{.vertical = false, .at = 0, .style = {.role = "reference"}}});
    if (!entries.empty()) {
        figure.notes.insert(figure.notes.begin(),
                            "Of the mean cross-entropy of the split " + split + ", " + sampleText(entries) +
                                ", directions of the rows held; below 0, the loss falls as the norm grows.");
    }
    return figure;
}

Figure buildClassNorms(const FigureRequest& request, std::span<const record::Run> runs, Problems& problems) {
    return classNormsFigure(runs, classifierEntries(runs, &problems), classifierCurveOptions(request));
}

Figure buildClassAngles(const FigureRequest& request, std::span<const record::Run> runs, Problems& problems) {
    return classAnglesFigure(runs, classifierEntries(runs, &problems), classifierCurveOptions(request));
}

Figure buildNormDerivative(const FigureRequest& request, std::span<const record::Run> runs,
                           Problems& problems) {
    const std::string split = derivativeSplit(request, runs);
    return normDerivativeFigure(runs, normDerivativeEntries(runs, split, &problems), split,
                                classifierCurveOptions(request));
}

} // namespace finescope::figure
