#include "core/error.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_pgfplots.h"
#include "tests/support/near.h"
#include "tests/support/small_laboratory.h"

#include <QtTest>

#include <cmath>

using namespace finescope;
using namespace finescope::figure;

namespace {

Figure built(const std::string& kind, analysis::Spread spread = analysis::Spread::range) {
    return buildFigure({.kind = kind, .spread = spread}, tests::smallLaboratory());
}

const Line& curve(const Panel& panel, const std::string& start) {
    for (const Line& line : panel.curves) {
        if (line.name.starts_with(start)) {
            return line;
        }
    }
    throw Error(ErrorKind::internal, "no curve " + start);
}

const Band& band(const Panel& panel, const std::string& start) {
    for (const Band& each : panel.bands) {
        if (each.name.starts_with(start)) {
            return each;
        }
    }
    throw Error(ErrorKind::internal, "no band " + start);
}

} // namespace

class TestTheoryFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void orthogonalByAngleAndStep() {
        const Figure figure = built("theory-orthogonal");
        QCOMPARE(figure.panels.size(), std::size_t{2});
        const Line& fan = curve(figure.panels[0], "d = 8");
        QCOMPARE(fan.name, std::string("d = 8: range, n = 2"));
        QCOMPARE(fan.x, (std::vector<double>{0, 45, 90}));
        QCOMPARE(fan.y, (std::vector<double>{24, 16, 0})); // zero has a place on this axis
        QCOMPARE(band(figure.panels[0], fan.name).high, (std::vector<double>{32, 24, 0}));

        const Panel& path = figure.panels[1];
        QCOMPARE(path.y.scale, Scale::logarithmic);
        QVERIFY(path.header.ends_with("d = 8"));
        QCOMPARE(curve(path, "0\u00b0").y, (std::vector<double>{2, 4}));
        const Line& outside = curve(path, "90\u00b0");
        QVERIFY(std::isnan(outside.y[0])); // exactly zero: no place on a logarithmic axis
        QVERIFY_NEAR(outside.y[1] * 1e16, 2.0, 1e-12);
        QCOMPARE(band(path, "90\u00b0").x, (std::vector<double>{10}));
    }

    void aBandThatReachesZeroEndsAbove() {
        const Figure figure = built("theory-orthogonal", analysis::Spread::tInterval95);
        const Band& whole = band(figure.panels[1], "0\u00b0"); // 2 -+ 12.7
        QVERIFY_NEAR(whole.low[0], 0.2, 1e-12);
        QVERIFY(whole.name.find("95 % t interval") != std::string::npos);
    }

    void loraByRank() {
        const Figure figure = built("theory-lora");
        QCOMPARE(figure.panels.size(), std::size_t{4});
        const Panel& quantiles = figure.panels[0];
        QVERIFY(quantiles.header.ends_with("d = 8"));
        const Line& middle = curve(quantiles, "median");
        QCOMPARE(middle.x, (std::vector<double>{8, 256, 512}));
        QVERIFY_NEAR(middle.y[1], 1.5 / 16, 1e-12);
        const std::string source = pgfplots(figure, {.widthMm = 140,
                                                     .heightMm = 160,
                                                     .fontPt = 9,
                                                     .look = [](const Style&) { return PgfLook{}; },
                                                     .recipe = ""});
        QVERIFY(source.find("{5 \\% to 95 \\% of draws}") != std::string::npos); // a band without a line
        QVERIFY(source.find("legend columns=3") == std::string::npos); // legends side by side share the width
        QVERIFY_NEAR(band(quantiles, "5 % to 95 % of draws").high[1], 3.0 / 16, 1e-12);

        const Panel& errors = figure.panels[1];
        QCOMPARE(curve(errors, "d = 4").x, (std::vector<double>{8, 256}));
        QVERIFY_NEAR(curve(errors, "d = 8").y[0], 3 / std::sqrt(8.0), 1e-12);
        const Line& bound = curve(errors, "bound at 95 %");
        QVERIFY(bound.x.front() > 118 && bound.x.front() < 125); // vacuous before
        QVERIFY_NEAR(bound.y.back(), *analysis::loraErrorBound(512, 0.95), 1e-9);

        const Panel& shares = figure.panels[2];
        QVERIFY_NEAR(curve(shares, "r = 8").y[0], 0.6, 1e-12);
        QVERIFY(std::ranges::none_of(shares.curves, [](const Line& line) {
            return line.name == "bound, r = 8"; // below zero everywhere
        }));
        QVERIFY_NEAR(curve(shares, "bound, r = 512").y.back(), analysis::loraProbabilityBound(1, 512), 1e-12);

        const Panel& deviations = figure.panels[3];
        QVERIFY_NEAR(curve(deviations, "d = 8").y[0], 1.45 / std::sqrt(8.0), 1e-12);
        QVERIFY_NEAR(curve(deviations, "sqrt(2/r)").y[0], 0.5, 1e-12);
    }

    void kindsAndRecipes() {
        bool any = false;
        for (const FigureKind& row : figureKinds()) {
            if (row.input() != FigureInput::verification) {
                continue;
            }
            any = true;
            const std::string kind(row.name);
            QCOMPARE(inputOf(kind), FigureInput::verification);
            const FigureRequest request{.kind = kind, .files = {"verify.json"}, .widthMm = 99};
            const FigureRequest read = requestFromJson(requestToJson(request), "r");
            QCOMPARE(read.kind, kind);
            QCOMPARE(read.files, request.files);
            QCOMPARE(requestToJson(read), requestToJson(request));
            QVERIFY_EXCEPTION_THROWN(static_cast<void>(buildFigure(request, std::span<const record::Run>{})),
                                     Error);
            const std::string table = csv(built(kind));
            QVERIFY2(table.find("n = 2") != std::string::npos, kind.c_str());
        }
        QVERIFY(any);
        QCOMPARE(inputOf("accuracy"), FigureInput::runs);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(built("accuracy")), Error);
    }
};

QTEST_GUILESS_MAIN(TestTheoryFigures)
#include "test_theory_figures.moc"
