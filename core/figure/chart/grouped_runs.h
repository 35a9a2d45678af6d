#pragma once

#include "core/figure/label/dataset.h"
#include "core/figure/label/variant.h"
#include "core/record/run.h"

#include <cstddef>
#include <span>
#include <vector>

namespace finescope::figure {

/// A set of runs with what tables group them by, found out once. The runs outlive it.
class GroupedRuns {
public:
    explicit GroupedRuns(std::span<const record::Run> runs);

    [[nodiscard]] std::span<const record::Run> runs() const { return m_runs; }
    [[nodiscard]] const std::vector<Dataset>& datasets() const { return m_datasets; }
    [[nodiscard]] const std::vector<Variant>& variants() const { return m_variants; }
    [[nodiscard]] const Variant& variantOf(std::size_t run) const { return m_variantOf[run]; }

    /// Indices of the runs of a data set, and of one variant of it, by seed.
    [[nodiscard]] std::vector<std::size_t> members(const Dataset& dataset) const;
    [[nodiscard]] std::vector<std::size_t> members(const Dataset& dataset, const Variant& variant) const;

private:
    std::span<const record::Run> m_runs;
    std::vector<Dataset> m_datasets;
    std::vector<Variant> m_variants;
    std::vector<std::size_t> m_order;
    std::vector<Variant> m_variantOf;
};

} // namespace finescope::figure
