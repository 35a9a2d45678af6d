#pragma once

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

    /// Throw Error{badFile} naming file and array: what it holds is not read, or it is cut off or damaged.
    /// A matrix [N, C]; a column counts as [N, 1].
    [[nodiscard]] MatrixD matrix(const NpzArray& array) const;
    [[nodiscard]] std::vector<std::string> texts(const NpzArray& array) const;

    /// Throws Error{badFile} saying what to do if the array is of a type that is not read.
    void requireReadable(const NpzArray& array) const;
    /// Throws Error{badFile} "FILE, array NAME: what".
    [[noreturn]] void refuse(const NpzArray& array, const std::string& what) const;

private:
    /// A stream behind the header of an array whose size is what its shape says.
    [[nodiscard]] ZipStream openValues(const NpzArray& array) const;
    template <typename Read>
    auto naming(const NpzArray& array, Read&& read) const;

    std::filesystem::path m_path;
    ZipArchive m_archive;
    std::vector<NpzArray> m_arrays;
};

} // namespace finescope::imports
