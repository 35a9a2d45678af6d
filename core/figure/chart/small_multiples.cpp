#include "core/figure/chart/small_multiples.h"

namespace finescope::figure {

void layOutSmallMultiples(Figure& figure) {
    const std::size_t count = figure.panels.size();
    const std::size_t columns = count == 1 ? 1 : count <= 4 ? 2 : 3;
    figure.columns = static_cast<int>(columns);
    figure.panels[(count - 1) / columns * columns].legend = Legend::below;
}

} // namespace finescope::figure
