#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

/// What a run file may claim. More is refused, with the number and the limit: a small file must not take much
/// memory or time, whatever it says of itself.
namespace finescope::record::limits {

inline constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;

/// Memory for what is read at one look, and for all that a run says can be read of it: this much, or so many
/// times the file, whichever is more. Gzip makes constant columns thousands of times smaller, whole runs
/// never.
inline constexpr std::uint64_t kAlwaysAllowed = 128 * kMebibyte;
inline constexpr std::uint64_t kTimesTheFile = 16;
/// Deflate, the only compression that is read, stores at most 1032 bytes in one (zlib, "maximally
/// compressed").
inline constexpr std::uint64_t kLargestExpansion = 1032;
/// What may be inflated to read all rows of a dataset one by one: this much, or so many times the file.
inline constexpr std::uint64_t kAlwaysInflated = 4096 * kMebibyte;
inline constexpr std::uint64_t kInflatedTimesTheFile = 64;
/// Of a dataset so many bytes may stand for values that were never written.
inline constexpr std::uint64_t kNeverWritten = kMebibyte;
inline constexpr std::uint64_t kMostChunks = 1'000'000; ///< of one dataset

inline constexpr std::uint64_t kMostColumns = 4'096; ///< members of /steps or /epochs
inline constexpr std::uint64_t kMostEvaluations =
    20'000; ///< rows of /epochs, /classifier or a split's logits
inline constexpr std::uint64_t kMostSplits = 256;
inline constexpr std::uint64_t kMostKernels = 64;
inline constexpr std::uint64_t kMostLayers = 4'096;

/// a * b, or the largest number where that is too large.
[[nodiscard]] constexpr std::uint64_t times(std::uint64_t a, std::uint64_t b) {
    constexpr auto kLargest = std::numeric_limits<std::uint64_t>::max();
    return a != 0 && b > kLargest / a ? kLargest : a * b;
}

/// What a file of so many bytes may take in memory.
[[nodiscard]] constexpr std::uint64_t memoryOf(std::uint64_t fileBytes) {
    const auto share = times(fileBytes, kTimesTheFile);
    return share > kAlwaysAllowed ? share : kAlwaysAllowed;
}

/// What may be inflated of a dataset in a file of so many bytes.
[[nodiscard]] constexpr std::uint64_t inflatedOf(std::uint64_t fileBytes) {
    const auto share = times(fileBytes, kInflatedTimesTheFile);
    return share > kAlwaysInflated ? share : kAlwaysInflated;
}

} // namespace finescope::record::limits
