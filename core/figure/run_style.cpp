#include "core/figure/run_style.h"

#include "core/figure/method_name.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace finescope::figure {

namespace {

/// True if `field` has more than one value in the set.
bool differs(std::span<const record::Run> runs, std::string record::Run::*field) {
    return std::ranges::any_of(runs,
                               [&](const record::Run& run) { return run.*field != runs.front().*field; });
}

auto orderKey(const record::Run& run) {
    return std::tuple(run.task, run.model, methodOrder(run.method), run.method, run.seed);
}

/// "RTE, roberta-base": what of task and model has to be said in this set.
std::string context(const record::Run& run, bool task, bool model) {
    std::string text;
    if (task) {
        text += ", " + run.task;
    }
    if (model) {
        text += ", " + run.model;
    }
    return text;
}

} // namespace

std::vector<std::size_t> legendOrder(std::span<const record::Run> runs) {
    std::vector<std::size_t> order(runs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t index) { return orderKey(runs[index]); });
    return order;
}

std::vector<RunLabel> labelRuns(std::span<const record::Run> runs) {
    const bool task = differs(runs, &record::Run::task);
    const bool model = differs(runs, &record::Run::model);
    std::map<std::string, int> ofGroup, ofMethod;
    for (const record::Run& run : runs) {
        ++ofGroup[run.method + context(run, task, model)];
        ++ofMethod[run.method];
    }
    std::vector<RunLabel> labels(runs.size());
    std::map<std::string, int> shade, timesUsed;
    for (const std::size_t index : legendOrder(runs)) {
        const record::Run& run = runs[index];
        const std::string where = context(run, task, model);
        std::string name = methodName(run.method) + where;
        if (ofGroup[run.method + where] > 1) {
            name += ", seed " + std::to_string(run.seed);
        }
        if (const int times = ++timesUsed[name]; times > 1) {
            name += " (" + std::to_string(times) + ")";
        }
        labels[index] = {
            .name = name,
            .style = {.role = run.method, .shade = shade[run.method]++, .shades = ofMethod[run.method]}};
    }
    return labels;
}

std::vector<RunGroup> groupRuns(std::span<const record::Run> runs) {
    const bool task = differs(runs, &record::Run::task);
    const bool model = differs(runs, &record::Run::model);
    std::vector<RunGroup> groups;
    for (const std::size_t index : legendOrder(runs)) {
        const record::Run& run = runs[index];
        if (groups.empty() || groups.back().method != run.method || groups.back().task != run.task ||
            groups.back().model != run.model) {
            RunGroup& group = groups.emplace_back();
            group.name = methodName(run.method) + context(run, task, model);
            group.style.role = run.method;
            group.method = run.method;
            group.task = run.task;
            group.model = run.model;
        }
        groups.back().members.push_back(index);
    }
    std::map<std::string, int> ofMethod, shade;
    for (const RunGroup& group : groups) {
        ++ofMethod[group.method];
    }
    for (RunGroup& group : groups) {
        group.style.shade = shade[group.method]++;
        group.style.shades = ofMethod[group.method];
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

} // namespace finescope::figure
