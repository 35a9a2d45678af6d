#include "app/window/command/text_output.h"

#include "core/error.h"
#include "core/record/hidden_file.h"

#include <cstdio>
#include <string_view>

namespace finescope::window {

void printText(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
        throw Error(ErrorKind::internal, "standard output: cannot write all of it (disk full or closed)");
    }
}

void writeTextFile(const std::filesystem::path& file, const std::string& text) {
    const std::string_view whole = text;
    record::writeWhole(file, {&whole, 1});
}

} // namespace finescope::window
