#include "core/analysis/temperature/temperature_objective.h"

#include "core/analysis/temperature/temperature.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

#include <cmath>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// Written down as it is defined, in long double.
TemperatureObjective byDefinition(const MatrixF& logits, const Labels& labels, double beta) {
    long double nll = 0, slope = 0, curvature = 0;
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        long double top = -1e40L * 1e40L;
        for (const float z : logits.row(row)) {
            top = std::max(top, static_cast<long double>(beta) * z);
        }
        long double sum = 0, mean = 0, variance = 0;
        for (const float z : logits.row(row)) {
            sum += std::exp(static_cast<long double>(beta) * z - top);
        }
        for (const float z : logits.row(row)) {
            mean += z * std::exp(static_cast<long double>(beta) * z - top) / sum;
        }
        for (const float z : logits.row(row)) {
            variance += (z - mean) * (z - mean) * std::exp(static_cast<long double>(beta) * z - top) / sum;
        }
        const long double label =
            logits(row, static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]));
        nll += std::log(sum) + top - static_cast<long double>(beta) * label;
        slope += mean - label;
        curvature += variance;
    }
    const auto rows = static_cast<long double>(logits.rows());
    return {static_cast<double>(nll / rows), static_cast<double>(slope / rows),
            static_cast<double>(curvature / rows)};
}

} // namespace

class TestTemperatureObjective : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isWhatItsDefinitionGives_data() {
        QTest::addColumn<double>("beta");
        QTest::addColumn<double>("spread");
        for (const double beta : {-3.0, -0.2, 0.0, 0.001, 0.4, 1.0, 100.0}) {
            for (const double spread : {1e-3, 2.0, 1e4, 1e30}) {
                QTest::addRow("beta %g, spread %g", beta, spread) << beta << spread;
            }
        }
    }
    void isWhatItsDefinitionGives() {
        QFETCH(double, beta);
        QFETCH(double, spread);
        for (const Eigen::Index rows : {1, 15, 16, 17, 100}) { // computed sixteen at a time
            for (const Eigen::Index classes : {2, 3, 150}) {
                const auto [logits, labels] = tests::randomLogits(rows, classes, spread, 3);
                const TemperatureObjective expected = byDefinition(logits, labels, beta);
                const TemperatureObjective actual = temperatureObjective(logits, labels, beta);
                QVERIFY_NEAR(actual.nll, expected.nll, 1e-13);
                QVERIFY_NEAR(actual.slope / spread, expected.slope / spread, 1e-13);
                QVERIFY_NEAR(actual.curvature / spread / spread, expected.curvature / spread / spread, 1e-12);
                QVERIFY(actual.curvature >= 0);
            }
        }
    }

    void theFitIsItsZeroHoweverFarTheLogitsReach() {
        // Newton stops where its next step would be below rounding: not before.
        for (const double spread : {0.05, 3.0, 300.0}) {
            auto [logits, labels] = tests::randomLogits(5000, 6, spread, 5);
            for (Eigen::Index row = 0; row < logits.rows(); row += 3) {
                logits(row, static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)])) +=
                    static_cast<float>(4 * spread);
            }
            const double beta = 1 / fitTemperature(logits, labels).value;
            QVERIFY(byDefinition(logits, labels, beta * (1 - 1e-12)).slope <= 0);
            QVERIFY(byDefinition(logits, labels, beta * (1 + 1e-12)).slope >= 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestTemperatureObjective)
#include "test_temperature_objective.moc"
