#pragma once

#include "app/window/jobs/job_queue.h"

#include <QString>

#include <vector>

namespace finescope::window {

/// Where the demo study lies: beside the installed program or, while developing, in the sources. "" if
/// nowhere.
[[nodiscard]] QString findDemo(const QString& programFolder);

/// The recorded runs of the demo study: a folder of run files. "" if they are not there.
[[nodiscard]] QString demoRuns(const QString& demoFolder);

/// The five methods of the demo study, each computed by one thread (a tiny encoder trains twice as fast with
/// one thread as with two), written into `outputFolder`.
[[nodiscard]] std::vector<JobRequest> demoJobs(const QString& demoFolder, const QString& outputFolder);

/// Makes a new folder for the runs of the demo study in `parent` and returns it; "" if none can be made.
[[nodiscard]] QString makeDemoFolder(const QString& parent);

/// The engine: beside the program, in the build tree, else by name from PATH.
[[nodiscard]] QString findEngine(const QString& programFolder);

} // namespace finescope::window
