#pragma once

#include "core/engine/study/study.h"
#include "tests/support/data.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <string>

namespace finescope::tests {

/// Study files in a folder of their own.
class StudyTexts {
public:
    [[nodiscard]] std::filesystem::path folder() const { return m_folder.path().toStdString(); }

    /// Reads a study as a file `study.json` with this text; ${DATA} and ${MODEL} are set.
    [[nodiscard]] engine::Study read(const std::string& text) const {
        const std::filesystem::path file = folder() / "study.json";
        QFile out(QString::fromStdString(file.string()));
        if (!out.open(QIODevice::WriteOnly) ||
            out.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size())) {
            qFatal("cannot write %s", file.c_str());
        }
        out.close();
        return engine::readStudy(file, [](const std::string& name) -> std::optional<std::string> {
            if (name == "DATA" || name == "MODEL") {
                return "/somewhere/" + name;
            }
            return std::nullopt;
        });
    }

private:
    QTemporaryDir m_folder;
};

} // namespace finescope::tests
