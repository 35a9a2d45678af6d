#include "core/analysis/statistics/smoothing.h"
#include "core/error.h"
#include "tests/support/near.h"

#include <QtTest>

#include <cmath>

using namespace finescope;
using analysis::movingAverage;

class TestSmoothing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aConstantStaysWhatItIs() {
        for (const double value : movingAverage(std::vector<double>(200, 3.5), 0.97)) {
            QVERIFY_NEAR(value, 3.5, 1e-12); // rounding of 200 sums
        }
    }

    void handComputed() {
        // w = 0.5: 4; (0.5*2 + 0.5*1)/0.75 = 2; (0.5*1.5 + 0.5*8)/0.875 = 38/7
        const auto averages = movingAverage(std::vector<double>{4, 1, 8}, 0.5);
        QVERIFY_NEAR(averages[0], 4.0, 1e-15);
        QVERIFY_NEAR(averages[1], 2.0, 1e-15);
        QVERIFY_NEAR(averages[2], 38.0 / 7.0, 1e-14);
    }

    void aRampHasItsClosedForm() {
        // The mean of 1..n under weights w^(n-i), by the geometric series and its derivative.
        // n - w/(1-w) + n w^n/(1-w^n)
        const double w = 0.9;
        std::vector<double> ramp;
        for (int i = 1; i <= 100; ++i) {
            ramp.push_back(i);
        }
        const auto averages = movingAverage(ramp, w);
        for (int n = 1; n <= 100; ++n) {
            const double power = std::pow(w, n);
            const double expected = n - w / (1 - w) + n * power / (1 - power);
            QVERIFY_NEAR(averages[static_cast<std::size_t>(n - 1)], expected, 1e-10); // sums of 100
        }
    }

    void equalsTheWeightedMeanByDefinition() {
        std::vector<double> values;
        for (int i = 0; i < 60; ++i) {
            values.push_back(std::sin(1.7 * i) * i);
        }
        for (const double w : {0.1, 0.6, 0.99}) {
            const auto averages = movingAverage(values, w);
            for (std::size_t n = 0; n < values.size(); ++n) {
                double sum = 0, weights = 0;
                for (std::size_t i = 0; i <= n; ++i) {
                    const double weight = std::pow(w, static_cast<double>(n - i));
                    sum += weight * values[i];
                    weights += weight;
                }
                QVERIFY_NEAR(averages[n], sum / weights, 1e-10); // 1 - w^n cancels digits near w = 1
            }
        }
    }

    void noWeightAndNoValuesChangeNothing() {
        const std::vector<double> values{3, -1, 2};
        QVERIFY(movingAverage(values, 0) == values);
        QVERIFY(movingAverage({}, 0.9).empty());
    }

    void refusesWeightsOutOfRange() {
        for (const double w : {-0.1, 1.0, std::nan("")}) {
            QVERIFY_EXCEPTION_THROWN((void)movingAverage(std::vector<double>{1}, w), Error);
        }
    }
};

QTEST_APPLESS_MAIN(TestSmoothing)
#include "test_smoothing.moc"
