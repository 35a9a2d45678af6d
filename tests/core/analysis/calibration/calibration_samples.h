#pragma once

#include "core/analysis/calibration/forecasts.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/data.h"
#include "tests/support/python.h"
#include "tests/support/raw_array.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <optional>
#include <vector>

namespace finescope::tests {

/// 2000 confidences k/100, 0 and 1 included: on edges, and many that are equal. As in
/// tests/references/make_calibration.py.
inline analysis::Forecasts hundredths() {
    analysis::Forecasts result;
    CongruentialNumbers numbers;
    for (int row = 0; row < 2000; ++row) {
        const std::uint64_t hundredth = numbers.next() % 101;
        result.confidence.push_back(static_cast<double>(hundredth) / 100);
        result.right.push_back(numbers.next() % 100 < 10 + hundredth * 7 / 10 ? 1 : 0);
    }
    return result;
}

/// Predictions of published models that were saved as true label, predicted label, confidence.
inline std::optional<analysis::Forecasts> savedForecasts(const QString& name) {
    QFile file(QString::fromStdString((sharedData() / "calibration" / name.toStdString()).string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    analysis::Forecasts result;
    (void)file.readLine();
    while (!file.atEnd()) {
        const QList<QByteArray> fields = file.readLine().trimmed().split(',');
        result.right.push_back(fields.at(0) == fields.at(1) ? 1 : 0);
        result.confidence.push_back(fields.at(2).toDouble());
    }
    return result;
}

/// The LeNet-5 of netcal's examples as logits, or nothing without the shared data.
inline std::optional<LabelledLogits> lenetLogits() {
    const auto source = sharedData() / "calibration" / "lenet-5-cifar-10.npz";
    if (!std::filesystem::exists(source)) {
        return std::nullopt;
    }
    const QTemporaryDir folder;
    const QJsonObject shape =
        runPython(QStringLiteral("tests/core/analysis/calibration/published_calibration.py"),
                  {QString::fromStdString(source.string()), folder.path()})
            .object();
    const auto values = readRawArray<float>(folder.filePath(QStringLiteral("logits")));
    const Eigen::Index rows = shape[QStringLiteral("rows")].toInt();
    const Eigen::Index classes = shape[QStringLiteral("classes")].toInt();
    if (rows * classes != static_cast<Eigen::Index>(values.size())) {
        qFatal("published_calibration.py gave %zu values", values.size());
    }
    return LabelledLogits{Eigen::Map<const MatrixF>(values.data(), rows, classes),
                          readRawArray<std::int64_t>(folder.filePath(QStringLiteral("labels")))};
}

/// The cases of tests/references/data/calibration.json: what other projects say of the same predictions.
inline QJsonObject calibrationReferences() {
    QFile file(QStringLiteral(FINESCOPE_SOURCE_DIR "/tests/references/data/calibration.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("missing: %s", qPrintable(file.fileName()));
    }
    return QJsonDocument::fromJson(file.readAll()).object();
}

/// The predictions of one of those cases; nothing where its data are not there.
inline std::optional<analysis::Forecasts> referenceForecasts(const QString& name) {
    if (name == QStringLiteral("hundredths")) {
        return hundredths();
    }
    if (name.startsWith(QStringLiteral("congruential"))) {
        const auto [logits, labels] = congruentialLogits();
        return analysis::topLabelForecasts(logits, labels, name.endsWith(QStringLiteral("2")) ? 2.0 : 1.0);
    }
    if (name.endsWith(QStringLiteral(".csv"))) {
        return savedForecasts(name);
    }
    const auto lenet = lenetLogits();
    return lenet ? std::optional(analysis::topLabelForecasts(lenet->logits, lenet->labels)) : std::nullopt;
}

/// The rows of a data-driven test: one for each case. QFETCH(QString, name) them.
inline void addReferenceCases() {
    QTest::addColumn<QString>("name");
    for (const QString& name : calibrationReferences().keys()) {
        QTest::newRow(qPrintable(name)) << name;
    }
}

} // namespace finescope::tests

/// Fetches the forecasts of the case `name`, or skips the test and says what is missing.
#define FETCH_REFERENCE_FORECASTS(forecasts)                                                                 \
    QFETCH(QString, name);                                                                                   \
    const auto fetched_ = finescope::tests::referenceForecasts(name);                                        \
    if (!fetched_) {                                                                                         \
        QSKIP(qPrintable(QStringLiteral("missing: shared/data/calibration/%1").arg(name)));                  \
    }                                                                                                        \
    const finescope::analysis::Forecasts& forecasts = *fetched_
