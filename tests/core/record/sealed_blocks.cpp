#include "tests/core/record/sealed_blocks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace finescope::tests {

namespace {

constexpr std::size_t kChecksumBytes = 4, kLargestBlock = 8192;

std::uint32_t littleEndian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        value = value << 8U | static_cast<unsigned char>(bytes[i]);
    }
    return value;
}

// Bob Jenkins' lookup3 with the initial value 0, which HDF5 uses for its metadata.
std::uint32_t checksum(std::string_view bytes) {
    const auto start = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
    std::uint32_t a = start, b = start, c = start;
    const auto step = [](std::uint32_t& x, std::uint32_t& y, std::uint32_t& z, int turn) {
        x -= z;
        x ^= std::rotl(z, turn);
        z += y;
    };
    const auto add = [&](std::string_view part) {
        const auto word = [&](std::size_t at) {
            return at < part.size() ? littleEndian(part.substr(at, 4)) : 0U;
        };
        a += word(0);
        b += word(4);
        c += word(8);
    };
    for (; bytes.size() > 12; bytes.remove_prefix(12)) {
        add(bytes.substr(0, 12));
        step(a, b, c, 4);
        step(b, c, a, 6);
        step(c, a, b, 8);
        step(a, b, c, 16);
        step(b, c, a, 19);
        step(c, a, b, 4);
    }
    if (bytes.empty()) {
        return c;
    }
    add(bytes);
    const auto close = [](std::uint32_t& x, std::uint32_t y, int turn) { x = (x ^ y) - std::rotl(y, turn); };
    close(c, b, 14);
    close(a, c, 11);
    close(b, a, 25);
    close(c, b, 16);
    close(a, c, 4);
    close(b, a, 14);
    close(c, b, 24);
    return c;
}

} // namespace

std::optional<SealedBlock> sealedBlockAt(std::string_view file, std::size_t start) {
    constexpr std::array<std::string_view, 16> kSignatures{"\211HDF", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB",
                                                           "BTHD",    "BTIN", "BTLF", "FAHD", "FADB", "EAHD",
                                                           "EAIB",    "EASB", "EADB", "SMTB"};
    if (start + 8 >= file.size() ||
        std::ranges::find(kSignatures, file.substr(start, 4)) == kSignatures.end()) {
        return std::nullopt;
    }
    const auto most = std::min(kLargestBlock, file.size() - start - kChecksumBytes);
    for (std::size_t size = 8; size <= most; ++size) {
        if (checksum(file.substr(start, size)) == littleEndian(file.substr(start + size, kChecksumBytes))) {
            return SealedBlock{start, size};
        }
    }
    return std::nullopt;
}

std::vector<SealedBlock> sealedBlocks(const std::string& file) {
    std::vector<SealedBlock> blocks;
    for (std::size_t start = 0; start < file.size(); ++start) {
        if (const auto block = sealedBlockAt(file, start)) {
            blocks.push_back(*block);
        }
    }
    return blocks;
}

void seal(std::string& file, const SealedBlock& block) {
    auto sum = checksum(std::string_view(file).substr(block.start, block.size));
    for (std::size_t i = 0; i < kChecksumBytes; ++i, sum >>= 8U) {
        file[block.start + block.size + i] = static_cast<char>(sum & 0xFFU);
    }
}

void makeSenseless(std::string& file, const std::vector<SealedBlock>& blocks, std::mt19937& random) {
    const auto below = [&random](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    const auto& block = blocks[below(blocks.size())];
    constexpr std::array<unsigned char, 8> kTelling{0x00, 0x01, 0x02, 0x04, 0x7F, 0x80, 0xFE, 0xFF};
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
        auto& byte = file[block.start + 4 + below(block.size - 4)]; // behind the signature
        switch (below(3)) {
        case 0:
            byte = static_cast<char>(kTelling[below(kTelling.size())]);
            break;
        case 1:
            byte = static_cast<char>(below(256));
            break;
        default:
            byte = static_cast<char>(byte ^ static_cast<char>(1U << below(8)));
        }
    }
    seal(file, block);
}

} // namespace finescope::tests
