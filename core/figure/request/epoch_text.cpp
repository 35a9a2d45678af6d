#include "core/figure/request/epoch_text.h"

#include "core/figure/number_text.h"

#include <charconv>
#include <cmath>

namespace finescope::figure {

namespace {

constexpr std::string_view kProbingPrefix = "lp:";

} // namespace

std::string epochText(const record::EpochKey& key) {
    return (key.stage == record::Stage::linearProbing ? std::string(kProbingPrefix) : std::string()) +
           exact(key.epoch);
}

std::optional<record::EpochKey> epochFromText(std::string_view text) {
    record::EpochKey key;
    if (text.starts_with(kProbingPrefix)) {
        key.stage = record::Stage::linearProbing;
        text.remove_prefix(kProbingPrefix.size());
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key.epoch);
    if (error != std::errc{} || end != text.data() + text.size() || !(key.epoch >= 0) ||
        !std::isfinite(key.epoch)) {
        return std::nullopt;
    }
    return key;
}

} // namespace finescope::figure
