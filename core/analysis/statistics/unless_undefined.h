#pragma once

#include "core/error.h"

#include <optional>

namespace finescope::analysis {

/// Absent for a quantity that these data do not have (Error{numeric}: no direction, no spread); every other
/// error passes.
template <typename Compute>
auto unlessUndefined(Compute&& compute) -> std::optional<decltype(compute())> {
    try {
        return compute();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::numeric) {
            throw;
        }
        return std::nullopt;
    }
}

} // namespace finescope::analysis
