#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace finescope::imports {

/// Fills that many bytes from where the last call ended, or throws.
using ReadBytes = std::function<void(void* bytes, std::size_t count)>;

/// What stands before the numbers of a .npy file: the type of an item, the order and the shape.
struct NpyHeader {
    char kind = 'f';           ///< NumPy's: f float, i, u integer, b boolean, U text, S bytes, O object, ...
    std::size_t itemBytes = 0; ///< 0 for kinds that have no size
    bool bigEndian = false;
    bool fortranOrder = false; ///< the first index runs fastest
    std::vector<std::uint64_t> shape;
    std::size_t headerBytes = 0; ///< before the first item
    std::string type;            ///< as the header writes it, for messages

    [[nodiscard]] bool isFloat() const { return kind == 'f'; }
    [[nodiscard]] bool isInteger() const { return kind == 'i' || kind == 'u' || kind == 'b'; }
    [[nodiscard]] bool isText() const { return kind == 'U' || kind == 'S'; }
    /// "(10000, 10) of <f4"
    [[nodiscard]] std::string describe() const;
};

/// Reads the header of a .npy file, format 1 to 3 (numpy.lib.format). Throws Error{badFile}, without a file's
/// name, saying what is no header; a type that cannot be read is no error yet.
[[nodiscard]] NpyHeader readNpyHeader(const ReadBytes& read);

/// How many items the shape has. Throws Error{badFile} if they are more than `kMostItems` (in all of a file,
/// see NpzFile::takeRoom, they may be fewer).
inline constexpr std::uint64_t kMostItems = std::uint64_t{1} << 29;
[[nodiscard]] std::uint64_t itemCount(const NpyHeader& header);

/// Throws Error{badFile} unless the items are numbers or texts that can be read: float16/32/64, integers of 8
/// to 64 bits, boolean, str, bytes; says which line of Python helps. `name` is the array's, for that line.
void requireReadable(const NpyHeader& header, const std::string& name);

/// Hands on the numbers in the order of the file, some thousand at a time. The header's type is one of
/// numbers.
void readNumbers(const NpyHeader& header, const ReadBytes& read,
                 const std::function<void(std::span<const double>)>& take);

/// The texts in the order of the file, without their padding. The header's type is one of texts.
[[nodiscard]] std::vector<std::string> readTexts(const NpyHeader& header, const ReadBytes& read);

} // namespace finescope::imports
