#include "core/analysis/calibration/exponential.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace finescope::analysis;

namespace {

/// Values of a function of one number, as a loop compiled for the instruction set gives them.
template <class Value, class Function>
std::vector<Value> valuesOf(const std::vector<Value>& arguments, InstructionSet set,
                            const Function& function) {
    std::vector<Value> values(arguments.size());
    runWith(set, [&]() FINESCOPE_INLINE {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            values[i] = function(arguments[i]);
        }
    });
    return values;
}

} // namespace

class TestExponential : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySetIncludesTheOnesBefore() {
        const std::vector<InstructionSet> sets = availableInstructionSets();
        for (std::size_t i = 0; i < sets.size(); ++i) {
            QCOMPARE(static_cast<std::size_t>(sets[i]), i);
        }
        QVERIFY(widestInstructionSet() == sets.back());
    }

    void powersOfTwoInFloat() {
        std::vector<float> arguments;
        for (int i = 0; i <= 200000; ++i) {
            arguments.push_back(-126.0F * static_cast<float>(i) / 200000.0F);
        }
        for (const InstructionSet set : availableInstructionSets()) {
            const auto values =
                valuesOf(arguments, set, [](float x) FINESCOPE_INLINE { return exp2OfNegative(x); });
            double worst = 0;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double exact = std::exp2(static_cast<double>(arguments[i]));
                worst = std::max(worst, std::abs(static_cast<double>(values[i]) / exact - 1));
            }
            QVERIFY2(worst < 2e-7, qPrintable(QString::number(worst)));
            QCOMPARE(values.front(), 1.0F);
        }
        QVERIFY(exp2OfNegative(std::numeric_limits<float>::lowest()) < 2e-38F);
    }

    void exponentialsInDouble() {
        std::vector<double> arguments;
        for (int i = 0; i <= 300000; ++i) {
            arguments.push_back(i < 200000 ? -i / 200000.0 : -(i - 200000) * 0.007);
        }
        for (const InstructionSet set : availableInstructionSets()) {
            const auto values =
                valuesOf(arguments, set, [](double x) FINESCOPE_INLINE { return expOfNegative(x); });
            double worst = 0;
            for (std::size_t i = 0; i < values.size(); ++i) {
                worst = std::max(worst, std::abs(values[i] / std::exp(arguments[i]) - 1));
            }
            QVERIFY2(worst < 2 * std::numeric_limits<double>::epsilon(), qPrintable(QString::number(worst)));
            QCOMPARE(values.front(), 1.0);
        }
        QVERIFY(expOfNegative(-1e300) < 1e-307);
    }
};

QTEST_APPLESS_MAIN(TestExponential)
#include "test_exponential.moc"
