#pragma once

#include "core/error.h"

#include <c10/util/Exception.h>

#include <utility>

namespace finescope::engine {

/// What c10::Error says, without its backtrace, as an Error; out-of-memory in plain words.
[[nodiscard]] Error fromTorch(const c10::Error& error, const char* doing);

/// Runs `body`; a c10::Error leaves as a finescope::Error. `doing` completes "while ...".
template <typename Body>
decltype(auto) rewrapTorch(const char* doing, Body&& body) {
    try {
        return std::forward<Body>(body)();
    } catch (const c10::Error& error) {
        throw fromTorch(error, doing);
    }
}

} // namespace finescope::engine
