#pragma once

#include <string>
#include <string_view>

namespace finescope::text {

/// Text out of a file as a message shows it: at most 80 characters, the rest cut off and marked by an
/// ellipsis; control characters (also those that turn the direction of writing or break a line) and what is
/// not UTF-8 become U+FFFD. So no file can fill a terminal, move its cursor or hide the end of a message.
[[nodiscard]] std::string shown(std::string_view text);

/// The same of a whole message or of a line for the terminal, in which a name may be anybody's: nothing is
/// cut off.
[[nodiscard]] std::string oneLine(std::string_view text);

} // namespace finescope::text
