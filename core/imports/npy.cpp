#include "core/imports/npy.h"

#include "core/error.h"
#include "core/text/shown.h"
#include "core/text/utf8.h"

#include <Eigen/Core>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace finescope::imports {

namespace {

constexpr std::size_t kMostHeaderBytes = std::size_t{1} << 20U;
constexpr std::size_t kMostTextBytes = std::size_t{1} << 16U; // of one item
constexpr std::size_t kItemsTogether = 8192;
constexpr std::size_t kMostDimensions = 64; // as NumPy

[[noreturn]] void refuse(const std::string& what) {
    throw Error(ErrorKind::badFile, what);
}

/// The Python dictionary of a header while it is taken apart: {'descr': '<f4', 'fortran_order': False,
/// 'shape': (3, 2), }.
class Literal {
public:
    explicit Literal(std::string_view text) : m_rest(text) {}

    [[nodiscard]] bool take(std::string_view what) {
        skipBlanks();
        const bool there = m_rest.starts_with(what);
        m_rest.remove_prefix(there ? what.size() : 0);
        return there;
    }
    void require(std::string_view what) {
        if (!take(what)) {
            fail();
        }
    }
    [[nodiscard]] std::string text() {
        skipBlanks();
        const char mark = m_rest.empty() ? '\0' : m_rest.front();
        const std::size_t end = mark == '\'' || mark == '"' ? m_rest.find(mark, 1) : std::string_view::npos;
        if (end == std::string_view::npos) {
            fail();
        }
        std::string found(m_rest.substr(1, end - 1));
        m_rest.remove_prefix(end + 1);
        return found;
    }
    [[nodiscard]] std::uint64_t number() {
        skipBlanks();
        std::uint64_t value = 0;
        const auto [end, problem] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
        if (problem != std::errc{}) {
            fail();
        }
        m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
        static_cast<void>(take("L")); // Python 2 wrote long integers
        return value;
    }
    [[noreturn]] void fail() const {
        refuse("its header is not that of a .npy file (it cannot be read at \"" +
               text::shown(m_rest.substr(0, 40)) + "\")");
    }

private:
    void skipBlanks() { m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \n\t"), m_rest.size())); }
    std::string_view m_rest;
};

void readType(const std::string& type, NpyHeader& header) {
    std::string_view rest = type;
    header.type = text::shown(type);
    if (!rest.empty() && std::string_view("<>=|").find(rest.front()) != std::string_view::npos) {
        header.bigEndian =
            rest.front() == '>' || (rest.front() == '=' && std::endian::native == std::endian::big);
        rest.remove_prefix(1);
    }
    if (rest.empty()) {
        refuse("its header names no item type");
    }
    header.kind = rest.front();
    rest.remove_prefix(1);
    std::size_t size = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), size).ec == std::errc{} &&
        size <= kMostTextBytes) {
        header.itemBytes = header.kind == 'U' ? 4 * size : size;
    }
}

std::vector<std::uint64_t> readShape(Literal& literal) {
    std::vector<std::uint64_t> shape;
    literal.require("(");
    while (!literal.take(")")) {
        if (shape.size() == kMostDimensions) {
            refuse("its header claims more than " + std::to_string(kMostDimensions) + " dimensions");
        }
        shape.push_back(literal.number());
        if (!literal.take(",")) {
            literal.require(")");
            break;
        }
    }
    return shape;
}

template <typename T>
T itemAt(const std::byte* bytes, bool swapped) {
    std::array<std::byte, sizeof(T)> own{};
    std::copy_n(bytes, sizeof(T), own.begin());
    if (swapped) {
        std::ranges::reverse(own);
    }
    return std::bit_cast<T>(own);
}

double halfToDouble(std::uint16_t bits) {
    return static_cast<double>(static_cast<float>(Eigen::numext::bit_cast<Eigen::half>(bits)));
}

using Decode = double (*)(const std::byte*, bool);

template <typename T>
double decode(const std::byte* bytes, bool swapped) {
    return static_cast<double>(itemAt<T>(bytes, swapped));
}

Decode decoderOf(const NpyHeader& header) {
    switch (header.kind) {
    case 'f':
        switch (header.itemBytes) {
        case 2:
            return [](const std::byte* bytes, bool swapped) {
                return halfToDouble(itemAt<std::uint16_t>(bytes, swapped));
            };
        case 4:
            return decode<float>;
        case 8:
            return decode<double>;
        default:
            return nullptr;
        }
    case 'i':
        switch (header.itemBytes) {
        case 1:
            return decode<std::int8_t>;
        case 2:
            return decode<std::int16_t>;
        case 4:
            return decode<std::int32_t>;
        case 8:
            return decode<std::int64_t>;
        default:
            return nullptr;
        }
    case 'b':
    case 'u':
        switch (header.itemBytes) {
        case 1:
            return decode<std::uint8_t>;
        case 2:
            return decode<std::uint16_t>;
        case 4:
            return decode<std::uint32_t>;
        case 8:
            return decode<std::uint64_t>;
        default:
            return nullptr;
        }
    default:
        return nullptr;
    }
}

