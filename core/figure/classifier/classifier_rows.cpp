#include "core/figure/classifier/classifier_rows.h"

#include "core/figure/chart/grouped_bars.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/label/run_style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

namespace finescope::figure {

namespace {

using analysis::RowChanges;

constexpr std::size_t kMostCategories = 12;

/// A number of one row of the classifier.
using RowNumber = std::function<double(const RowChanges&, Eigen::Index)>;

double normBefore(const RowChanges& changes, Eigen::Index row) {
    return changes.normBefore(row);
}
double normAfter(const RowChanges& changes, Eigen::Index row) {
    return changes.normAfter(row);
}
double cosine(const RowChanges& changes, Eigen::Index row) {
    return changes.cosine(row);
}
double displacement(const RowChanges& changes, Eigen::Index row) {
    return changes.displacement(row);
}
double relative(const RowChanges& changes, Eigen::Index row) {
    return changes.displacement(row) / changes.normBefore(row);
}

/// The numbers of the matrix as one long row.
RowChanges wholeMatrix(const RowChanges& rows) {
    RowChanges whole;
    for (VectorD* each : {&whole.normBefore, &whole.normAfter, &whole.cosine, &whole.displacement}) {
        each->resize(1);
    }
    whole.normBefore(0) = rows.normBefore.norm();
    whole.normAfter(0) = rows.normAfter.norm();
    whole.displacement(0) = rows.displacement.norm();
    double product = 0;
    for (Eigen::Index row = 0; row < rows.cosine.size(); ++row) {
        if (std::isfinite(rows.cosine(row))) {
            product += rows.cosine(row) * rows.normBefore(row) * rows.normAfter(row);
        }
    }
    whole.cosine(0) = product / (whole.normBefore(0) * whole.normAfter(0));
    return whole;
}

const RowChanges& changesOf(const ClassifierEntry& entry, Origin before) {
    return before == Origin::fineTuning && entry.sinceFineTuning ? *entry.sinceFineTuning : *entry.sinceStart;
}

std::string beforeText(Origin before) {
    return before == Origin::fineTuning ? "the start of fine-tuning (of linear probing in runs without)"
                                        : "the start of the run";
}

/// The entries of a set by the groups that means are taken over.
class RowSet {
public:
    RowSet(std::span<const record::Run> runs, std::span<const ClassifierEntry> entries, Origin before)
        : m_groups(groupRuns(runs)), m_before(before) {
        for (const ClassifierEntry& entry : entries) {
            if (entry.sinceStart) {
                m_entries[entry.run] = &entry;
            }
        }
        std::erase_if(m_groups, [&](const RunGroup& group) { return entriesOf(group).empty(); });
    }

    [[nodiscard]] const std::vector<RunGroup>& groups() const { return m_groups; }

    /// The finite values of a class in the runs of a group.
    [[nodiscard]] std::vector<double> ofClass(const RunGroup& group, const std::string& name,
                                              std::size_t guess, const RowNumber& number) const {
        std::vector<double> sample;
        for (const ClassifierEntry* entry : entriesOf(group)) {
            if (const auto index = classIndex(*entry, name, guess)) {
                addFinite(sample, number(changesOf(*entry, m_before), *index));
            }
        }
        return sample;
    }

    /// Of each run of a group, the mean over its classes.
    [[nodiscard]] std::vector<double> overClasses(const RunGroup& group, const RowNumber& number) const {
        std::vector<double> sample;
        for (const ClassifierEntry* entry : entriesOf(group)) {
            double sum = 0, count = 0;
            for (std::size_t row = 0; row < entry->classes.size(); ++row) {
                const double value = number(changesOf(*entry, m_before), static_cast<Eigen::Index>(row));
                sum += std::isfinite(value) ? value : 0;
                count += std::isfinite(value) ? 1 : 0;
            }
            addFinite(sample, sum / count);
        }
        return sample;
    }

    [[nodiscard]] std::vector<double> ofMatrix(const RunGroup& group, const RowNumber& number) const {
        std::vector<double> sample;
        for (const ClassifierEntry* entry : entriesOf(group)) {
            addFinite(sample, number(wholeMatrix(changesOf(*entry, m_before)), 0));
        }
        return sample;
    }

private:
    static void addFinite(std::vector<double>& sample, double value) {
        if (std::isfinite(value)) {
            sample.push_back(value);
        }
    }

    [[nodiscard]] std::vector<const ClassifierEntry*> entriesOf(const RunGroup& group) const {
        std::vector<const ClassifierEntry*> found;
        for (const std::size_t member : group.members) {
            if (const auto entry = m_entries.find(member); entry != m_entries.end()) {
                found.push_back(entry->second);
            }
        }
        return found;
    }

