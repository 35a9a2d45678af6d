#pragma once

#include "core/error.h"

#include <cstddef>
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

/// Tells the hooks that `done` of `total` equal parts of the work are done.
inline void reportProgress(const WorkHooks& hooks, int done, int total) {
    if (hooks.onProgress) {
        hooks.onProgress(static_cast<double>(done) / static_cast<double>(total));
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

/// The hooks of one of `total` equal parts of the work, counted from 0.
[[nodiscard]] inline WorkHooks equalPart(const WorkHooks& hooks, std::size_t index, std::size_t total) {
    const auto from = static_cast<double>(index), all = static_cast<double>(total);
    return part(hooks, from / all, (from + 1) / all);
}

} // namespace finescope::analysis
