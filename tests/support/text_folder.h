#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <filesystem>

namespace finescope::tests {

/// A temporary folder of small files.
class TextFolder {
public:
    /// Writes a file, which may lie in a folder of its own, and returns its path.
    std::filesystem::path write(const QString& name, const QByteArray& bytes) const {
        const QString path = m_folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
            qFatal("cannot write %s", qPrintable(path));
        }
        return path.toStdString();
    }
    [[nodiscard]] QString path(const QString& name = {}) const { return m_folder.filePath(name); }
    [[nodiscard]] std::filesystem::path folder(const QString& name = {}) const {
        return path(name).toStdString();
    }

private:
    QTemporaryDir m_folder;
};

} // namespace finescope::tests
