#include "app/window/window/paint_report.h"

#include "widgets/plot/view/plot_view.h"

#include <nlohmann/json.hpp>

#include <QGuiApplication>

#include <cstdio>
#include <ctime>
#include <set>

namespace finescope::window {

namespace {

double processorSeconds() {
    std::timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::size_t curveCount(const figure::Figure& figure) {
    std::set<std::string> names;
    const auto collect = [&names](const auto& marks) {
        for (const auto& mark : marks) {
            names.insert(mark.name);
        }
    };
    if (!figure.panels.empty()) {
        collect(figure.panels.front().curves);
        collect(figure.panels.front().bars);
    }
    return names.size();
}

void report(const widgets::PlotView& plot) {
    QGuiApplication::sync(); // the display server has drawn it too
    const nlohmann::ordered_json line{{"event", "painted"},
                                      {"plot", plot.objectName().toStdString()},
                                      {"curves", curveCount(plot.figure())},
                                      {"cpu_seconds", processorSeconds()}};
    std::fputs((line.dump() + "\n").c_str(), stdout);
    std::fflush(stdout); // whoever listens may stop doing so: the window goes on
}

} // namespace

void reportPaints(QWidget& window) {
    for (widgets::PlotView* plot : window.findChildren<widgets::PlotView*>()) {
        // Painting ends with the transfer to the screen, which comes after the plot's own part.
        QObject::connect(
            plot, &widgets::PlotView::painted, plot, [plot] { report(*plot); }, Qt::QueuedConnection);
    }
}

} // namespace finescope::window
