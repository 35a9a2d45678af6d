#include "core/imports/npz_file.h"

#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <string_view>

namespace finescope::imports {

namespace {

constexpr std::string_view kSuffix = ".npy";

ReadBytes from(ZipStream& stream) {
    return [&stream](void* bytes, std::size_t count) { stream.read(bytes, count); };
}

} // namespace

std::uint64_t roomFor(std::uint64_t fileBytes) {
    constexpr std::uint64_t kLeast = std::uint64_t{384} << 20U;
    constexpr std::uint64_t kTimes = 24; // float16 values take two bytes in the file and twelve in memory
    return std::max(kLeast, kTimes * fileBytes);
}

NpzFile::NpzFile(const std::filesystem::path& file)
    : m_path(file), m_archive(file), m_room(roomFor(m_archive.fileBytes())) {
    for (const ZipMember& member : m_archive.members()) {
        if (!std::string_view(member.name).ends_with(kSuffix)) {
            continue;
        }
        NpzArray array{member.name.substr(0, member.name.size() - kSuffix.size()), member, {}, {}};
        try {
            ZipStream stream = m_archive.open(member);
            array.header = readNpyHeader(from(stream));
        } catch (const Error& error) {
            array.problem = error.what();
        }
        m_arrays.push_back(std::move(array));
    }
    if (m_arrays.empty()) {
        throw Error(ErrorKind::badFile,
                    file.string() +
                        " is a zip archive without any .npy array, so numpy.savez did not write it");
    }
}

const NpzArray* NpzFile::find(const std::string& name) const {
    const auto found = std::ranges::find_if(
        m_arrays, [&](const NpzArray& array) { return array.name == name || array.member.name == name; });
    return found == m_arrays.end() ? nullptr : &*found;
}

void NpzFile::refuse(const NpzArray& array, const std::string& what) const {
    throw Error(ErrorKind::badFile, m_path.string() + ", array " + text::shown(array.name) + ": " + what);
}

/// What is wrong inside an array is told with the array's name.
template <typename Read>
auto NpzFile::naming(const NpzArray& array, Read&& read) const {
    if (array.problem.starts_with(m_path.string())) { // it names file and member
        throw Error(ErrorKind::badFile, array.problem);
    }
    if (!array.problem.empty()) {
        refuse(array, array.problem);
    }
    try {
        imports::requireReadable(array.header, array.name);
        return read();
    } catch (const Error& error) {
        const std::string said = error.what();
        if (error.kind() != ErrorKind::badFile || said.starts_with(m_path.string())) {
            throw;
        }
        refuse(array, said);
    }
}

void NpzFile::requireReadable(const NpzArray& array) const {
    naming(array, [] {});
}

void NpzFile::takeRoom(const NpzArray& array) const {
    constexpr std::uint64_t kBytesOfNumber = sizeof(double) + sizeof(float); // as it is read, and recorded
    const NpyHeader& header = array.header;
    const std::uint64_t each = header.isText() ? sizeof(std::string) + header.itemBytes : kBytesOfNumber;
    const std::uint64_t items = itemCount(header);
    if (items > m_room / each) {
        refuse(array, header.describe() + " takes " + std::to_string(items * each) +
                          " bytes of memory, more than the " + std::to_string(m_room) +
                          " that are left of those a file of " + std::to_string(m_archive.fileBytes()) +
                          " bytes may take (" + std::to_string(roomFor(m_archive.fileBytes())) +
                          "); save it uncompressed");
    }
    m_room -= items * each;
}

ZipStream NpzFile::openValues(const NpzArray& array) const {
    const NpyHeader& header = array.header;
    const std::uint64_t expected = header.headerBytes + itemCount(header) * header.itemBytes;
    if (array.member.bytes != expected) {
        refuse(array, "has " + std::to_string(array.member.bytes) + " bytes, but " + header.describe() +
                          " takes " + std::to_string(expected) + "; copy or save the file again");
    }
    takeRoom(array);
    ZipStream stream = m_archive.open(array.member);
    static_cast<void>(readNpyHeader(from(stream)));
    return stream;
}

MatrixD NpzFile::matrix(const NpzArray& array, const analysis::WorkHooks& hooks) const {
    return naming(array, [&] {
        const NpyHeader& header = array.header;
        if (header.isText() || (!array.isMatrix() && !array.isColumn())) {
            refuse(array, header.describe() + " is not a matrix of numbers");
        }
        ZipStream stream = openValues(array);
        const auto rows = static_cast<Eigen::Index>(header.shape[0]);
        const auto columns = static_cast<Eigen::Index>(header.shape.size() == 2 ? header.shape[1] : 1);
        MatrixD values(rows, columns);
        double* next = values.data();
        Eigen::Index row = 0, column = 0;
        double done = 0;
        readNumbers(header, from(stream), [&](std::span<const double> numbers) {
            analysis::throwIfCancelled(hooks, "the import");
            done += static_cast<double>(numbers.size());
            if (hooks.onProgress) {
                hooks.onProgress(done / static_cast<double>(values.size()));
            }
            if (!header.fortranOrder) {
                next = std::ranges::copy(numbers, next).out;
                return;
            }
            for (const double number : numbers) {
                values(row, column) = number;
                if (++row == rows) {
                    row = 0;
                    ++column;
                }
            }
        });
        stream.requireEnd();
        return values;
    });
}

std::vector<std::string> NpzFile::texts(const NpzArray& array) const {
    return naming(array, [&] {
        if (!array.header.isText() || !array.isColumn()) {
            refuse(array, array.header.describe() + " is not a list of texts");
        }
        ZipStream stream = openValues(array);
        std::vector<std::string> texts = readTexts(array.header, from(stream));
        stream.requireEnd();
        return texts;
    });
}

} // namespace finescope::imports
