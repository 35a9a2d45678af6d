#include "core/figure/request/checks.h"

#include <cmath>

namespace finescope::figure {

void requireTemperature(const TemperatureChoice& temperature) {
    if (!temperature.fitted && !(std::isfinite(temperature.value) && temperature.value > 0)) {
        throw Error(ErrorKind::badInput, "temperature must be a number above 0, or 'fitted'");
    }
}

} // namespace finescope::figure
