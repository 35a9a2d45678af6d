#pragma once

#include "core/error.h"

#include <string>

namespace finescope::tests {

/// What the Error says that `body` throws; "wrong kind" or "no error" where it is no such one.
template <typename Body>
std::string errorOf(Body&& body, ErrorKind kind = ErrorKind::badFile) {
    try {
        body();
    } catch (const Error& error) {
        return error.kind() == kind ? error.what() : "wrong kind";
    }
    return "no error";
}

} // namespace finescope::tests
