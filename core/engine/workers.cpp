#include "core/engine/workers.h"

#include <torch/torch.h>

namespace finescope::engine {

analysis::LoopOptions torchWorkers(const std::stop_token& stop) {
    return {.sharing = analysis::Sharing::fixed, .stop = stop, .atStart = [] { at::set_num_threads(1); }};
}

} // namespace finescope::engine
