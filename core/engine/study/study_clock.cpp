#include "core/engine/study/study_clock.h"

#include <algorithm>

namespace finescope::engine {

void StudyClock::began(const StudyCell& cell, double now) {
    m_running[cell.number] = {{cell.task, cell.method}, now};
}

void StudyClock::ended(const StudyCell& cell, double now, bool counts) {
    const auto running = m_running.extract(cell.number);
    if (running.empty() || !counts) {
        return;
    }
    const auto& [kind, since] = running.mapped();
    for (Mean* mean : {&m_means[kind], &m_all}) {
        mean->seconds += now - since;
        ++mean->runs;
    }
}

double StudyClock::expected(const Kind& kind) const {
    const auto own = m_means.find(kind);
    const Mean& mean = own == m_means.end() ? m_all : own->second;
    return mean.seconds / mean.runs;
}

std::optional<double> StudyClock::secondsLeft(const std::vector<const StudyCell*>& waiting, int jobs,
                                              double now) const {
    if (m_all.runs == 0) {
        return std::nullopt;
    }
    double work = 0;
    double longest = 0; // no number of jobs makes one run quicker
    const auto add = [&](double seconds) {
        work += seconds;
        longest = std::max(longest, seconds);
    };
    for (const auto& [number, running] : m_running) {
        add(std::max(0.0, expected(running.first) - (now - running.second)));
    }
    for (const StudyCell* cell : waiting) {
        add(expected({cell->task, cell->method}));
    }
    return std::max(work / jobs, longest);
}

} // namespace finescope::engine
