#include "core/engine/model/architecture/weight_names.h"

#include <utility>

namespace finescope::engine {

WeightNames::WeightNames(std::string ours, std::string theirs)
    : m_ours(std::move(ours)), m_theirs(std::move(theirs)) {}

WeightNames& WeightNames::weight(const std::string& ours, const std::string& theirs,
                                 std::vector<std::int64_t> shape) {
    m_names.push_back({m_ours + ours, m_theirs + theirs, std::move(shape)});
    return *this;
}

WeightNames& WeightNames::linear(const std::string& ours, const std::string& theirs, std::int64_t out,
                                 std::int64_t in, bool biased, bool transposed) {
    return fused({ours}, theirs, out, in, biased, transposed);
}

WeightNames& WeightNames::norm(const std::string& ours, const std::string& theirs, std::int64_t width,
                               bool biased) {
    weight(ours + ".weight", theirs + ".weight", {width});
    return biased ? weight(ours + ".bias", theirs + ".bias", {width}) : *this;
}

WeightNames& WeightNames::fused(const std::vector<std::string>& ours, const std::string& theirs,
                                std::int64_t out, std::int64_t in, bool biased, bool transposed) {
    for (const std::string& name : ours) {
        weight(name + ".weight", theirs + ".weight", {out, in});
        m_names.back().transposed = transposed;
    }
    if (biased) {
        for (const std::string& name : ours) {
            weight(name + ".bias", theirs + ".bias", {out});
        }
    }
    return *this;
}

} // namespace finescope::engine
