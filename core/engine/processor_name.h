#pragma once

#include <string>

namespace finescope::engine {

/// Which processor computes here, as Linux names it, with the widest vectors it has: "AMD EPYC, family 25,
/// model 17, avx512f". Two of one name round alike. "" where /proc/cpuinfo does not say.
[[nodiscard]] std::string processorName();

} // namespace finescope::engine
