#include "core/analysis/calibration/calibration_conventions.h"

#include "core/analysis/calibration/calibration_error.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/calibration_samples.h"
#include "tests/support/near.h"

#include <QtTest>

#include <limits>
#include <map>
#include <string_view>

using namespace finescope;
using namespace finescope::analysis;

namespace {

struct EdgeCase {
    const char* name;
    int bins;
    Forecasts forecasts;
    std::map<Convention, double> ece;
    std::map<Convention, double> mce;
};

/// Cases at the edges, as the projects themselves answer them; definitions.md, Conventions of other tools.
std::vector<EdgeCase> edgeCases() {
    using enum Convention;
    const auto most = [](double netcalAndMost, double ofTorchmetrics) {
        return std::map<Convention, double>{{torchmetrics, ofTorchmetrics},
                                            {netcal, netcalAndMost},
                                            {gpleiss, netcalAndMost},
                                            {verifiedCalibration, netcalAndMost},
                                            {relplot, netcalAndMost}};
    };
    return {
        {"a one",
         10,
         {{.95, 1}, {1, 0}},
         {{torchmetrics, .525},
          {netcal, .475},
          {gpleiss, .475},
          {verifiedCalibration, .475},
          {relplot, .525}},
         {{torchmetrics, 1}}},
        {"a zero",
         2,
         {{1, 1, 1, 1, 0}, {0, 0, 1, 1, 1}},
         {{torchmetrics, .6}, {netcal, .6}, {gpleiss, .4}, {verifiedCalibration, .6}, {relplot, .6}},
         {}},
        {"on the edge .6", 10, {{.6, .55, .65}, {1, 0, 1}}, most(.1667, .4333), {}},
        {"on the edge .3", 10, {{.3, .25, .35}, {1, 0, 1}}, most(.3667, .5333), {}},
        {"torchmetrics' example, binary",
         2,
         {{.25, .25, .55, .75, .75}, {0, 0, 1, 1, 1}},
         most(.29, .29),
         {{torchmetrics, .316667}, {netcal, .316667}}},
        {"torchmetrics' example, multiclass",
         3,
         {{.55, .55, .6, .9}, {0, 0, 1, 1}},
         most(.2, .2),
         {{torchmetrics, .233333}, {netcal, .233333}}},
        {"all equal", 15, {std::vector<double>(10, .9), {1, 1, 1, 1, 1, 1, 1, 1, 0, 0}}, most(.1, .1), {}},
    };
}

} // namespace

