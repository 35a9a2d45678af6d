#include "core/engine/study/study_cells.h"

#include "core/error.h"

#include <algorithm>
#include <map>

namespace finescope::engine {

namespace {

std::string kernelState(Method method, const Settings& kernel) {
    const auto state = kernel.find("state");
    if (state == kernel.end() || state->second == "auto") {
        return probes(method) ? "after_lp" : "pretrained";
    }
    return state->second.get<std::string>();
}

class Expansion {
public:
    explicit Expansion(const Study& study) : m_study(study) {}

    StudyCells expand() {
        std::vector<std::optional<std::size_t>> searches;
        eachGroup([&](const Group& group) { searches.push_back(addSearch(group)); });
        std::size_t next = 0;
        eachGroup([&](const Group& group) { addRuns(group, searches[next++]); });
        requireDistinctNames();
        return std::move(m_result);
    }

private:
    struct Group {
        const StudyTask& task;
        const StudyMethod& method;
        const StudyModel& model;
    };

    template <typename Visit>
    void eachGroup(const Visit& visit) const {
        for (const StudyTask& task : m_study.tasks) {
            for (const StudyMethod& method : task.methods) {
                for (const StudyModel& model : m_study.models) {
                    visit(Group{task, method, model});
                }
            }
        }
    }

    /// `variant` sets runs of one group and seed apart.
    StudyCell cell(const Group& group, std::int64_t seed, const std::string& variant) const {
        StudyCell cell;
        cell.number = m_result.cells.size();
        cell.task = group.task.name;
        cell.model = group.model.name;
        cell.method = methodName(group.method.method);
        cell.seed = seed;
        cell.settings = group.method.level.train;
        cell.name = cell.task + '-' + cell.method + "-seed" + std::to_string(seed) + variant +
                    (m_study.models.size() > 1 ? '-' + cell.model : "");
        cell.arguments = {"--model", group.model.folder.string(), "--task",   group.task.catalogue,
                          "--data",  group.task.data.string(),    "--method", cell.method,
                          "--seed",  std::to_string(seed)};
        for (const OutOfDistributionSet& set : group.task.outOfDistribution) {
            cell.arguments.insert(cell.arguments.end(), {"--ood", set.name + '=' + set.folder.string()});
        }
        return cell;
    }

    std::optional<std::size_t> addSearch(const Group& group) {
        const StudyLevel& level = group.method.level;
        if (!fineTunes(group.method.method) || !level.grid || level.grid->empty()) {
            return std::nullopt;
        }
        const std::size_t index = m_result.searches.size();
        GridSearch search{group.task.name,
                          group.model.name,
                          methodName(group.method.method),
                          group.task.catalogue,
                          group.task.data,
                          *level.grid,
                          {}};
        for (const Settings& candidate : search.candidates) {
            std::string variant;
            for (const auto& [key, letters] : {std::pair{"learning_rate", "-lr"}, {"batch_size", "-bs"}}) {
                if (const auto found = candidate.find(key); found != candidate.end()) {
                    variant += letters + settingText(found->second);
                }
            }
            search.cells.emplace_back();
            for (const std::int64_t seed : *level.tuningSeeds) {
                StudyCell tuning = cell(group, seed, variant);
                tuning.isTuning = true;
                tuning.search = index;
                for (const auto& [key, value] : candidate) {
                    tuning.settings[key] = value;
                }
                search.cells.back().push_back(tuning.number);
                m_result.cells.push_back(std::move(tuning));
            }
        }
        m_result.searches.push_back(std::move(search));
        return index;
    }

    void addRuns(const Group& group, std::optional<std::size_t> search) {
        const Method method = group.method.method;
        const StudyLevel& level = group.method.level;
        std::vector<std::optional<double>> scales = {std::nullopt};
        if (fineTunes(method) && level.classifierScales && !level.classifierScales->empty()) {
            scales.assign(level.classifierScales->begin(), level.classifierScales->end());
        }
        for (const std::optional<double>& scale : scales) {
            for (const std::int64_t seed : *level.seeds) {
                StudyCell run = cell(group, seed, scale ? "-scale" + settingText(*scale) : "");
                run.search = search;
                if (scale) {
                    run.settings["classifier_scale"] = *scale;
                }
                const bool hasKernel =
                    !level.kernelSeeds || std::find(level.kernelSeeds->begin(), level.kernelSeeds->end(),
                                                    seed) != level.kernelSeeds->end();
                if (level.wantsKernel && hasKernel) {
                    run.kernel = level.kernel;
                    run.kernelState = kernelState(method, level.kernel);
                }
                m_result.cells.push_back(std::move(run));
            }
        }
    }

    void requireDistinctNames() const {
        std::map<std::string, const StudyCell*> names;
        for (const StudyCell& one : m_result.cells) {
            const auto [other, isNew] = names.emplace(one.name, &one);
            if (!isNew) {
                throw Error(ErrorKind::badInput, "study " + m_study.name + ": two runs would be called " +
                                                     one.name + ".h5: of task " + other->second->task +
                                                     " and of task " + one.task + "; rename one of them");
            }
        }
    }

    const Study& m_study;
    StudyCells m_result;
};

} // namespace

StudyCells expandCells(const Study& study) {
    return Expansion(study).expand();
}

std::size_t cellsOf(const StudyTask& task, std::size_t models) {
    std::size_t cells = 0;
    for (const StudyMethod& method : task.methods) {
        const StudyLevel& level = method.level;
        const bool tunes = fineTunes(method.method);
        const std::size_t scales = tunes && level.classifierScales ? level.classifierScales->size() : 0;
        cells += std::max<std::size_t>(1, scales) * level.seeds->size();
        cells +=
            tunes && level.grid && level.tuningSeeds ? level.grid->size() * level.tuningSeeds->size() : 0;
    }
    return cells * models;
}

} // namespace finescope::engine
