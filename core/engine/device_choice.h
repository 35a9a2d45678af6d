#pragma once

namespace finescope::engine {

/// On what a run is computed. Apart from device.h, so that whoever plans a run needs no LibTorch.
enum class DeviceChoice { automatic, cpu, cuda };

} // namespace finescope::engine
