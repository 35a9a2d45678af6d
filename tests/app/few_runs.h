#pragma once

#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/tiny_run.h"

#include <QDir>
#include <QtTest>

#include <string>

namespace finescope::tests {

/// In FOLDER/runs two methods with two seeds each; in FOLDER/more what some kinds need besides: a scaled
/// classifier, a kernel of all parameters, one of LoRA.
inline void writeFewRuns(const QString& folder) {
    const QDir in(folder);
    QVERIFY(in.mkpath("runs"));
    for (const char* method : {"ft", "lp-ft"}) {
        for (const int seed : {1, 2}) {
            const QString name =
                in.filePath(QStringLiteral("runs/%1-%2.h5").arg(QLatin1String(method)).arg(seed));
            writeTinyRun(name.toStdString(), {.method = method, .seed = seed});
        }
    }
    QVERIFY(in.mkpath("more"));
    const std::string scaled = in.filePath("more/scaled.h5").toStdString();
    writeTinyRun(scaled, {.method = "ft", .seed = 1, .classifierScale = 10});
    record::KernelState kernel = pattern::kernel("pretrained", 1);
    kernel.adapted = "full";
    record::addKernel(scaled, record::readRun(scaled).runId, kernel);
    const std::string lora = in.filePath("more/lora.h5").toStdString();
    writeTinyRun(lora, {.method = "lora", .seed = 1});
    record::addKernel(lora, record::readRun(lora).runId, pattern::kernel("pretrained", 2));
}

} // namespace finescope::tests
