#pragma once

#include "core/figure/figure.h"

#include <QString>
#include <QStringList>
#include <QVector>

#include <functional>

namespace finescope::widgets {

struct Ticks {
    QVector<double> at;
    QStringList labels;
    QVector<double> between; ///< unlabelled small ticks (logarithmic axes)
};

/// A number as read by people: proper minus sign, at most `digits` significant digits, powers of ten as
/// 3×10⁻⁵ outside [1e-4, 1e6).
[[nodiscard]] QString numberText(double value, int digits = 4);

/// Ticks of an axis over [low, high]. `room` says whether a label, centred at a tick, fits into the distance
/// between two neighbouring ticks that are `step` apart: in values on linear axes, in decades on logarithmic
/// ones.
using Room = std::function<bool(const QStringList& labels, double step)>;
[[nodiscard]] Ticks ticksFor(const figure::Axis& axis, figure::Scale scale, double low, double high,
                             const Room& room);

} // namespace finescope::widgets
