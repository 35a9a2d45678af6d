#pragma once

#include "core/figure/figure.h"

#include <string>

namespace finescope::figure {

/// A pipe table as GitHub and pandoc read it, with caption above and notes below; emphasised cells in bold.
[[nodiscard]] std::string markdown(const Table& table);

} // namespace finescope::figure
