#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace finescope::text {

/// "1 row", "3 rows", "0 rows".
[[nodiscard]] std::string counted(std::int64_t number, const std::string& one, const std::string& several);

/// "a, b, c, ... (150000 in all)": the first of many names out of files, each as `shown` shows it; one
/// without a letter is "(no name)".
[[nodiscard]] std::string listed(const std::vector<std::string>& names, std::size_t most = 12);

/// "a, b and c" with the word "and"; "a" of one. Names are taken as they are.
[[nodiscard]] std::string enumerated(const std::vector<std::string>& names, const std::string& word);

} // namespace finescope::text
