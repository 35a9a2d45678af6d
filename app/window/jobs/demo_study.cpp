#include "app/window/jobs/demo_study.h"

#include "core/figure/label/method_name.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <array>

namespace finescope::window {

namespace {

// The longest first, so that runs side by side end together.
constexpr std::array kMethods{"lp-ft", "lp-lora", "ft", "lora", "lp"};

QString firstExisting(const QStringList& candidates) {
    for (const QString& candidate : candidates) {
        if (QFileInfo::exists(candidate)) {
            return QDir::cleanPath(candidate);
        }
    }
    return {};
}

} // namespace

QString findDemo(const QString& programFolder) {
    return firstExisting({QDir(programFolder).filePath(QStringLiteral("../share/finescope/demo")),
                          QStringLiteral(FINESCOPE_SOURCE_DEMO)});
}

QString demoRuns(const QString& demoFolder) {
    const QDir runs(QDir(demoFolder).filePath(QStringLiteral("runs")));
    const bool there =
        !demoFolder.isEmpty() && !runs.entryList({QStringLiteral("*.h5")}, QDir::Files).isEmpty();
    return there ? runs.path() : QString();
}

std::vector<JobRequest> demoJobs(const QString& demoFolder, const QString& outputFolder) {
    const QDir demo(demoFolder);
    std::vector<JobRequest> jobs;
    for (const char* method : kMethods) {
        const QString output = QDir(outputFolder).filePath(QLatin1String(method) + QStringLiteral(".h5"));
        jobs.push_back(
            {.title = JobQueue::tr("Demo: %1").arg(QString::fromStdString(figure::methodName(method))),
             .arguments = {QStringLiteral("train"), QStringLiteral("--model"),
                           demo.filePath(QStringLiteral("model")), QStringLiteral("--task"),
                           QStringLiteral("demo"), QStringLiteral("--data"),
                           demo.filePath(QStringLiteral("data")), QStringLiteral("--method"),
                           QLatin1String(method), QStringLiteral("--seed"), QStringLiteral("1"),
                           QStringLiteral("--threads"), QStringLiteral("1"), QStringLiteral("--output"),
                           output},
             .output = output});
    }
    return jobs;
}

QString makeDemoFolder(const QString& parent) {
    const QDir folder(parent);
    QString name = QStringLiteral("finescope-demo");
    for (int copy = 2; folder.exists(name); ++copy) {
        name = QStringLiteral("finescope-demo-%1").arg(copy);
    }
    return folder.mkpath(name) ? folder.filePath(name) : QString();
}

QString findEngine(const QString& programFolder) {
    const QString name = QStringLiteral("finescope-engine");
    const QDir folder(programFolder);
    const QString beside =
        firstExisting({folder.filePath(name), folder.filePath(QStringLiteral("../engine/") + name)});
    return beside.isEmpty() ? name : beside;
}

} // namespace finescope::window
