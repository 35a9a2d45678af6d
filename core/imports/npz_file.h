#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/imports/npy.h"
#include "core/imports/zip_file.h"
#include "core/matrix.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace finescope::imports {

/// An array of an .npz file: its header; the values are read on request.
struct NpzArray {
    std::string name; ///< without .npy
    ZipMember member;
    NpyHeader header;
    std::string problem; ///< why the header cannot be read; empty: it can

    [[nodiscard]] bool isMatrix() const { return problem.empty() && header.shape.size() == 2; }
    /// One value a row: [N] or [N, 1].
    [[nodiscard]] bool isColumn() const {
        return problem.empty() &&
               (header.shape.size() == 1 || (header.shape.size() == 2 && header.shape[1] == 1));
    }
};

/// What numpy.savez and numpy.savez_compressed write: a zip archive with a .npy file for every array.
class NpzFile {
public:
    /// Reads the headers. Throws Error{badFile} naming the file.
    explicit NpzFile(const std::filesystem::path& file);

    [[nodiscard]] const std::vector<NpzArray>& arrays() const { return m_arrays; }
    [[nodiscard]] const NpzArray* find(const std::string& name) const;

    /// Throw Error{badFile} naming file and array: what it holds is not read, it is cut off or damaged, or it
    /// unpacks to more than a file of this size may (see roomFor). Each array that is read takes of that
    /// room. A matrix [N, C]; a column counts as [N, 1]. Throws Error{cancelled}, too.
    [[nodiscard]] MatrixD matrix(const NpzArray& array, const analysis::WorkHooks& hooks = {}) const;
    [[nodiscard]] std::vector<std::string> texts(const NpzArray& array) const;

    /// Throws Error{badFile} saying what to do if the array is of a type that is not read.
    void requireReadable(const NpzArray& array) const;
    /// Throws Error{badFile} "FILE, array NAME: what".
    [[noreturn]] void refuse(const NpzArray& array, const std::string& what) const;

private:
    /// Throws Error{badFile} if the array takes more memory than is left of the file's room.
    void takeRoom(const NpzArray& array) const;
    /// A stream behind the header of an array whose size is what its shape says.
    [[nodiscard]] ZipStream openValues(const NpzArray& array) const;
    template <typename Read>
    auto naming(const NpzArray& array, Read&& read) const;

    std::filesystem::path m_path;
    ZipArchive m_archive;
    std::vector<NpzArray> m_arrays;
    mutable std::uint64_t m_room = 0; ///< bytes of memory that arrays may still take
};

/// How many bytes of memory the arrays of a file may take: 384 MiB, or 24 times the file's size if that is
/// more. No array that is not packed comes near it, and none that was made of zeros fills the memory.
[[nodiscard]] std::uint64_t roomFor(std::uint64_t fileBytes);

} // namespace finescope::imports
