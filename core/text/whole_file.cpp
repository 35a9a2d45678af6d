#include "core/text/whole_file.h"

#include "core/error.h"

#include <fstream>
#include <iterator>

namespace finescope::text {

std::string readWhole(const std::filesystem::path& path) {
    if (!std::filesystem::is_regular_file(path)) {
        throw Error(ErrorKind::badFile, path.string() + ": no such file");
    }
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream) {
        throw Error(ErrorKind::badFile, path.string() + ": cannot be read; check its permissions");
    }
    return bytes;
}

} // namespace finescope::text
