#include "core/figure/chart/grouped_runs.h"

#include "core/figure/label/run_style.h"

#include <algorithm>
#include <iterator>

namespace finescope::figure {

GroupedRuns::GroupedRuns(std::span<const record::Run> runs)
    : m_runs(runs), m_datasets(datasetsOf(runs)), m_variants(variantsOf(runs)), m_order(legendOrder(runs)),
      m_variantOf(variantOfEach(runs)) {}

std::vector<std::size_t> GroupedRuns::members(const Dataset& dataset) const {
    std::vector<std::size_t> found;
    std::ranges::copy_if(m_order, std::back_inserter(found),
                         [&](std::size_t index) { return datasetOf(m_runs[index]) == dataset; });
    return found;
}

std::vector<std::size_t> GroupedRuns::members(const Dataset& dataset, const Variant& variant) const {
    std::vector<std::size_t> found = members(dataset);
    std::erase_if(found, [&](std::size_t index) { return m_variantOf[index] != variant; });
    return found;
}

} // namespace finescope::figure
