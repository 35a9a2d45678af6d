#include "core/engine/torch_error.h"

#include <string>

namespace finescope::engine {

Error fromTorch(const c10::Error& error, const char* doing, const char* remedy) {
    const std::string what = error.what_without_backtrace();
    if (what.find("alloc") != std::string::npos && what.find("memory") != std::string::npos) {
        return {ErrorKind::internal,
                std::string("out of memory while ") + doing + ": " + remedy + " (" + what + ")"};
    }
    return {ErrorKind::internal, "LibTorch failed while " + std::string(doing) + ": " + what};
}

} // namespace finescope::engine
