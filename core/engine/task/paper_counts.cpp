#include "core/engine/task/paper_counts.h"

#include <algorithm>

namespace finescope::engine {

namespace {

std::string compare(std::int64_t found, const PaperCount& paper) {
    if (found == paper.printed) {
        return "as in the paper";
    }
    const std::string printed = std::to_string(paper.printed);
    return found == paper.published ? "as published; the paper prints " + printed
                                    : "the paper has " + printed;
}

} // namespace

std::int64_t countOf(const TaskSplit& split) {
    return split.abstracts > 0 ? split.abstracts : static_cast<std::int64_t>(split.examples.size());
}

const PaperCount* paperCount(const Task& task, const std::string& split) {
    const auto found = std::ranges::find(task.paperCounts, split, &PaperCount::split);
    return found == task.paperCounts.end() ? nullptr : &*found;
}

std::string describeCount(const TaskSplit& split, const Task& task) {
    std::string text =
        std::to_string(split.examples.size()) + (split.examples.size() == 1 ? " row" : " rows");
    if (split.abstracts > 0) {
        text += " of " + std::to_string(split.abstracts) + " abstracts";
    }
    const PaperCount* paper = paperCount(task, split.name);
    return paper == nullptr ? text : text + " (" + compare(countOf(split), *paper) + ")";
}

std::string describeCounts(const TaskData& data) {
    std::string line;
    for (const TaskSplit& split : data.splits) {
        line += (line.empty() ? "" : ", ") + split.name + " " + describeCount(split, data.task);
    }
    return data.task.name + ": " + line;
}

} // namespace finescope::engine
