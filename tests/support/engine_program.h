#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace finescope::tests {

/// How a program ended and what it said.
struct Ended {
    int status = -1; ///< -1: killed, or did not end in time
    QByteArray out, err;
};

inline Ended finish(QProcess& process, int milliseconds = 120000) {
    if (!process.waitForFinished(milliseconds)) {
        process.kill();
        process.waitForFinished();
        return {-1, {}, "did not end in " + QByteArray::number(milliseconds / 1000) + " s"};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

/// finescope-engine as a user starts it; the test's target defines where it is.
inline Ended runEngine(const QStringList& arguments, int milliseconds = 120000) {
    QProcess process;
    process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM), arguments);
    return finish(process, milliseconds);
}

} // namespace finescope::tests
