#pragma once

#include "core/error.h"

#include <c10/util/Exception.h>

#include <utility>

namespace finescope::engine {

/// What to do where memory is short, unless another remedy is given.
inline constexpr const char* kFewerTokens = "use a smaller --batch-size or --max-length";
inline constexpr const char* kLessMemory = "give less --memory, fewer samples, or --device cpu";

/// What c10::Error says, without its backtrace, as an Error; out-of-memory in plain words, with the remedy.
[[nodiscard]] Error fromTorch(const c10::Error& error, const char* doing, const char* remedy = kFewerTokens);

/// Runs `body`; a c10::Error leaves as a finescope::Error. `doing` completes "while ...".
template <typename Body>
decltype(auto) rewrapTorch(const char* doing, Body&& body, const char* remedy = kFewerTokens) {
    try {
        return std::forward<Body>(body)();
    } catch (const c10::Error& error) {
        throw fromTorch(error, doing, remedy);
    }
}

} // namespace finescope::engine
