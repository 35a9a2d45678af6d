#include "core/text/whole_file.h"

#include "core/error.h"
#include "core/text/stand_in.h"

#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace finescope::text {

std::uint64_t requireFile(const std::filesystem::path& path) {
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (!std::filesystem::exists(status)) {
        throw Error(ErrorKind::badFile, path.string() + ": no such file");
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw Error(ErrorKind::badFile,
                    path.string() + (std::filesystem::is_directory(status) ? ": is a folder, not a file"
                                                                           : ": is not a regular file"));
    }
    const std::uintmax_t bytes = std::filesystem::file_size(path, problem);
    return problem ? 0 : bytes;
}

std::string readWhole(const std::filesystem::path& path) {
    requireFile(path);
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream) {
        throw Error(ErrorKind::badFile, path.string() + ": cannot be read; check its permissions");
    }
    if (const auto what = standInFor(std::string_view(bytes).substr(0, kStandInBytes))) {
        throw Error(ErrorKind::badFile, path.string() + " " + *what);
    }
    return bytes;
}

} // namespace finescope::text
