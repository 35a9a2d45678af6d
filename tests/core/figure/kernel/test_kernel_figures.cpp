#include "core/error.h"
#include "core/figure/kernel/kernel_figures.h"
#include "core/figure/kernel/kernel_heat_map.h"
#include "core/figure/kernel/kernel_table.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "core/figure/request/table_kinds.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_latex.h"
#include "core/figure/write/write_pgfplots.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <QtTest>

using namespace finescope;
using namespace finescope::figure;
using analysis::KernelPart;

namespace {

/// n = 3, C = 2. P = diag(4, 2, 1); F = `scale` diag(6, 5, 4, 3, 2, 0); labels 1, 0, 1.
record::KernelState kernelOf(double scale, const std::string& adapted = "full") {
    record::KernelState kernel;
    kernel.state = "pretrained";
    kernel.adapted = adapted;
    kernel.classes = 2;
    kernel.trainIndex = {3, 5, 8};
    kernel.trainLabels = {1, 0, 1};
    kernel.trainResiduals = MatrixD(3, 2);
    kernel.trainResiduals << -0.5, 0.5, 0.25, -0.25, -1, 1;
    kernel.pTrain = VectorD{{4, 2, 1}}.asDiagonal();
    kernel.fTrain = scale * MatrixD(VectorD{{6, 5, 4, 3, 2, 0}}.asDiagonal());
    return kernel;
}

record::Run runWith(const std::string& method, const record::KernelState& kernel, std::int64_t seed = 1) {
    record::Run run = tests::emptyRun(method, seed);
    auto parts = std::make_shared<tests::MemoryParts>();
    parts->kernels[kernel.state] = kernel;
    run.parts = parts;
    run.kernelStates = {kernel.state};
    return run;
}

const Line& curve(const Panel& panel, const std::string& name) {
    for (const Line& line : panel.curves) {
        if (line.name == name) {
            return line;
        }
    }
    throw Error(ErrorKind::internal, "no curve " + name);
}

} // namespace

class TestKernelFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void traceNormsOfBlocks() {
        auto kernel = kernelOf(1);
        // Eigenvalues (1 +- sqrt 29) / 2: their absolute values sum to sqrt 29.
        kernel.fTrain.block(0, 2, 2, 2) << 3, 1, 1, -2;
        kernel.fTrain.block(2, 0, 2, 2) << 0, 2, 1, 0; // singular values 2 and 1
        const MatrixD norms = analysis::blockTraceNorms(kernel, KernelPart::fineTuningEffective);
        QVERIFY_NEAR(norms(0, 0), 11.0, 1e-14);
        QVERIFY_NEAR(norms(0, 1), std::sqrt(29.0), 1e-14);
        QVERIFY_NEAR(norms(1, 0), 3.0, 1e-14);
        QCOMPARE(norms(0, 2), 0.0);
        QCOMPARE(analysis::blockTraceNorms(kernel, KernelPart::pretrainEffective)(1, 1), 4.0);
        QVERIFY_NEAR(analysis::blockTraceNorms(kernel, KernelPart::total)(0, 0), 19.0, 1e-14);

