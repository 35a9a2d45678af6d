#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QStringList>
#include <QtTest>

namespace finescope::tests {

/// Debian's Python, which has python3-numpy, python3-h5py and python3-sklearn (required packages, see ./dev).
inline QString pythonProgram() {
    return QStringLiteral("/usr/bin/python3");
}

/// Runs a script of the source tree to its end and returns the JSON it prints. A null document, with the
/// script's own words in the test log, if it fails: tests check isNull() first.
inline QJsonDocument runPython(const QString& script, const QStringList& arguments = {}) {
    QProcess process;
    process.start(pythonProgram(),
                  QStringList(QStringLiteral(FINESCOPE_SOURCE_DIR "/") + script) + arguments);
    if (!process.waitForStarted() || !process.waitForFinished(300000) || process.exitCode() != 0) {
        qWarning("%s: %s%s", qPrintable(script), qPrintable(process.errorString()),
                 process.readAllStandardError().constData());
        return {};
    }
    return QJsonDocument::fromJson(process.readAllStandardOutput());
}

} // namespace finescope::tests
