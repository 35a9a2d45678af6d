#pragma once

#include "core/error.h"

#include <functional>
#include <string>

namespace finescope::analysis {

/// What long work tells and asks. Both may be empty; they are called from any thread, never from two at once.
struct WorkHooks {
    std::function<void(double fraction)> onProgress; ///< 0..1, rising
    std::function<bool()> cancelled;                 ///< true: Error{cancelled} at the next opportunity
};

/// Throws Error{cancelled} that names `what` if the hooks say so.
inline void throwIfCancelled(const WorkHooks& hooks, const std::string& what) {
    if (hooks.cancelled && hooks.cancelled()) {
        throw Error(ErrorKind::cancelled, what + " was cancelled");
    }
}

/// The hooks of a part of the work that lies between two fractions of it.
[[nodiscard]] inline WorkHooks part(const WorkHooks& hooks, double from, double to) {
    WorkHooks inner{.onProgress = {}, .cancelled = hooks.cancelled};
    if (hooks.onProgress) {
        inner.onProgress = [report = hooks.onProgress, from, to](double fraction) {
            report(from + fraction * (to - from));
        };
    }
    return inner;
}

} // namespace finescope::analysis
