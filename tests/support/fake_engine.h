#pragma once

#include <QDir>
#include <QFile>
#include <QString>
#include <QStringList>

namespace finescope::tests {

/// A program in a folder of its own that stands in for finescope-engine (fake_engine.sh).
class FakeEngine {
public:
    /// `ending`: complete, fail, die or wait.
    FakeEngine(const QString& folder, const QString& ending) : m_folder(folder) {
        QFile::copy(QStringLiteral(FINESCOPE_SOURCE_DIR "/tests/support/fake_engine.sh"), program());
        QFile file(QDir(folder).filePath(QStringLiteral("ending.txt")));
        if (file.open(QIODevice::WriteOnly)) {
            file.write(ending.toUtf8());
        }
    }

    [[nodiscard]] QString program() const {
        return QDir(m_folder).filePath(QStringLiteral("finescope-engine"));
    }

    /// One line per start: the arguments, separated by spaces.
    [[nodiscard]] QStringList starts() const {
        QFile file(QDir(m_folder).filePath(QStringLiteral("arguments.txt")));
        return file.open(QIODevice::ReadOnly)
                   ? QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts)
                   : QStringList();
    }

private:
    QString m_folder;
};

} // namespace finescope::tests
