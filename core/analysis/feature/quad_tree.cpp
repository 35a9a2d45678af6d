#include "core/analysis/feature/quad_tree.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace finescope::analysis {

namespace {
constexpr int kDeepest = 48; // points that are still together then are as good as equal
} // namespace

QuadTree::QuadTree(const MatrixViewD& points) : m_points(points) {
    m_order.resize(static_cast<std::size_t>(points.rows()));
    std::iota(m_order.begin(), m_order.end(), 0);
    m_nodes.reserve(2 * m_order.size());
    const Eigen::RowVector2d low = points.colwise().minCoeff(), high = points.colwise().maxCoeff();
    build(low.x(), low.y(), (high - low).maxCoeff(), 0, static_cast<std::int32_t>(points.rows()), 0);
}

void QuadTree::build(double left, double bottom, double width, std::int32_t begin, std::int32_t end,
                     int depth) {
    const std::size_t index = m_nodes.size();
    Node& node = m_nodes.emplace_back();
    node.begin = begin;
    node.end = end;
    node.width = width;
    for (std::int32_t i = begin; i < end; ++i) {
        const std::int32_t point = m_order[static_cast<std::size_t>(i)];
        node.x += m_points(point, 0);
        node.y += m_points(point, 1);
    }
    node.x /= end - begin;
    node.y /= end - begin;
    node.leaf = end - begin == 1 || depth == kDeepest || !(width > 0);
    if (!node.leaf) {
        const double half = width / 2, middleX = left + half, middleY = bottom + half;
        const auto at = [&](std::int32_t i) { return m_order.begin() + i; };
        const auto isLow = [&](std::int32_t point) { return m_points(point, 1) < middleY; };
        const auto isLeft = [&](std::int32_t point) { return m_points(point, 0) < middleX; };
        const auto split = [&](std::int32_t from, std::int32_t to, const auto& first) {
            return static_cast<std::int32_t>(std::stable_partition(at(from), at(to), first) -
                                             m_order.begin());
        };
        const std::int32_t rows = split(begin, end, isLow);
        const std::array<std::int32_t, 5> bounds{begin, split(begin, rows, isLeft), rows,
                                                 split(rows, end, isLeft), end};
        for (std::size_t child = 0; child < 4; ++child) {
            if (bounds[child] < bounds[child + 1]) {
                build(child % 2 == 0 ? left : middleX, child < 2 ? bottom : middleY, half, bounds[child],
                      bounds[child + 1], depth + 1);
            }
        }
    }
    m_nodes[index].after = static_cast<std::int32_t>(m_nodes.size());
}

QuadTree::Repulsion QuadTree::repulsionOn(Eigen::Index point, double theta) const {
    const double x = m_points(point, 0), y = m_points(point, 1);
    Repulsion sum;
    const auto add = [&](double otherX, double otherY, double count) {
        const double dx = x - otherX, dy = y - otherY;
        const double weight = 1 / (1 + dx * dx + dy * dy);
        sum.weight += count * weight;
        sum.forceX += count * weight * weight * dx;
        sum.forceY += count * weight * weight * dy;
    };
    const double thetaSquared = theta * theta;
    for (std::size_t index = 0; index < m_nodes.size();) {
        const Node& node = m_nodes[index];
        const double dx = x - node.x, dy = y - node.y;
        if (node.leaf) {
            for (std::int32_t i = node.begin; i < node.end; ++i) {
                const std::int32_t other = m_order[static_cast<std::size_t>(i)];
                if (other != point) {
                    add(m_points(other, 0), m_points(other, 1), 1);
                }
            }
            index = static_cast<std::size_t>(node.after);
        } else if (node.width * node.width < thetaSquared * (dx * dx + dy * dy)) {
            add(node.x, node.y, node.end - node.begin);
            index = static_cast<std::size_t>(node.after);
        } else {
            ++index;
        }
    }
    return sum;
}

} // namespace finescope::analysis
