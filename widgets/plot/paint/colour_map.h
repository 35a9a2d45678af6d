#pragma once

#include "core/figure/figure.h"

#include <QImage>
#include <QRgb>

#include <memory>
#include <vector>

namespace finescope::widgets {

/// viridis at t in [0, 1]: linear between sixteen of its entries. Source: Smith and van der Walt 2015 (CC0).
[[nodiscard]] QRgb viridis(double t);

/// Blue over white to red at t in [-1, 1], of even lightness on both sides.
[[nodiscard]] QRgb diverging(double t);

/// The picture of a heat map: a pixel for each cell, row 0 at the bottom; cells without a value are
/// transparent. Colours have 1,024 steps.
class HeatImage {
public:
    /// Does nothing if neither cells nor colours changed; other colours for the same cells are cheap (8 ms
    /// for 2,000 x 2,000).
    void show(const figure::HeatMap& map);
    void clear();
    [[nodiscard]] bool empty() const { return m_levels.empty(); }
    /// To be drawn this many pixels wide: with fewer pixels than cells, cells are averaged, not left out.
    [[nodiscard]] const QImage& image(double width);

private:
    void takeValues(const figure::HeatMap& map);
    void colour(const figure::Range& range);

    std::shared_ptr<const figure::HeatCells> m_cells;
    std::vector<float> m_values; ///< as the colour scale has them: logarithms where it is logarithmic
    figure::Scale m_scale = figure::Scale::linear;
    bool m_diverging = false;
    figure::Range m_range;
    std::vector<QImage> m_levels; ///< all cells, then each half as large as the one before, as far as asked
};

} // namespace finescope::widgets
