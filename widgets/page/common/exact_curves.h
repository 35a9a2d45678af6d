#pragma once

#include "widgets/page/common/background.h"
#include "widgets/page/common/prepared_run.h"

#include <functional>
#include <map>
#include <memory>
#include <span>

namespace finescope::widgets {

/// The curves over temperature of large runs, which were prepared with those of the table: computed exactly
/// while the others are shown, so that what is copied is exact. GUI thread.
class ExactCurves {
public:
    using Run = std::shared_ptr<const PreparedRun>;

    /// `arrived` is called after each curve that of() now gives instead of the run's own. The context
    /// outlives this.
    ExactCurves(Background& background, QObject& context, std::function<void()> arrived);

    /// Has the missing ones of these runs computed, one request after the other so that other work comes
    /// between; forgets the curves of all other runs.
    void complete(std::span<const Run> runs);

    /// The exact curve where it is known, else the one that the run was prepared with.
    [[nodiscard]] const figure::TemperatureCurve& of(const Run& run) const;

private:
    void ask();

    Background& m_background;
    QObject& m_context;
    std::function<void()> m_arrived;
    std::vector<Run> m_missing;
    std::map<Run, figure::TemperatureCurve> m_known;
};

} // namespace finescope::widgets
