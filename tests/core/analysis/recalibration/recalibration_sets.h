#pragma once

#include "core/matrix.h"
#include "tests/support/python.h"
#include "tests/support/raw_array.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>

namespace finescope::tests {

/// What recalibration_reference.py made and found.
struct RecalibrationSets {
    MatrixF fitLogits, logits;
    Labels fitLabels, labels;
    QJsonObject reference; ///< empty if the script failed
};

inline MatrixF readLogits(const QString& path, Eigen::Index classes) {
    const std::vector<float> values = readRawArray<float>(path);
    return Eigen::Map<const MatrixF>(values.data(), static_cast<Eigen::Index>(values.size()) / classes,
                                     classes);
}

inline RecalibrationSets recalibrationSets(int classes, int fitRows, int rows, int resamples) {
    const QTemporaryDir folder;
    const QJsonObject reference =
        runPython(QStringLiteral("tests/core/analysis/recalibration/recalibration_reference.py"),
                  {folder.path(), QString::number(classes), QString::number(fitRows), QString::number(rows),
                   QString::number(resamples)})
            .object();
    return {readLogits(folder.filePath(QStringLiteral("fit_logits")), classes),
            readLogits(folder.filePath(QStringLiteral("evaluated_logits")), classes),
            readRawArray<std::int64_t>(folder.filePath(QStringLiteral("fit_labels"))),
            readRawArray<std::int64_t>(folder.filePath(QStringLiteral("evaluated_labels"))), reference};
}

} // namespace finescope::tests
