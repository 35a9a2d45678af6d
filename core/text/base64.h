#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace finescope::text {

/// The bytes that a text in base64 stands for, with its padding; nullopt if it is none. RFC 4648, section 4.
[[nodiscard]] std::optional<std::string> fromBase64(std::string_view text);

} // namespace finescope::text
