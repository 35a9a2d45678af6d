// What a person who drags the temperature waits for: one mouse event on the slider of the real Calibration
// page, until its diagrams, curve, numbers and slider are painted. Runs of 10,000 rows and 10 classes, read
// from run files.

#include "app/window/jobs/analysis_worker.h"
#include "core/record/run_reader.h"
#include "tests/bench/gui_main.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/tiny_run.h"
#include "widgets/control/temperature_groove.h"
#include "widgets/page/calibration/calibration_page.h"
#include "widgets/page/common/prepared_run.h"
#include "widgets/plot/view/plot_view.h"

#include <QMouseEvent>
#include <QPixmap>
#include <QTemporaryDir>

#include <array>
#include <memory>
#include <vector>

using namespace finescope;

namespace {

constexpr QSize kPageSize(824, 740); // the centre of the window at its first size
constexpr int kStep = 29;            // pixels of the slider between two events

/// The page with its runs, ready to be dragged, and a mouse.
class Bench {
public:
    explicit Bench(std::int64_t runCount) {
        const char* const methods[] = {"lp", "ft", "lora", "lp-ft", "lp-lora"};
        auto runs = std::make_shared<std::vector<record::Run>>();
        for (std::int64_t i = 0; i < runCount; ++i) {
            tests::TinyRun run;
            run.method = methods[i % 5];
            run.seed = 1 + i / 5;
            run.classes = 10;
            run.epochs = 1;
            run.rows = 10000;
            const QString file = m_folder.filePath(QString::number(i) + QStringLiteral(".h5"));
            runs->push_back(record::readRun(tests::writeTinyRun(file.toStdU16String(), run)));
        }
        m_page.resize(kPageSize);
        m_page.show();
        m_page.setRuns(runs);
        m_groove = m_page.findChild<widgets::TemperatureGroove*>();
        const char* const plots[] = {"reliabilityPlot", "temperatureCurve"};
        for (std::size_t i = 0; i < 2; ++i) {
            const auto* plot = m_page.findChild<widgets::PlotView*>(QLatin1String(plots[i]));
            QObject::connect(plot, &widgets::PlotView::painted, &m_page, [this, i] { m_painted[i] = true; });
        }
        awaitPaint();
        m_x = m_groove->positionOf(1);
        press();
    }

    void move() {
        const double end = m_groove->positionOf(m_groove->highest());
        m_x = m_x + kStep < end ? m_x + kStep : m_groove->positionOf(m_groove->lowest());
        send(QEvent::MouseMove);
    }
    void release() { send(QEvent::MouseButtonRelease); }
    /// At the temperature that is shown: changes nothing.
    void press() {
        send(QEvent::MouseButtonPress);
        QCoreApplication::processEvents();
        m_painted = {};
    }

    /// Until both plots are on the surface of the window; the rest of the page is painted in the same go.
    void awaitPaint() {
        while (!m_painted[0] || !m_painted[1]) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
        m_painted = {};
    }

    [[nodiscard]] QImage picture() {
        QImage image = m_page.grab().toImage();
        m_painted = {};
        return image;
    }

private:
    void send(QEvent::Type type) {
        const QPointF at(m_x, m_groove->height() / 2.0);
        QMouseEvent event(type, at, m_groove->mapToGlobal(at),
                          type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                          type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_groove, &event);
    }

    QTemporaryDir m_folder;
    window::AnalysisWorker m_worker;
    widgets::CalibrationPage m_page{m_worker};
    widgets::TemperatureGroove* m_groove = nullptr;
    std::array<bool, 2> m_painted{};
    double m_x = 0;
};

void drag(benchmark::State& state) {
    Bench bench(state.range(0));
    QImage before = bench.picture();
    for ([[maybe_unused]] auto turn : state) {
        bench.move();
        bench.awaitPaint();
        state.PauseTiming();
        QImage now = bench.picture();
        if (now == before) {
            state.SkipWithError("the picture did not change");
            break;
        }
        before = std::move(now);
        state.ResumeTiming();
    }
}

/// The last event of a drag, which replaces the quick numbers by the exact ones.
void release(benchmark::State& state) {
    Bench bench(state.range(0));
    for ([[maybe_unused]] auto turn : state) {
        state.PauseTiming();
        bench.move();
        bench.awaitPaint();
        state.ResumeTiming();
        bench.release();
        bench.awaitPaint();
        state.PauseTiming();
        bench.press();
        state.ResumeTiming();
    }
}

/// From logits in memory to all that the page shows of a run: temperature, table and curve. 10 classes.
void prepare(benchmark::State& state) {
    record::Run run = tests::emptyRun("ft");
    for (const char* split : {"validation", "test"}) {
        auto sample = tests::randomLogits(state.range(0), 10, 2.0, 1);
        for (std::size_t row = 0; row < sample.labels.size(); ++row) { // or there would be no optimum
            sample.logits(static_cast<Eigen::Index>(row), sample.labels[row]) += 2;
        }
        tests::addSplit(run, split, split, tests::tuning(1), sample.logits, sample.labels);
    }
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(widgets::prepareRun(run, {}));
    }
}

BENCHMARK(drag)->ArgName("runs")->Arg(1)->Arg(3)->Arg(5)->Arg(12)->Unit(benchmark::kMillisecond);
BENCHMARK(prepare)
    ->ArgName("rows")
    ->Arg(10000)
    ->Arg(1000000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(release)->ArgName("runs")->Arg(1)->Arg(3)->Arg(5)->Arg(12)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    return bench::runWithApplication(argc, argv);
}
