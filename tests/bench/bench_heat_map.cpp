// What a person who looks into a heat map waits for: one turn of the wheel on the map, or on the scale of its
// colours, on the real Kernel page until it is painted. A kernel of n samples and two classes, read from a
// run file.

#include "app/window/jobs/analysis_worker.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/bench/gui_main.h"
#include "tests/support/tiny_run.h"
#include "widgets/page/kernel/kernel_page.h"
#include "widgets/plot/scene/figure_plot.h"
#include "widgets/plot/view/plot_view.h"

#include <QComboBox>
#include <QTemporaryDir>
#include <QWheelEvent>

#include <cmath>
#include <memory>
#include <vector>

using namespace finescope;

namespace {

constexpr QSize kPageSize(824, 740); // the centre of the window at its first size

record::KernelState kernelOf(Eigen::Index n) {
    record::KernelState kernel;
    kernel.state = "pretrained";
    kernel.adapted = "full";
    kernel.floatType = "float64";
    kernel.classes = 2;
    const MatrixD features = MatrixD::Random(n, 8), gradients = MatrixD::Random(2 * n, 8);
    kernel.pTrain = (features * features.transpose()).array() + 1;
    kernel.fTrain = gradients * gradients.transpose();
    kernel.trainResiduals = MatrixD::Random(n, 2);
    for (Eigen::Index i = 0; i < n; ++i) {
        kernel.trainIndex.push_back(i);
        kernel.trainLabels.push_back(i % 2);
    }
    kernel.spectrum = MatrixD::Ones(3, 2 * n); // or the page would compute it
    return kernel;
}

class Bench {
public:
    explicit Bench(std::int64_t samples) {
        const std::filesystem::path file = m_folder.filePath(QStringLiteral("run.h5")).toStdU16String();
        tests::writeTinyRun(file,
                            {.method = "ft", .epochs = 1, .rows = std::max<std::int64_t>(samples / 2, 20)});
        record::addKernel(file, record::readRun(file).runId, kernelOf(samples));
        m_page.resize(kPageSize);
        m_page.show();
        auto* view = m_page.options()->findChild<QComboBox*>(QStringLiteral("kernelView"));
        view->setCurrentIndex(1);
        m_page.setRuns(std::make_shared<std::vector<record::Run>>(1, record::readRun(file)));
        m_plot = m_page.findChild<widgets::PlotView*>();
        QObject::connect(m_plot, &widgets::PlotView::painted, &m_page, [this] { m_painted = true; });
        while (m_plot->figure().kind != "kernel-heatmap" || !m_painted) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
        // 0 is the map, 1 its scale.
        const auto& panels = m_plot->findChild<widgets::FigurePlot*>()->panels();
        for (const std::size_t panel : {0, 1}) {
            m_at[panel] = QRectF(panels[panel]->axisRect()->rect()).center();
        }
        awaitPaint();
    }

    void wheel(int panel) {
        m_turn = m_turn > 0 ? -120 : 120; // in and out again
        QWheelEvent event(m_at[panel], m_plot->mapToGlobal(m_at[panel]), {}, {0, m_turn}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        m_painted = false;
        QCoreApplication::sendEvent(m_plot, &event);
        awaitPaint();
    }

private:
    void awaitPaint() {
        while (!m_painted) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
    }

    QTemporaryDir m_folder;
    window::AnalysisWorker m_worker;
    widgets::KernelPage m_page{m_worker};
    widgets::PlotView* m_plot = nullptr;
    QPointF m_at[2];
    int m_turn = -120;
    bool m_painted = false;
};

void zoomMap(benchmark::State& state) {
    Bench bench(state.range(0));
    for ([[maybe_unused]] auto turn : state) {
        bench.wheel(0);
    }
}

void zoomColours(benchmark::State& state) {
    Bench bench(state.range(0));
    for ([[maybe_unused]] auto turn : state) {
        bench.wheel(1);
    }
}

BENCHMARK(zoomMap)->ArgName("samples")->Arg(250)->Arg(1000)->Arg(2000)->Unit(benchmark::kMillisecond);
BENCHMARK(zoomColours)->ArgName("samples")->Arg(250)->Arg(1000)->Arg(2000)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    return bench::runWithApplication(argc, argv);
}
