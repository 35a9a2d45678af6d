#include "app/window/jobs/prediction_imports.h"

#include "app/window/jobs/engine_process.h"
#include "app/window/runs/settings.h"
#include "core/record/run_files.h"

#include <QDir>
#include <QFileInfo>

#include <string_view>
#include <utility>

namespace finescope::window {

namespace {

bool isPredictions(const QFileInfo& info) {
    return !info.isDir() && record::predictionFormat(info.fileName().toStdString()) != nullptr;
}

} // namespace

PredictionImports::PredictionImports(QString engine, const Settings& settings, QString dataFolder,
                                     QObject* parent)
    : QObject(parent), m_engine(std::move(engine)), m_settings(settings),
      m_dataFolder(std::move(dataFolder)) {}

PredictionImports::~PredictionImports() = default;

QString PredictionImports::patterns() {
    QStringList patterns;
    for (const auto& [suffix, description] : record::kPredictionFormats) {
        patterns << QStringLiteral("*") + QLatin1String(suffix.data(), static_cast<qsizetype>(suffix.size()));
    }
    return patterns.join(QLatin1Char(' '));
}

QStringList PredictionImports::take(const QStringList& paths) {
    QStringList rest;
    for (const QString& path : paths) {
        const QFileInfo info(path);
        if (!isPredictions(info)) {
            rest.append(path);
        } else if (!m_running.contains(info.absoluteFilePath())) {
            start(info.absoluteFilePath());
        }
    }
    return rest;
}

QString PredictionImports::runFileFor(const QString& path) const {
    const QFileInfo info(path);
    QString folder = info.absolutePath();
    if (!QFileInfo(folder).isWritable()) {
        const QString chosen = m_settings.text(Setting::outputFolder);
        folder = chosen.isEmpty() ? m_dataFolder : chosen;
    }
    return QDir(folder).filePath(info.fileName() + QStringLiteral(".h5"));
}

void PredictionImports::start(const QString& path) {
    const QString runFile = runFileFor(path);
    auto process = std::make_unique<EngineProcess>();
    connect(process.get(), &EngineProcess::ended, this,
            [this, path, runFile](const EngineEnd& end) { takeEnd(path, runFile, end); });
    connect(process.get(), &EngineProcess::progressed, this, [this, path](const EngineProgress& progress) {
        if (progress.totalSteps > 0) {
            Q_EMIT progressed(path,
                              static_cast<double>(progress.step) / static_cast<double>(progress.totalSteps),
                              progress.secondsLeft);
        }
    });
    process->start(m_engine,
                   {QStringLiteral("import"), path, QStringLiteral("--output"), runFile,
                    QStringLiteral("--renew"), QStringLiteral("--progress"), QStringLiteral("json")});
    m_running[path] = std::move(process);
}

void PredictionImports::takeEnd(const QString& path, const QString& runFile, const EngineEnd& end) {
    // The signal came out of this object: it must not die under its own feet.
    m_running[path].release()->deleteLater();
    m_running.erase(path);
    if (m_running.empty()) {
        Q_EMIT idle();
    }
    if (end.how == EngineEnd::How::complete) {
        Q_EMIT imported(runFile, end.message);
    } else if (end.how == EngineEnd::How::failed) {
        Q_EMIT failed(path, end.message);
    }
}

void PredictionImports::cancelAll() {
    for (const auto& [path, process] : m_running) {
        process->terminate();
    }
}

} // namespace finescope::window
