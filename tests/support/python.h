#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>
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
    // Small matrices: threads that wait for each other make scikit-learn ten times slower on a busy machine.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OPENBLAS_NUM_THREADS"), QStringLiteral("1"));
    process.setProcessEnvironment(environment);
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
