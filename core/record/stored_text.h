#pragma once

#include "core/record/handle.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace finescope::record {

/// All strings of an attribute or a dataset, whatever their storage. `read` fills the memory it is given from
/// memory of the type it is given. Throws Error{badFile} through `site` for what is no text, for more than
/// `most` texts, and for texts of fixed length that claim more than `mostBytes`.
[[nodiscard]] std::vector<std::string> readTexts(const Site& site, const std::string& path, hid_t fileType,
                                                 hid_t space, std::uint64_t most, std::uint64_t mostBytes,
                                                 const std::function<herr_t(hid_t, void*)>& read);

} // namespace finescope::record