/// Whether a number is a code point that UTF-8 has: none of the halves of a pair, none beyond the last.
bool isCharacter(std::uint32_t code) {
    return code < 0xD800 || (code > 0xDFFF && code <= 0x10FFFF);
}

bool isSwapped(const NpyHeader& header) {
    return header.bigEndian != (std::endian::native == std::endian::big);
}

} // namespace

std::string NpyHeader::describe() const {
    std::string text = "(";
    for (const std::uint64_t extent : shape) {
        text += (text.size() == 1 ? "" : ", ") + std::to_string(extent);
    }
    return text + (shape.size() == 1 ? ",)" : ")") + " of " + type;
}

NpyHeader readNpyHeader(const ReadBytes& read) {
    std::array<std::uint8_t, 8> start{};
    read(start.data(), start.size());
    if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0) {
        refuse("it does not begin like a .npy file");
    }
    const int version = start[6];
    if (version < 1 || version > 3) {
        refuse("it has the .npy format " + std::to_string(version) + "; formats 1 to 3 can be read");
    }
    std::array<std::uint8_t, 4> lengthBytes{};
    const std::size_t lengthSize = version == 1 ? 2 : 4;
    read(lengthBytes.data(), lengthSize);
    std::size_t length = 0;
    for (std::size_t i = 0; i < lengthSize; ++i) {
        length |= std::size_t{lengthBytes[i]} << 8U * i;
    }
    if (length > kMostHeaderBytes) {
        refuse("its header claims to have " + std::to_string(length) + " bytes");
    }
    std::string text(length, '\0');
    read(text.data(), length);

    NpyHeader header;
    header.headerBytes = start.size() + lengthSize + length;
    Literal literal(text);
    int found = 0;
    literal.require("{");
    while (!literal.take("}")) {
        const std::string key = literal.text();
        literal.require(":");
        if (key == "descr") {
            if (literal.take("[")) { // fields of their own names and types
                header.kind = 'V';
                header.type = "structured";
                return header;
            }
            readType(literal.text(), header);
        } else if (key == "fortran_order") {
            header.fortranOrder = literal.take("True");
            if (!header.fortranOrder) {
                literal.require("False");
            }
        } else if (key == "shape") {
            header.shape = readShape(literal);
        } else {
            literal.fail();
        }
        ++found;
        if (!literal.take(",")) {
            literal.require("}");
            break;
        }
    }
    if (found != 3) {
        refuse("its header does not name type, order and shape once each");
    }
    return header;
}

std::uint64_t itemCount(const NpyHeader& header) {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : header.shape) {
        if (extent > 0 && count > kMostItems / extent) {
            refuse("it claims the shape " + header.describe() + ", more than the " +
                   std::to_string(kMostItems) + " values that an import takes");
        }
        count *= extent;
    }
    return count;
}

void requireReadable(const NpyHeader& header, const std::string& name) {
    if (header.isText() ? header.itemBytes > 0 : decoderOf(header) != nullptr) {
        return;
    }
    const std::string shown = text::shown(name);
    const std::string again = shown + "=np.asarray(" + shown + ", dtype=np.float32)";
    if (header.kind == 'O') {
        refuse("it holds Python objects, which are not read, because unpickling them can run any code; save "
               "logits as " +
               again + ", labels with np.int64 instead and names with str");
    }
    refuse("its items have the type " + header.type + ", which is not read; save logits as " + again +
           " and labels with np.int64 instead");
}

void readNumbers(const NpyHeader& header, const ReadBytes& read,
                 const std::function<void(std::span<const double>)>& take) {
    const Decode one = decoderOf(header);
    const bool swapped = isSwapped(header);
    std::vector<std::byte> bytes(kItemsTogether * header.itemBytes);
    std::vector<double> numbers(kItemsTogether);
    for (std::uint64_t left = itemCount(header); left > 0;) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kItemsTogether));
        read(bytes.data(), count * header.itemBytes);
        for (std::size_t i = 0; i < count; ++i) {
            numbers[i] = one(bytes.data() + i * header.itemBytes, swapped);
        }
        take({numbers.data(), count});
        left -= count;
    }
}

std::vector<std::string> readTexts(const NpyHeader& header, const ReadBytes& read) {
    std::vector<std::string> texts;
    std::vector<std::byte> bytes(header.itemBytes);
    for (std::uint64_t left = itemCount(header); left > 0; --left) {
        read(bytes.data(), bytes.size());
        std::string text;
        if (header.kind == 'S') {
            text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            text.resize(text.find_last_not_of('\0') + 1);
            if (text::firstIllFormed(text) || text.find('\0') != std::string::npos) {
                refuse("its item " + std::to_string(texts.size()) + " is not UTF-8 text; save it as str");
            }
        } else {
            for (std::size_t at = 0; at < bytes.size(); at += 4) {
                const auto code = itemAt<std::uint32_t>(bytes.data() + at, isSwapped(header));
                if (code == 0) {
                    break;
                }
                if (!isCharacter(code)) {
                    refuse("its item " + std::to_string(texts.size()) + " holds " + std::to_string(code) +
                           ", which is not a Unicode character; save it as str again");
                }
                text::appendUtf8(text, static_cast<char32_t>(code));
            }
        }
        texts.push_back(std::move(text));
    }
    return texts;
}

} // namespace finescope::imports
