#pragma once

#include "core/engine/model/architecture/family.h"

#include <cstdint>
#include <string>
#include <vector>

namespace finescope::engine {

/// Collects the names of weights whose names begin alike.
class WeightNames {
public:
    /// `ours` and `theirs` come before all names.
    WeightNames(std::string ours, std::string theirs);

    WeightNames& weight(const std::string& ours, const std::string& theirs, std::vector<std::int64_t> shape);
    /// A linear layer's weight [out, in] and bias [out].
    WeightNames& linear(const std::string& ours, const std::string& theirs, std::int64_t out, std::int64_t in,
                        bool biased = true, bool transposed = false);
    /// A norm's weight and bias.
    WeightNames& norm(const std::string& ours, const std::string& theirs, std::int64_t width,
                      bool biased = true);
    /// Linear layers of `out` outputs each that a file holds as one, one below the other.
    WeightNames& fused(const std::vector<std::string>& ours, const std::string& theirs, std::int64_t out,
                       std::int64_t in, bool biased, bool transposed = false);

    [[nodiscard]] const std::vector<WeightName>& all() const { return m_names; }

private:
    std::string m_ours, m_theirs;
    std::vector<WeightName> m_names;
};

} // namespace finescope::engine
