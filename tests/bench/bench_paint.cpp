// What one event of the temperature slider costs in the plot: a new figure of the same shape, painted.

#include "tests/bench/gui_main.h"
#include "tests/widgets/plot/sample_figures.h"
#include "widgets/plot/view/plot_view.h"

#include <QImage>

using namespace finescope;

namespace {

void reliabilityPanels(benchmark::State& state) {
    const char* const names[] = {"ft", "lp-ft", "lora", "lp-lora", "lp"};
    std::vector<std::string> methods;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        methods.emplace_back(names[i % 5]);
    }
    widgets::PlotView view;
    view.resize(1000, 620);
    view.show();
    // The figures are made before the clock starts: this is about painting them.
    std::vector<figure::Figure> figures;
    for (const double temperature : {1.0, 1.1, 1.2, 1.3}) {
        figures.push_back(tests::sampleReliability(methods, temperature));
    }
    view.setFigure(figures.front());
    QCoreApplication::processEvents();
    std::size_t next = 0;
    for (auto _ : state) {
        view.setFigure(figures[++next % figures.size()]);
        QCoreApplication::processEvents(); // the queued repaint, onto the window's surface
    }
}

BENCHMARK(reliabilityPanels)->Arg(1)->Arg(5)->Arg(12)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    return bench::runWithApplication(argc, argv);
}
