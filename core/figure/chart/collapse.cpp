#include "core/figure/chart/collapse.h"

#include "core/analysis/run/collapsed_class.h"
#include "core/figure/label/run_style.h"

#include <algorithm>
#include <string_view>

namespace finescope::figure {

namespace {

constexpr const char* kDagger = "\u2020";
constexpr const char* kMark = " \u2020"; // behind what a cell says

std::optional<std::string> nameOf(const record::Run& run, std::optional<std::int64_t> collapsedClass) {
    if (!collapsedClass) {
        return std::nullopt;
    }
    const auto index = static_cast<std::size_t>(*collapsedClass);
    return index < run.classNames.size() ? run.classNames[index] : std::to_string(index);
}

} // namespace

std::optional<std::string> collapsedClassName(const record::Run& run, const record::SplitInfo& split) {
    return analysis::countsAsCollapse(split) ? nameOf(run, analysis::collapsedClass(run, split))
                                             : std::nullopt;
}

std::optional<std::string> collapsedClassName(const record::Run& run, const record::SplitInfo& split,
                                              const analysis::SplitLogits& read) {
    return analysis::countsAsCollapse(split) ? nameOf(run, analysis::collapsedClass(read)) : std::nullopt;
}

std::vector<Collapse> collapses(std::span<const record::Run> runs, Problems* problems) {
    std::vector<Collapse> all;
    for (std::size_t index = 0; index < runs.size(); ++index) {
        for (const record::SplitInfo& split : runs[index].splits) {
            attempt(runs[index], problems, [&] {
                if (auto name = collapsedClassName(runs[index], split)) {
                    all.push_back({index, split.name, std::move(*name)});
                }
            });
        }
    }
    return all;
}

bool collapsed(std::span<const Collapse> all, std::size_t run, const std::string& split) {
    return std::ranges::any_of(
        all, [&](const Collapse& one) { return one.run == run && (split.empty() || one.split == split); });
}

std::string collapseNote(std::span<const record::Run> runs, std::span<const Collapse> all) {
    const std::vector<RunLabel> labels = labelRuns(runs);
    std::string text;
    for (const Collapse& one : all) {
        text += (text.empty() ? "Collapsed (one class predicted for all of a split): " : "; ") +
                labels[one.run].name + " on " + one.split + " (" + one.className + ")";
    }
    return text.empty() ? text : text + ".";
}

void markCollapses(Table& table, std::span<const record::Run> runs, std::span<const Collapse> all) {
    bool any = false;
    for (auto& row : table.rows) {
        for (Cell& cell : row) {
            if (cell.collapsed) {
                cell.text += kMark;
                any = true;
            }
        }
    }
    if (any) {
        table.notes.push_back(std::string(kDagger) + " " + collapseNote(runs, all));
    }
}

std::string withoutCollapseMark(const Cell& cell) {
    return cell.collapsed && cell.text.ends_with(kMark)
               ? cell.text.substr(0, cell.text.size() - std::string_view(kMark).size())
               : cell.text;
}

} // namespace finescope::figure