    std::vector<RunGroup> m_groups;
    Origin m_before;
    std::map<std::size_t, const ClassifierEntry*> m_entries;
};

} // namespace

ClassifierRowsOptions classifierRowsOptions(const FigureRequest& request) {
    return {.classes = request.classes,
            .before = request.origin,
            .spread = request.spread,
            .scale = request.valueScale()};
}

Figure classifierRowsFigure(std::span<const record::Run> runs, std::span<const ClassifierEntry> entries,
                            const ClassifierRowsOptions& options) {
    Figure figure{.kind = "classifier-rows", .title = "Rows of the classifier before and after"};
    const RowSet set(runs, entries, options.before);
    const std::vector<std::string> classes = options.classes.empty() ? classesOf(entries) : options.classes;
    const bool summed = classes.size() > kMostCategories;
    const std::vector<std::string> categories =
        summed ? std::vector<std::string>{"mean over " + std::to_string(classes.size()) + " classes"}
               : classes;
    struct Column {
        const char* label;
        RowNumber number;
        Scale scale;
    };
    const std::array columns{Column{"norm before", normBefore, options.scale},
                             Column{"norm after", normAfter, options.scale},
                             Column{"cosine, before and after", cosine, Scale::linear},
                             Column{"displacement / norm before", relative, options.scale}};
    std::size_t largest = 0;
    for (const Column& column : columns) {
        std::vector<BarSeries> series;
        for (const RunGroup& group : set.groups()) {
            BarSeries& bars = series.emplace_back();
            bars.name = group.name;
            bars.style = group.style;
            for (std::size_t i = 0; i < categories.size(); ++i) {
                bars.values.push_back(summed ? set.overClasses(group, column.number)
                                             : set.ofClass(group, classes[i], i, column.number));
            }
        }
        Panel& panel = figure.panels.emplace_back();
        panel.y.label = column.label;
        const std::size_t n =
            addGroupedBars(panel, categories, series, {.spread = options.spread, .scale = column.scale});
        if (n == 0) {
            panel.emptyText =
                entries.empty() ? "No run has recorded its classifier." : "No run shown has this number.";
        }
        largest = std::max(largest, n);
    }
    layOutSmallMultiples(figure);
    figure.notes.push_back("Before: " + beforeText(options.before) + "; after: the model each run reports.");
    if (std::string note = barsNote(largest, options.spread); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    figure.altText = figure.title + ": norms, cosine and displacement per method and class.";
    return figure;
}

Figure buildClassifierRows(const FigureRequest& request, std::span<const record::Run> runs,
                           Problems& problems) {
    return classifierRowsFigure(runs, classifierEntries(runs, &problems), classifierRowsOptions(request));
}

Table classifierRowsTable(std::span<const record::Run> runs, std::span<const ClassifierEntry> entries,
                          const ClassifierRowsOptions& options) {
    struct Column {
        const char* title;
        RowNumber number;
        Format format;
    };
    const std::array columns{Column{"Norm before", normBefore, significantDigits(4)},
                             Column{"Norm after", normAfter, significantDigits(4)},
                             Column{"Cosine", cosine, hundredths(4)},
                             Column{"Displacement", displacement, significantDigits(4)},
                             Column{"Relative", relative, significantDigits(4)}};
    Table table{.kind = "classifier",
                .caption = "The rows of the classifier before and after training: norms, the cosine between "
                           "a row before and after, its displacement, and that relative to its norm before.",
                .columns = {"Method", "Class"}};
    for (const Column& column : columns) {
        table.columns.emplace_back(column.title);
    }
    const RowSet set(runs, entries, options.before);
    const std::vector<std::string> classes = options.classes.empty() ? classesOf(entries) : options.classes;
    for (const RunGroup& group : set.groups()) {
        for (std::size_t i = 0; i < classes.size(); ++i) {
            if (set.ofClass(group, classes[i], i, normAfter).empty()) {
                continue;
            }
            auto& row = table.rows.emplace_back();
            row = {textCell(group.name), textCell(classes[i])};
            for (const Column& column : columns) {
                row.push_back(cellOf(set.ofClass(group, classes[i], i, column.number), column.format));
            }
        }
        if (options.classes.empty()) {
            auto& row = table.rows.emplace_back();
            row = {textCell(group.name), textCell("all, as one vector")};
            for (const Column& column : columns) {
                row.push_back(cellOf(set.ofMatrix(group, column.number), column.format));
            }
        }
    }
    table.notes.push_back("Before: " + beforeText(options.before) + "; after: the model each run reports.");
    sayCounts(table);
    return table;
}

} // namespace finescope::figure
