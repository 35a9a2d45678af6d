#pragma once

#include <string>
#include <string_view>

namespace finescope::figure {

/// A method as people write it: "lp-ft" -> "LP-FT", "lora" -> "LoRA", "pretrained" -> "Pre-trained"; any
/// other string as it is.
[[nodiscard]] std::string methodName(std::string_view method);

/// Position of a method in every legend and table: pretrained, lp, ft, lora, lp-ft, lp-lora, then the rest.
[[nodiscard]] int methodOrder(std::string_view method);

} // namespace finescope::figure
