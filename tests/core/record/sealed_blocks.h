#pragma once

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::tests {

/// A piece of an HDF5 file's structure that ends in a checksum of its bytes.
struct SealedBlock {
    std::size_t start = 0, size = 0; ///< without the checksum's four bytes
};

/// Such a piece of up to 8 KiB that begins there (HDF5 File Format Specification 3.0: superblock, object
/// headers, indexes and heaps).
[[nodiscard]] std::optional<SealedBlock> sealedBlockAt(std::string_view file, std::size_t start);

/// All of them.
[[nodiscard]] std::vector<SealedBlock> sealedBlocks(const std::string& file);

/// Gives a block that was changed a checksum that is right again.
void seal(std::string& file, const SealedBlock& block);

/// Changes one to three bytes of one of the blocks and gives it a checksum that is right again: what HDF5
/// then reads is senseless, and nothing but its sense tells.
void makeSenseless(std::string& file, const std::vector<SealedBlock>& blocks, std::mt19937& random);

} // namespace finescope::tests
