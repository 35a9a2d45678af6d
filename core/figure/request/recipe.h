#pragma once

#include "core/figure/figure_request.h"

#include <cstdint>
#include <string>

namespace finescope::figure {

/// What a figure on paper may be: for recipes, the command line, the export and its dialog.
inline constexpr Range kWidthMm{20, 2000}, kHeightMm{15, 2000}, kFontPt{3, 40}, kDpi{30, 2400};

/// How long the JSON of a recipe may be: room for the names of some ten thousand run files.
inline constexpr std::int64_t kMostRecipeBytes = std::int64_t{4} << 20U;

/// Throws Error{badInput} that calls the number `what` and names the range if it lies outside or is NaN.
void requireWithin(double value, const Range& range, const std::string& what, const std::string& unit);

/// The request as one line of JSON, in ASCII, that `requestFromJson` reads back; the same request gives the
/// same bytes.
[[nodiscard]] std::string requestToJson(const FigureRequest& request);

/// Missing keys keep their defaults. Throws Error{badInput} that starts with `where` (a file name) and names
/// the key if one is unknown, has the wrong type or an impossible value.
[[nodiscard]] FigureRequest requestFromJson(const std::string& text, const std::string& where);

/// Throws Error{badInput} if the request cannot be drawn: unknown kind, size, bins or temperature out of
/// range.
void validate(const FigureRequest& request);

} // namespace finescope::figure
