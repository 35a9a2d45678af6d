#pragma once

#include "core/error.h"

#include <exception>
#include <new>
#include <string>

namespace finescope {

/// An exception that is no Error, in words for a user: memory that ran out is nobody's fault; everything else
/// is ours and asks to be reported. For the two places where exceptions become messages.
[[nodiscard]] inline Error fromUnexpected(const std::exception& exception) {
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) {
        return {ErrorKind::internal, "not enough memory: close other programs, or use less data at once"};
    }
    return {ErrorKind::internal, std::string("an internal error of finescope (") + exception.what() +
                                     "); please report it with what you did and the file"};
}

} // namespace finescope
