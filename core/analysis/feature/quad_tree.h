#pragma once

#include "core/matrix.h"

#include <cstdint>
#include <vector>

namespace finescope::analysis {

/// Points of the plane in nested squares, for sums over all pairs in O(N log N). Barnes and Hut 1986.
class QuadTree {
public:
    /// points [N, 2], N >= 1, finite.
    explicit QuadTree(const MatrixViewD& points);

    /// What all other points do to one: with w_j = 1 / (1 + ||y - y_j||^2), the sum of w_j and that of
    /// w_j^2 (y - y_j).
    struct Repulsion {
        double weight = 0;
        double forceX = 0, forceY = 0;
    };

    /// Squares whose width is less than `theta` times the distance to their centre of mass count as that many
    /// points there; 0: every point counts by itself.
    [[nodiscard]] Repulsion repulsionOn(Eigen::Index point, double theta) const;

private:
    /// A square with at least one point. Its points are m_order[begin..end); its children, if any, follow it,
    /// the next square that is none of them is `after`.
    struct Node {
        double x = 0, y = 0; ///< centre of mass
        double width = 0;
        std::int32_t begin = 0, end = 0;
        std::int32_t after = 0;
        bool leaf = true;
    };

    void build(double left, double bottom, double width, std::int32_t begin, std::int32_t end, int depth);

    MatrixD m_points;
    std::vector<std::int32_t> m_order;
    std::vector<Node> m_nodes; ///< depth first
};

} // namespace finescope::analysis
