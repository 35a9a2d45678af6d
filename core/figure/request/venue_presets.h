#pragma once

#include <span>
#include <string>
#include <string_view>

namespace finescope::figure {

/// Width of a figure at a venue and the size its labels should have there. Widths as tueplots and the venues'
/// style files give them (1 in = 25.4 mm, 1 TeX pt = 1/72.27 in).
struct VenuePreset {
    std::string_view name;
    double widthMm = 0;
    double fontPt = 8;
    std::string_view description;
};

[[nodiscard]] std::span<const VenuePreset> venuePresets();

/// Throws Error{badInput} listing the presets that exist.
[[nodiscard]] const VenuePreset& venuePreset(std::string_view name);

} // namespace finescope::figure