        record::KernelState three;
        three.classes = 3;
        three.pTrain = MatrixD::Constant(1, 1, -2);
        three.trainResiduals = MatrixD::Zero(1, 3);
        three.fTrain = VectorD{{1, -2, 4}}.asDiagonal();
        QVERIFY_NEAR(analysis::blockTraceNorms(three, KernelPart::fineTuningEffective)(0, 0), 7.0, 1e-14);
        QVERIFY_NEAR(analysis::blockTraceNorms(three, KernelPart::pretrainEffective)(0, 0), 6.0, 1e-14);
        QVERIFY_NEAR(analysis::blockTraceNorms(three, KernelPart::total)(0, 0), 1 + 4 + 2, 1e-14);
    }

    void spectraAreNormalisedAndPIsDrawnOnce() {
        const std::vector<record::Run> runs{runWith("ft", kernelOf(1)),
                                            runWith("lora", kernelOf(0.5, "lora"))};
        const auto entries = readKernelEntries(runs);
        Figure figure = spectrumFigure(entries);
        const Panel& panel = figure.panels.front();
        QCOMPARE(panel.curves.size(), std::size_t{3}); // P once, F of each
        QCOMPARE(panel.y.scale, Scale::logarithmic);
        const Line& p = curve(panel, "P");
        QCOMPARE(p.y, (std::vector<double>{1, 1, 0.5, 0.5, 0.25, 0.25}));
        QCOMPARE(p.x, (std::vector<double>{1, 2, 3, 4, 5, 6}));
        const Line& lora = curve(panel, "F of LoRA");
        QVERIFY_NEAR(lora.y[1], 5.0 / 6, 1e-15);
        QVERIFY(std::isnan(lora.y[5])); // zero has no logarithm, and the notes say so
        QVERIFY(figure.notes.back().starts_with("2 singular values are zero"));
        QCOMPARE(panel.references.size(), std::size_t{1});
        QVERIFY_NEAR(panel.references.front().at, 6 * std::ldexp(1.0, -23), 1e-20);

        figure = spectrumFigure(entries, {.parts = {KernelPart::total},
                                          .normalised = false,
                                          .axis = SpectrumAxis::fraction,
                                          .yScale = Scale::linear});
        QCOMPARE(figure.panels.front().curves.size(), std::size_t{2});
        const Line& total = curve(figure.panels.front(), "P + F of FT");
        QCOMPARE(total.y, (std::vector<double>{10, 9, 6, 5, 3, 1}));
        QVERIFY_NEAR(total.x[0], 1.0 / 6, 1e-15);
        QVERIFY(figure.panels.front().references.empty());

        auto other = kernelOf(1);
        other.pTrain *= 2;
        const std::vector<record::Run> apart{runWith("ft", kernelOf(1)), runWith("lp-ft", other)};
        const auto different = readKernelEntries(apart);
        QCOMPARE(curve(spectrumFigure(different).panels.front(), "P of LP-FT").y.front(), 1.0);
    }

    void mapsAreSortedByClass() {
        const std::vector<record::Run> runs{runWith("ft", kernelOf(1))};
        const auto entries = readKernelEntries(runs);
        const Figure figure = kernelHeatMapFigure(entries, {.colours = Range{1, 100}});
        QCOMPARE(figure.panels.size(), std::size_t{2});
        const HeatMap& map = figure.panels[0].heatMap.value();
        // Sample 1 is of class 0, then 0 and 2; the first row is at the top.
        QCOMPARE(map.cells->values, (std::vector<double>{0, 0, 2, 0, 11, 0, 7, 0, 0}));
        QCOMPARE(figure.panels[0].references.size(), std::size_t{2});
        QCOMPARE(figure.panels[0].references[0].at, 1.0);
        QCOMPARE(figure.panels[0].references[1].at, 2.0);
        // Rows and columns are called after the rows of the train split.
        QCOMPARE(map.cells->columnNames,
                 (std::vector<std::string>{"row 5 (no)", "row 3 (yes)", "row 8 (yes)"}));
        QCOMPARE(map.cells->rowNames.front(), std::string("row 8 (yes)"));
        const HeatMap& scale = figure.panels[1].heatMap.value();
        QCOMPARE(scale.across.value(), (Range{1, 100}));
        QVERIFY_NEAR(colourPlace(scale, colourRange(scale), 10), 0.5, 1e-15);
        QVERIFY(figure.notes[1].find("no 1, yes 2") != std::string::npos);
        // The scale is no data.
        QCOMPARE(QString::fromStdString(csv(figure)).count(QStringLiteral(",cell,")), 9);
        QVERIFY(pgfplots(figure, {.widthMm = 80, .heightMm = 80}).find("colormap/viridis") !=
                std::string::npos);
    }

    void ratiosOfSamples() {
        const std::vector<record::Run> runs{runWith("ft", kernelOf(1))};
        const Figure figure = ratioFigure(readKernelEntries(runs));
        const Scatter& points = figure.panels.front().scatters.front();
        // |F r| / |(P + F) r| of each sample, by hand.
        std::vector<double> expected{std::hypot(3, 2.5) / std::hypot(5, 4.5),
                                     std::hypot(1, 0.75) / std::hypot(1.5, 1.25), 2.0 / std::hypot(3, 1)};
        std::ranges::sort(expected);
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY_NEAR(points.y[i], expected[i], 1e-14);
        }
        QVERIFY_NEAR(figure.panels.front().curves.front().y.front(),
                     (expected[0] + expected[1] + expected[2]) / 3, 1e-14);
    }

    void tablesHoldRanksNormsAndRatios() {
        auto regressed = kernelOf(1);
        regressed.regression = MatrixD(3, 4);
        *regressed.regression << 0.5, 0.25, 0.5, 0.25, 1, 0.75, 1, 0.5, 0.9, 0.8, 0.7,
            std::numeric_limits<double>::quiet_NaN();
        const std::vector<record::Run> runs{runWith("ft", regressed), runWith("ft", kernelOf(3), 2),
                                            runWith("lora", kernelOf(0.5, "lora"))};
        const auto entries = readKernelEntries(runs);
        const Table paper = kernelTable(entries);
        QCOMPARE(paper.rows.size(), std::size_t{5}); // P, then F and P + F of two methods
        QCOMPARE(paper.rows[0][3].value.value(), 6.0);
        QVERIFY_NEAR(paper.rows[0][4].value.value(), std::sqrt(2 * (16 + 4 + 1)) / 1000, 1e-15);
        QCOMPARE(paper.rows[1][1].text, std::string("FT"));
        QCOMPARE(paper.rows[1][3].value.value(), 5.0);
        QCOMPARE(paper.rows[1][3].count, 2);
        QVERIFY_NEAR(paper.rows[1][4].value.value(), 2 * std::sqrt(90.0) / 1000, 1e-15);
        QCOMPARE(paper.rows[1][5].value.value(), 100.0);
        QVERIFY(!paper.rows[0][7].value);
        QVERIFY(latex(paper).find("\\toprule") != std::string::npos);

        const Table numbers = kernelNumbers(entries);
        QCOMPARE(numbers.rows.size(), std::size_t{9});
        QVERIFY(!numbers.rows[2][9].value);                         // NaN is no number
        QVERIFY_NEAR(numbers.rows[1][4].value.value(), 2.5, 1e-14); // 90 / 36
        const Table lora = loraTable(entries);
        QCOMPARE(lora.rows.size(), std::size_t{2});
        QVERIFY_NEAR(lora.rows[0][4].value.value(), 0.0, 1e-12); // spectra of one shape
        QVERIFY(!lora.rows[0][2].value);                         // no F_qv recorded
        QVERIFY(loraTable(std::span(entries).first(2)).rows.empty());
        QCOMPARE(loraTable(std::span(entries).first(2)).notes.size(), std::size_t{1});
        // The tables of the Kernel page are those that may be asked for.
        QCOMPARE(csv(buildTable({.kind = "kernel-lora"}, runs)), csv(lora));
        QCOMPARE(csv(buildTable({.kind = "kernel-numbers"}, runs)), csv(numbers));
    }

    void runsWithoutAKernelAreLeftOutOrRefused() {
        const std::vector<record::Run> some{tests::emptyRun("lp"), runWith("ft", kernelOf(1))};
        QCOMPARE(readKernelEntries(some).size(), std::size_t{1});
        for (const auto& [runs, state, said] :
             {std::tuple(std::vector{tests::emptyRun("lp")}, "", "finescope-engine ntk lp.h5"),
              std::tuple(std::vector{runWith("ft", kernelOf(1))}, "after_lp", "only: pretrained")}) {
            try {
                (void)readKernelEntries(runs, state);
                QFAIL("was not refused");
            } catch (const Error& error) {
                QCOMPARE(error.kind(), ErrorKind::badInput);
                QVERIFY2(std::string(error.what()).find(said) != std::string::npos, error.what());
            }
        }
        QVERIFY(!spectrumFigure({}).panels.front().emptyText.empty());
        QVERIFY(!kernelHeatMapFigure({}).panels.front().emptyText.empty());
        QVERIFY(!ratioFigure({}).panels.front().emptyText.empty());
    }

    void aSpectrumTooLargeToComputeIsNamed() {
        const auto n = analysis::kLargestComputedSpectrum / 2 + 1;
        record::KernelState kernel;
        kernel.state = "pretrained";
        kernel.classes = 2;
        kernel.trainLabels.assign(static_cast<std::size_t>(n), 0);
        kernel.pTrain = MatrixD::Identity(n, n);
        kernel.fTrain = MatrixD::Identity(2 * n, 2 * n);
        kernel.trainResiduals = MatrixD::Ones(n, 2);
        const std::vector<record::Run> runs{runWith("ft", kernel)};
        const Figure figure = spectrumFigure(readKernelEntries(runs));
        QVERIFY(!figure.panels.front().emptyText.empty());
        QVERIFY(figure.notes.back().find("FT") != std::string::npos);
        QVERIFY(!kernelNumbers(readKernelEntries(runs)).rows[0][2].value);
    }

    void recipesKeepTheOptions() {
        FigureRequest request{.kind = "kernel-heatmap", .files = {"a.h5"}};
        request.kernelState = "after_lp";
        request.kernelParts = {KernelPart::total, KernelPart::pretrainEffective};
        request.rawSpectrum = request.linearValues = true;
        request.spectrumAxis = SpectrumAxis::fraction;
        request.colourRange = Range{-1, 2};
        const std::string text = requestToJson(request);
        QCOMPARE(requestToJson(requestFromJson(text, "recipe")), text);
        validate(requestFromJson(text, "recipe"));
        request.linearValues = false; // no logarithm of -1
        QVERIFY_THROWS_EXCEPTION(Error, validate(request));
        QVERIFY_THROWS_EXCEPTION(
            Error, (void)requestFromJson(R"({"finescope_recipe": 1, "kernel_parts": ["Q"]})", "recipe"));
        const std::vector<record::Run> runs{runWith("ft", kernelOf(1))};
        QCOMPARE(buildFigure({.kind = "spectrum", .logX = true}, runs).panels.front().x.scale,
                 Scale::logarithmic);
        QCOMPARE(buildFigure({.kind = "kernel-heatmap"}, runs).panels.size(), std::size_t{2});
        QCOMPARE(buildFigure({.kind = "ft-ratio"}, runs).panels.front().scatters.size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestKernelFigures)
#include "test_kernel_figures.moc"
