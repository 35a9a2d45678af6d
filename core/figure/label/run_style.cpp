#include "core/figure/label/run_style.h"

#include "core/analysis/run/run_traits.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace finescope::figure {

namespace {

/// True if `field` has more than one value in the set. An imported run may have none: that is no other one.
bool differs(std::span<const record::Run> runs, std::string record::Run::*field) {
    std::set<std::string> values;
    for (const record::Run& run : runs) {
        values.insert(run.*field);
    }
    values.erase("");
    return values.size() > 1;
}

std::vector<std::size_t> inOrder(std::span<const record::Run> runs, const std::vector<Variant>& variants) {
    std::vector<std::size_t> order(runs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t index) {
        const record::Run& run = runs[index];
        return std::tuple(run.task, run.model, variantOrder(variants[index]), run.seed);
    });
    return order;
}

/// "RTE, roberta-base": what of task and model has to be said in this set. An imported run has both from its
/// file's name unless somebody gave them, and that is its name already.
std::string context(const record::Run& run, bool task, bool model) {
    std::string text;
    const auto file = analysis::importedFrom(run);
    if (task && !(file && file->stem() == run.task)) {
        text += ", " + run.task;
    }
    if (model && !run.model.empty()) {
        text += ", " + run.model;
    }
    return text;
}

} // namespace

std::vector<std::size_t> legendOrder(std::span<const record::Run> runs) {
    return inOrder(runs, variantOfEach(runs));
}

std::vector<RunLabel> labelRuns(std::span<const record::Run> runs) {
    const bool task = differs(runs, &record::Run::task);
    const bool model = differs(runs, &record::Run::model);
    const std::vector<Variant> variants = variantOfEach(runs);
    std::map<std::string, int> ofGroup, ofMethod;
    const auto groupName = [&](std::size_t index) {
        return variantName(variants[index]) + context(runs[index], task, model);
    };
    for (std::size_t index = 0; index < runs.size(); ++index) {
        ++ofGroup[groupName(index)];
        ++ofMethod[runs[index].method];
    }
    std::vector<RunLabel> labels(runs.size());
    std::map<std::string, int> shade, timesUsed;
    for (const std::size_t index : inOrder(runs, variants)) {
        const record::Run& run = runs[index];
        std::string name = groupName(index);
        if (ofGroup[name] > 1) {
            name += ", seed " + std::to_string(run.seed);
        }
        if (const int times = ++timesUsed[name]; times > 1) {
            name += " (" + std::to_string(times) + ")";
        }
        labels[index] = {.name = name,
                         .style = memberStyle(run.method, shade[run.method]++, ofMethod[run.method])};
    }
    return labels;
}

std::vector<RunGroup> groupRuns(std::span<const record::Run> runs) {
    const bool task = differs(runs, &record::Run::task);
    const bool model = differs(runs, &record::Run::model);
    const std::vector<Variant> variants = variantOfEach(runs);
    std::vector<RunGroup> groups;
    for (const std::size_t index : inOrder(runs, variants)) {
        const record::Run& run = runs[index];
        if (groups.empty() || groups.back().variant != variants[index] || groups.back().task != run.task ||
            groups.back().model != run.model) {
            RunGroup& group = groups.emplace_back();
            group.name = variantName(variants[index]) + context(run, task, model);
            group.variant = variants[index];
            group.task = run.task;
            group.model = run.model;
        }
        groups.back().members.push_back(index);
    }
    std::map<std::string, int> ofMethod, shade;
    for (const RunGroup& group : groups) {
        ++ofMethod[group.variant.method];
    }
    for (RunGroup& group : groups) {
        const std::string& method = group.variant.method;
        group.style = memberStyle(method, shade[method]++, ofMethod[method]);
    }
    return groups;
}

std::string spreadName(analysis::Spread spread) {
    switch (spread) {
    case analysis::Spread::tInterval95:
        return "95 % t interval";
    case analysis::Spread::standardDeviation:
        return "standard deviation";
    case analysis::Spread::standardError:
        return "standard error";
    case analysis::Spread::range:
        break;
    }
    return "range";
}

std::string methodsOf(std::span<const record::Run> runs) {
    std::string text;
    for (const RunGroup& group : groupRuns(runs)) {
        text += (text.empty() ? "" : "; ") + group.name + ", n = " + std::to_string(group.members.size());
    }
    return text;
}

} // namespace finescope::figure
