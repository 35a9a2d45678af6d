#pragma once

#include <QByteArray>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace finescope::tests {

/// How the program ended and what it said.
struct Outcome {
    int status = -1; ///< -1: it did not end in time
    QByteArray out, err;
};

/// The test's own environment with these variables, each NAME=VALUE, or NAME for without it.
inline QProcessEnvironment environmentWith(const QStringList& variables) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& variable : variables) {
        if (variable.contains('=')) {
            environment.insert(variable.section('=', 0, 0), variable.section('=', 1));
        } else {
            environment.remove(variable);
        }
    }
    return environment;
}

/// Runs the built program, which the test's target defines, with these variables besides the test's own
/// environment.
inline Outcome runProgram(const QStringList& arguments, const QStringList& variables = {}) {
    QProcess process;
    QProcessEnvironment environment = environmentWith(variables);
    environment.remove("QT_QPA_PLATFORM"); // the program finds its own way without a display
    process.setProcessEnvironment(environment);
    process.start(FINESCOPE_PROGRAM, arguments);
    if (!process.waitForFinished(120000)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

/// What a file holds; empty if it cannot be read.
inline QByteArray contents(const QString& name) {
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace finescope::tests
