#pragma once

#include <stdexcept>
#include <string>

namespace finescope {

/// What went wrong, as far as the caller has to tell cases apart.
enum class ErrorKind {
    badInput,  ///< the user asked for something that cannot be done (exit status 2)
    badFile,   ///< a file is missing, unreadable or not what it should be (exit status 2)
    numeric,   ///< a computation left the finite numbers or did not converge (exit status 1)
    cancelled, ///< the user stopped it (exit status 1)
    internal,  ///< a library or the machine failed: disk full, out of memory (exit status 1)
};

/// The one exception type of core. The message names the object, what was expected, what was found and what
/// to do. It becomes a value at two seams only: the edge of a worker thread, and main.
class Error : public std::runtime_error {
public:
    Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), m_kind(kind) {}

    [[nodiscard]] ErrorKind kind() const noexcept { return m_kind; }

private:
    ErrorKind m_kind;
};

/// The exit status for an error of this kind (architecture.md, Commands): 1 failed while working, 2 wrong
/// usage or unusable input.
[[nodiscard]] constexpr int exitStatus(ErrorKind kind) noexcept {
    return kind == ErrorKind::badInput || kind == ErrorKind::badFile ? 2 : 1;
}

} // namespace finescope
