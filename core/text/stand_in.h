#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace finescope::text {

/// What lies where a file should be, told by how it begins, and what to do about it: "is a Git LFS pointer,
/// not the file itself: ..."; nothing for anything else. Known are Git LFS and git-annex pointers, web pages,
/// and the answers of servers that a download saved in the file's place. `beginning`: the file's first
/// kStandInBytes, or all of it.
[[nodiscard]] std::optional<std::string> standInFor(std::string_view beginning);

inline constexpr std::size_t kStandInBytes = 1024;

/// What a file is that should be text and is written in another format, and how to make it text: "is
/// compressed by gzip: ..."; nothing for text in UTF-8. Known are compressed files, workbooks, archives,
/// UTF-16 and the binary formats of tables. `beginning`: as above.
[[nodiscard]] std::optional<std::string> binaryInPlaceOfText(std::string_view beginning);

/// Throws Error{badFile} "FILE is a Git LFS pointer, ..." if the file is a stand-in. A file that cannot be
/// read is none: whoever reads it says so.
void refuseStandIn(const std::filesystem::path& file);

} // namespace finescope::text
