#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace finescope::widgets {

/// The text with this keyword in the bytes of a PNG (chunks tEXt, zTXt and iTXt), the first if there are
/// several; nullopt if there is none. Other texts are passed over as they are: nothing but the one text is
/// inflated, and that only up to `mostBytes`. Throws Error{badInput} naming the limit if it has more, and
/// Error{badFile} if it cannot be inflated.
[[nodiscard]] std::optional<QString> pngText(const QByteArray& png, const QByteArray& keyword,
                                             qsizetype mostBytes);

} // namespace finescope::widgets
