#pragma once

#include <benchmark/benchmark.h>

#include <QApplication>

namespace finescope::bench {

/// main of a benchmark that paints: an application in the window's own style, then what Google Benchmark
/// runs.
inline int runWithApplication(int argc, char** argv) {
    const QApplication application(argc, argv);
    QApplication::setStyle(QStringLiteral("Fusion"));
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

} // namespace finescope::bench
