#include "core/figure/label/method_name.h"

#include <algorithm>
#include <array>
#include <utility>

namespace finescope::figure {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMethods{{
    {"pretrained", "Pre-trained"},
    {"lp", "LP"},
    {"ft", "FT"},
    {"lora", "LoRA"},
    {"lp-ft", "LP-FT"},
    {"lp-lora", "LP-LoRA"},
}};

} // namespace

std::string methodName(std::string_view method) {
    const auto found = std::ranges::find(kMethods, method, [](const auto& entry) { return entry.first; });
    return std::string(found == kMethods.end() ? method : found->second);
}

int methodOrder(std::string_view method) {
    const auto found = std::ranges::find(kMethods, method, [](const auto& entry) { return entry.first; });
    return static_cast<int>(found - kMethods.begin());
}

} // namespace finescope::figure
