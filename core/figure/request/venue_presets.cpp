#include "core/figure/request/venue_presets.h"

#include "core/error.h"

#include <algorithm>
#include <array>

namespace finescope::figure {

namespace {

constexpr double kInch = 25.4;
constexpr double kTexPoint = 25.4 / 72.27;

constexpr std::array kPresets{
    VenuePreset{"neurips", 5.5 * kInch, 9, "NeurIPS, text width"},
    VenuePreset{"iclr", 5.5 * kInch, 9, "ICLR, text width"},
    VenuePreset{"icml", 3.25 * kInch, 8, "ICML, one column"},
    VenuePreset{"icml-full", 6.75 * kInch, 8, "ICML, both columns"},
    VenuePreset{"aistats", 3.25 * kInch, 8, "AISTATS, one column"},
    VenuePreset{"aistats-full", 6.75 * kInch, 8, "AISTATS, both columns"},
    VenuePreset{"uai", 3.25 * kInch, 8, "UAI, one column"},
    VenuePreset{"uai-full", 6.75 * kInch, 8, "UAI, both columns"},
    VenuePreset{"cvpr", 3.25 * kInch, 8, "CVPR, one column"},
    VenuePreset{"cvpr-full", 6.875 * kInch, 8, "CVPR, both columns"},
    VenuePreset{"aaai", 3.3 * kInch, 8, "AAAI, one column"},
    VenuePreset{"aaai-full", 6.975 * kInch, 8, "AAAI, both columns"},
    VenuePreset{"acl", 219.0862 * kTexPoint, 8, "ACL, EMNLP, NAACL, one column"},
    VenuePreset{"acl-full", 455.2441 * kTexPoint, 8, "ACL, EMNLP, NAACL, both columns"},
    VenuePreset{"tmlr", 6.5 * kInch, 9, "TMLR, text width"},
    VenuePreset{"jmlr", 6.0 * kInch, 9, "JMLR, text width"},
    VenuePreset{"eccv", 122.0, 8, "ECCV, text width"},
    VenuePreset{"beamer", 398.3386 * kTexPoint, 9, "Beamer 16:9, slide width"},
};

} // namespace

std::span<const VenuePreset> venuePresets() {
    return kPresets;
}

const VenuePreset& venuePreset(std::string_view name) {
    const auto found = std::ranges::find(kPresets, name, &VenuePreset::name);
    if (found == kPresets.end()) {
        std::string names;
        for (const VenuePreset& preset : kPresets) {
            names += (names.empty() ? "" : ", ") + std::string(preset.name);
        }
        throw Error(ErrorKind::badInput, "no preset '" + std::string(name) + "'; there are: " + names);
    }
    return *found;
}

} // namespace finescope::figure
