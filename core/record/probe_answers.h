#pragma once

#include <cstddef>
#include <cstdint>

namespace finescope::record {

/// The child of FileProbe: reads names of files from `in`, each ended by a zero byte, and reads each of those
/// files as a later reading might. Answers with one line on `out`: "ok DEVICE INODE", or "bad MESSAGE". A
/// file that takes too long ends the process by SIGALRM. Returns when `in` ends.
void answerProbes(int in, int out);

/// Seconds that a file of so many bytes may take.
[[nodiscard]] unsigned probeSeconds(std::uint64_t fileBytes);

/// An answer is at most so long.
inline constexpr std::size_t kLongestAnswer = 4096;

} // namespace finescope::record
