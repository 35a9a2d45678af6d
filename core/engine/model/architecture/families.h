#pragma once

#include "core/engine/model/architecture/family.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

extern const Family kBert, kRoberta, kXlmRoberta, kCamembert, kDistilBert, kElectra, kMpnet, kModernBert,
    kDebertaV2, kGpt2, kLlama, kMistral, kQwen2, kQwen3;

/// The families of encoders that are known, in the order in which texts name them.
inline constexpr std::array kFamilies{&kBert,    &kRoberta, &kXlmRoberta, &kCamembert, &kDistilBert,
                                      &kElectra, &kMpnet,   &kModernBert, &kDebertaV2, &kGpt2,
                                      &kLlama,   &kMistral, &kQwen2,      &kQwen3};

/// Null where there is none of that name.
[[nodiscard]] const Family* findFamily(std::string_view name);
/// Throws Error{badInput} where there is none.
[[nodiscard]] const Family& familyOf(std::string_view name);
/// Those that `verify` measures the theory on.
[[nodiscard]] std::vector<const Family*> verifiedFamilies();
/// All names, in quotes: "a", "b" or "c".
[[nodiscard]] std::string familyNames();

} // namespace finescope::engine
