#pragma once

#include "core/engine/study/study_cells.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace finescope::engine {

/// Estimates how long a study will still take from what its runs took: a run as long as the others of its
/// task and method on average; while there are none, as all runs. Times are seconds of any one clock.
class StudyClock {
public:
    void began(const StudyCell& cell, double now);
    /// `counts`: whether its time says something of other runs; not if it failed or was there already.
    void ended(const StudyCell& cell, double now, bool counts);
    /// `waiting`: what has not begun. Absent until a run has ended.
    [[nodiscard]] std::optional<double> secondsLeft(const std::vector<const StudyCell*>& waiting, int jobs,
                                                    double now) const;

private:
    struct Mean {
        double seconds = 0;
        int runs = 0;
    };
    using Kind = std::pair<std::string, std::string>; ///< task and method

    [[nodiscard]] double expected(const Kind& kind) const;

    std::map<Kind, Mean> m_means;
    Mean m_all;
    std::map<std::size_t, std::pair<Kind, double>> m_running; ///< by number: since when
};

} // namespace finescope::engine
