// Paints sample figures into a folder, on screen themes and on paper, for looking at: render_samples FOLDER

#include "tests/widgets/plot/sample_figures.h"
#include "widgets/plot/export/figure_export.h"
#include "widgets/plot/view/plot_view.h"

#include <QApplication>
#include <QDir>
#include <QPixmap>

#include <iostream>
#include <map>

using namespace finescope;

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc != 2) {
        std::cerr << "usage: render_samples FOLDER\n";
        return 2;
    }
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    folder.mkpath(QStringLiteral("."));
    const std::map<std::string, figure::Figure> figures{
        {"reliability", tests::sampleReliability({"ft", "lp-ft", "lora", "lp-lora"}, 1)},
        {"reliability-ten",
         tests::sampleReliability(
             {"ft", "lp-ft", "lora", "lp-lora", "lp", "ft", "lp-ft", "lora", "lp-lora", "lp"}, 1)},
        {"norms", tests::sampleNorms(figure::Scale::linear)},
        {"norms-log", tests::sampleNorms(figure::Scale::logarithmic)},
        {"final", tests::sampleFinalNorms()},
        {"heat", tests::sampleHeatMap(false)},
        {"heat-diverging", tests::sampleHeatMap(true)},
        {"two-axes", tests::sampleTwoAxes()},
        {"empty", tests::sampleEmpty()},
    };
    for (const auto& [name, figure] : figures) {
        for (const QString& theme : {QStringLiteral("light"), QStringLiteral("dark")}) {
            widgets::PlotView view;
            view.setTheme(widgets::FigureTheme::load(theme));
            view.resize(820, 520);
            view.setFigure(figure);
            view.show();
            QApplication::processEvents();
            view.grab().save(folder.filePath(QString::fromStdString(name) + QLatin1Char('-') + theme +
                                             QStringLiteral(".png")));
        }
        for (const char* suffix : {".pdf", ".svg", ".png"}) {
            widgets::ExportOptions options;
            options.widthMm = 3.25 * 25.4;
            options.heightMm = name.starts_with("reliability") ? 45 : 55;
            options.recipe = "{\"kind\": \"" + figure.kind + "\"}";
            widgets::exportFigure(
                figure, folder.filePath(QString::fromStdString(name + "-print" + suffix)).toStdString(),
                options);
        }
    }
    return 0;
}
