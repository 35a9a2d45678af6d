#include "app/window/text_output.h"

#include "core/error.h"

#include <QSaveFile>

#include <cstdio>

namespace finescope::window {

void printText(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
        throw Error(ErrorKind::internal, "standard output: cannot write all of it (disk full or closed)");
    }
}

void writeTextFile(const std::filesystem::path& file, const std::string& text) {
    QSaveFile target(QString::fromStdString(file.string()));
    const auto size = static_cast<qint64>(text.size());
    if (!target.open(QIODevice::WriteOnly) || target.write(text.data(), size) != size || !target.commit()) {
        throw Error(ErrorKind::badFile,
                    file.string() + ": cannot be written: " + target.errorString().toStdString());
    }
}

} // namespace finescope::window
