#include "core/analysis/calibration/smooth_calibration.h"

#include "core/error.h"
#include "tests/core/analysis/calibration/calibration_samples.h"
#include "tests/support/near.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numbers>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// The definition itself with a kernel that is not cut off: at each place, the residuals of all rows and of
/// their mirror images weighted by the Gaussian; no grid for the rows.
double bySumOverRows(const Forecasts& forecasts, double bandwidth) {
    double error = 0;
    double density = 0;
    for (int i = 0; i <= 400; ++i) {
        const double place = i / 400.0;
        double residual = 0;
        double weight = 0;
        for (std::size_t row = 0; row < forecasts.size(); ++row) {
            const double confidence = forecasts.confidence[row];
            for (const double image : {confidence, -confidence, 2 - confidence}) {
                const double distance = (place - image) / bandwidth;
                const double kernel = std::exp(-distance * distance / 2);
                weight += kernel;
                residual += kernel * (confidence - forecasts.right[row]);
            }
        }
        error += std::abs(residual);
        density += weight;
    }
    return error / density;
}

} // namespace

class TestSmoothCalibration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithRelplot_data() { tests::addReferenceCases(); }
    void agreesWithRelplot() {
        FETCH_REFERENCE_FORECASTS(forecasts);
        const QJsonValue expected = tests::calibrationReferences()[name][QStringLiteral("smooth")];
        const SmoothCalibration mine = smoothCalibration(forecasts);
        QCOMPARE(mine.bandwidth, expected[QStringLiteral("bandwidth")].toDouble());
        QVERIFY_NEAR(mine.error, expected[QStringLiteral("error")].toDouble(), 1e-12);
    }

    void agreesWithTheSumOverRows() {
        const auto [logits, labels] = tests::congruentialLogits();
        for (const double temperature : {3.0, 5.0, 6.442496}) {
            const Forecasts forecasts = topLabelForecasts(logits, labels, temperature);
            const SmoothCalibration mine = smoothCalibration(forecasts);
            QVERIFY(mine.bandwidth < .2); // wider, relplot's cutting off shows
            QVERIFY_NEAR(mine.error, bySumOverRows(forecasts, mine.bandwidth), 2e-3 * mine.error);
        }
    }

    // What the definition promises: the bandwidth is where the error meets it, to within the last bisection
    // step.
    void errorAndBandwidthMeet() {
        const auto [logits, labels] = tests::congruentialLogits();
        for (const double temperature : {.5, 1.0, 2.0, 4.0, 8.0}) {
            const SmoothCalibration mine = smoothCalibration(topLabelForecasts(logits, labels, temperature));
            QVERIFY(mine.error <= mine.bandwidth);
            QVERIFY_NEAR(mine.error, mine.bandwidth, 2.0 / 1024 + 0.01 * mine.bandwidth);
        }
    }

    void calibratedConfidencesHaveNoError() {
        const Forecasts forecasts{{.5, .5, .25, .25, .25, .25}, {1, 0, 1, 0, 0, 0}};
        const SmoothCalibration mine = smoothCalibration(forecasts);
        QVERIFY_NEAR(mine.error, 0.0, 1e-15);
        QCOMPARE(mine.bandwidth, 1.0 / 512);
    }

    void extremesAreNumbers() {
        using Limits = std::numeric_limits<double>;
        for (const double confidence : {0.0, Limits::denorm_min(), .5, std::nextafter(1.0, 0.0), 1.0}) {
            for (const std::uint8_t right : {std::uint8_t{0}, std::uint8_t{1}}) {
                const SmoothCalibration one = smoothCalibration({{confidence}, {right}});
                QVERIFY(one.error >= 0 && one.error <= 1);
                QVERIFY(one.bandwidth > 0 && one.bandwidth <= 1);
            }
        }
    }

    void rubbishIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)smoothCalibration({}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)smoothCalibration({{.5}, {1, 0}}));
        QVERIFY_THROWS_EXCEPTION(Error,
                                 (void)smoothCalibration({{std::numeric_limits<double>::quiet_NaN()}, {1}}));
    }
};

QTEST_APPLESS_MAIN(TestSmoothCalibration)
#include "test_smooth_calibration.moc"