class TestCalibrationConventions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyEdgeCaseIsReproduced_data() {
        QTest::addColumn<std::size_t>("index");
        const auto cases = edgeCases();
        for (std::size_t index = 0; index < cases.size(); ++index) {
            QTest::newRow(cases[index].name) << index;
        }
    }
    void everyEdgeCaseIsReproduced() {
        QFETCH(std::size_t, index);
        const EdgeCase one = edgeCases()[index];
        // Their table has four digits of most and six of some.
        for (const auto& [convention, ece] : one.ece) {
            QVERIFY_NEAR(errorUnder(convention, one.forecasts, one.bins).ece, ece, 5e-5);
        }
        for (const auto& [convention, mce] : one.mce) {
            QVERIFY_NEAR(errorUnder(convention, one.forecasts, one.bins).mce.value(), mce, 1e-6);
        }
    }

    // Equal mass: netcal's raises, verified_calibration says .1; the tied rows are one bin.
    void equalConfidencesAreOneBinOfEqualMass() {
        const Forecasts forecasts{std::vector<double>(10, .9), {1, 1, 1, 1, 1, 1, 1, 1, 0, 0}};
        const auto edges = ConfidenceBins::equalMass(forecasts.confidence, 15);
        QCOMPARE(edges.count(), std::size_t{1});
        QVERIFY_NEAR(calibrationError(binForecasts(forecasts, edges)).ece, .1, 1e-15);
    }

    // nan, ValueError, 0.0, IndexError and nan in the other projects.
    void nothingIsRefused() {
        for (const Convention convention : allConventions()) {
            try {
                (void)errorUnder(convention, {});
                QFAIL("an empty set was accepted");
            } catch (const Error& error) {
                QCOMPARE(error.kind(), ErrorKind::badInput);
                QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("no predictions")));
            }
        }
    }

    void agreesWithTheProjectsThemselves_data() { tests::addReferenceCases(); }
    void agreesWithTheProjectsThemselves() {
        FETCH_REFERENCE_FORECASTS(forecasts);
        for (const QJsonValue bins : tests::calibrationReferences()[name][QStringLiteral("bins")].toArray()) {
            const int count = bins[QStringLiteral("count")].toInt();
            std::size_t compared = 0;
            for (const ConventionError& mine : errorUnderEachConvention(forecasts, count)) {
                const QJsonValue theirs =
                    bins[QString::fromUtf8(mine.name.data(), static_cast<qsizetype>(mine.name.size()))];
                if (mine.convention == Convention::finescope) {
                    QCOMPARE(mine.ece, calibrationError(binForecasts(forecasts, ConfidenceBins(count))).ece);
                    continue;
                }
                QVERIFY2(theirs.isObject(), mine.name.data());
                // torchmetrics adds up in float32, row by row.
                const double tolerance = mine.convention == Convention::torchmetrics ? 1e-5 : 1e-12;
                QVERIFY_NEAR(mine.ece, theirs[QStringLiteral("ece")].toDouble(), tolerance);
                QCOMPARE(mine.mce.has_value(), theirs[QStringLiteral("mce")].isDouble());
                if (mine.mce) {
                    QVERIFY_NEAR(*mine.mce, theirs[QStringLiteral("mce")].toDouble(), tolerance);
                }
                ++compared;
            }
            QCOMPARE(compared, allConventions().size() - 1);
        }
    }

    // As the tools are called with two classes; netcal's own choice is the second class.
    void twoClassesAreScoredAsTheProjectsDo() {
        auto [logits, labels] = tests::congruentialLogits();
        const MatrixF two = logits.leftCols(2);
        for (auto& label : labels) {
            label %= 2;
        }
        const Forecasts top = topLabelForecasts(two, labels), second = classForecasts(two, labels, 1);
        QFile file(
            QStringLiteral(FINESCOPE_SOURCE_DIR "/tests/references/data/calibration_two_classes.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject reference = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(reference.size(), 4);
        for (const QString& count : reference.keys()) {
            const QJsonObject theirs = reference[count].toObject();
            int compared = 0;
            for (const Convention convention : allConventions()) {
                const std::string_view name = nameOf(convention);
                const QJsonObject of =
                    theirs[QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))].toObject();
                QCOMPARE(hasBinaryForm(convention), !of.isEmpty());
                QCOMPARE(takesSecondClass(convention), of.contains(QStringLiteral("given")));
                if (of.isEmpty()) {
                    continue;
                }
                const ConventionError ofTop = errorUnder(convention, top, count.toInt());
                const ConventionError ofSecond = errorUnder(convention, second, count.toInt());
                const double tolerance = convention == Convention::torchmetrics ? 1e-5 : 1e-12;
                QVERIFY_NEAR(ofTop.ece, of[QStringLiteral("top")].toDouble(), tolerance);
                QVERIFY_NEAR(ofSecond.ece, of[QStringLiteral("second")].toDouble(), tolerance);
                if (takesSecondClass(convention)) {
                    QVERIFY_NEAR(ofSecond.ece, of[QStringLiteral("given")].toDouble(), tolerance);
                    QVERIFY_NEAR(ofSecond.mce.value(), of[QStringLiteral("given_mce")].toDouble(), tolerance);
                    // An even number of bins is its own mirror image.
                    QVERIFY(count != QStringLiteral("15") || std::abs(ofTop.ece - ofSecond.ece) > 1e-5);
                }
                ++compared;
            }
            QCOMPARE(compared, 5);
        }
    }

    void allAgreeAwayFromEdges() {
        const auto [logits, labels] = tests::congruentialLogits();
        const Forecasts forecasts = topLabelForecasts(logits, labels);
        const double ece = reliability(logits, labels).ece;
        for (const ConventionError& one : errorUnderEachConvention(forecasts)) {
            QVERIFY_NEAR(one.ece, ece, 1e-7); // float32 confidences
            QVERIFY(!one.name.empty() && !one.edges.empty());
        }
    }

    void extremesAreNumbersAndRubbishIsRefused() {
        using Limits = std::numeric_limits<double>;
        for (const Convention convention : allConventions()) {
            for (const double confidence :
                 {0.0, Limits::denorm_min(), Limits::min(), std::nextafter(1.0, 0.0), 1.0}) {
                for (const int bins : {1, 2, 15, 1000}) {
                    const ConventionError one = errorUnder(convention, {{confidence}, {1}}, bins);
                    QVERIFY(one.ece >= 0 && one.ece <= 1);
                }
            }
            for (const double rubbish : {-.1, 1.1, Limits::quiet_NaN(), Limits::infinity()}) {
                QVERIFY_THROWS_EXCEPTION(Error, (void)errorUnder(convention, {{.5, rubbish}, {1, 0}}));
            }
            QVERIFY_THROWS_EXCEPTION(Error, (void)errorUnder(convention, {{.5}, {1, 0}}));
            QVERIFY_THROWS_EXCEPTION(Error, (void)errorUnder(convention, {{.5}, {2}}));
            QVERIFY_THROWS_EXCEPTION(Error, (void)errorUnder(convention, {{.5}, {1}}, 0));
            QVERIFY_THROWS_EXCEPTION(Error, (void)errorUnder(convention, {{.5}, {1}}, 1001));
        }
    }
};

QTEST_APPLESS_MAIN(TestCalibrationConventions)
#include "test_calibration_conventions.moc"
