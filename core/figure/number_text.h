#pragma once

#include <string>

namespace finescope::figure {

/// Numbers as text, whatever the locale: a decimal point and, in `fixed`, `percent` and `significant`, a true
/// minus sign. NaN gives "NaN".

/// Shortest text that reads back as the same double (at most 17 digits), with an ASCII hyphen: for data
/// files.
[[nodiscard]] std::string exact(double value);
/// "12.30": `decimals` digits after the point.
[[nodiscard]] std::string fixed(double value, int decimals);
/// "21.2 %" of the fraction 0.2116 with one decimal.
[[nodiscard]] std::string percent(double fraction, int decimals = 1);
/// `digits` significant digits, plain between 1e-3 and 1e5 (trailing zeros kept: "0.960"), else "7.39e8".
[[nodiscard]] std::string significant(double value, int digits);

} // namespace finescope::figure
