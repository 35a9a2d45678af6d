#include "core/engine/program_version.h"

namespace finescope::engine {

std::string programVersion() {
    return "finescope-engine " FINESCOPE_VERSION;
}

} // namespace finescope::engine
