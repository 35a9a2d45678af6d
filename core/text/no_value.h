#pragma once

#include <string_view>

namespace finescope::text {

/// What pandas (of the paper's time) reads as a missing value: an empty text, NA, NaN, null and the like.
[[nodiscard]] bool isMissingValue(std::string_view text);

/// Whether what stands where a label should be says that there is none: a missing value, "-", "None", or a
/// number that data sets write for it, -1 and -100. Spaces around it do not matter.
[[nodiscard]] bool saysNoLabel(std::string_view text);
[[nodiscard]] bool saysNoLabel(double number);

} // namespace finescope::text
