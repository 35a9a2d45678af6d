#pragma once

#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/engine_program.h"

#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace finescope::tests {

/// A folder for runs of `finescope-engine train` on the demo's encoder and a small part of its data.
class TrainFixture {
protected:
    QTemporaryDir m_folder;
    QString m_demo = QString::fromStdString((sourceRoot() / "resources" / "demo").string());

    QString path(const QString& name) const { return m_folder.filePath(name); }

    QStringList trainArguments(const QString& method, const QString& output,
                               const QStringList& more = {}) const {
        QStringList arguments = {
            "train",    "--model", m_demo + "/model", "--task", "demo",   "--data", m_demo + "/data",
            "--method", method,    "--output",        output,   "--seed", "7",      "--threads",
            "1"};
        if (!more.contains(QStringLiteral("--epochs"))) {
            arguments += {"--epochs", "2"};
        }
        if (!more.contains(QStringLiteral("--limit-train"))) {
            arguments += {"--limit-train", "80"};
        }
        if (!more.contains(QStringLiteral("--limit-eval"))) {
            arguments += {"--limit-eval", "60"};
        }
        return arguments + more;
    }

    static record::Run read(const QString& file) { return record::readRun(file.toStdString()); }
};

} // namespace finescope::tests
