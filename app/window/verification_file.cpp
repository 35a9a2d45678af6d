#include "app/window/verification_file.h"

#include "core/error.h"

#include <fstream>
#include <iterator>

namespace finescope::window {

analysis::TheoryLaboratory readLaboratory(const std::filesystem::path& file) {
    if (!std::filesystem::is_regular_file(file)) {
        throw Error(ErrorKind::badFile, file.string() + ": no such file");
    }
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream) {
        throw Error(ErrorKind::badFile, file.string() + ": cannot be read; check its permissions");
    }
    return analysis::laboratoryFromJson(text, file.string());
}

} // namespace finescope::window
