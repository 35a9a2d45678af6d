#include "core/text/whole_file.h"

#include "core/error.h"
#include "core/text/stand_in.h"

#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace finescope::text {

std::string readWhole(const std::filesystem::path& path) {
    const auto refuse = [&](const char* what) { throw Error(ErrorKind::badFile, path.string() + what); };
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (!std::filesystem::exists(status)) {
        refuse(": no such file");
    }
    if (!std::filesystem::is_regular_file(status)) {
        refuse(std::filesystem::is_directory(status) ? ": is a folder, not a file"
                                                     : ": is not a regular file");
    }
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream) {
        refuse(": cannot be read; check its permissions");
    }
    if (const auto what = standInFor(std::string_view(bytes).substr(0, kStandInBytes))) {
        throw Error(ErrorKind::badFile, path.string() + " " + *what);
    }
    return bytes;
}

} // namespace finescope::text
