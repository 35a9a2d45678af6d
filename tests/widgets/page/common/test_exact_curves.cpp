#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/core/figure/memory_run.h"
#include "tests/widgets/page/background_by_hand.h"
#include "widgets/page/common/exact_curves.h"

#include <QtTest>

using namespace finescope;
using widgets::ExactCurves;

namespace {

ExactCurves::Run prepared(Eigen::Index rows) {
    record::Run run = tests::emptyRun("ft");
    const auto [logits, labels] = tests::randomLogits(rows, 10, 1.0, 1);
    tests::addSplit(run, "test", "test", tests::tuning(1), logits, labels);
    return widgets::prepareRun(run, {});
}

} // namespace

class TestExactCurves : public QObject {
    Q_OBJECT

    static constexpr Eigen::Index kLarge = 25'001;

private Q_SLOTS:
    void largeRunsGetTheirsOneAfterTheOther() {
        const std::vector<ExactCurves::Run> runs{prepared(50), prepared(kLarge), prepared(kLarge)};
        tests::BackgroundByHand background;
        int arrived = 0;
        ExactCurves curves(background, *this, [&arrived] { ++arrived; });
        curves.complete(runs);
        QVERIFY(&curves.of(runs[0]) == &runs[0]->curve && &curves.of(runs[1]) == &runs[1]->curve);
        QCOMPARE(background.waiting.size(), std::size_t{1});
        background.next();
        QCOMPARE(arrived, 1);
        QVERIFY(curves.of(runs[1]).nll == runs[1]->exactCurve().nll);
        QVERIFY(curves.of(runs[1]).nll != runs[1]->curve.nll);
        QVERIFY(&curves.of(runs[2]) == &runs[2]->curve);
        background.next();
        QCOMPARE(arrived, 2);
        QVERIFY(curves.of(runs[2]).nll == runs[2]->exactCurve().nll);
        QVERIFY(background.waiting.empty());
    }

    void whatIsKnownStaysAndWhatIsGoneIsForgotten() {
        const std::vector<ExactCurves::Run> runs{prepared(kLarge), prepared(kLarge)};
        tests::BackgroundByHand background;
        ExactCurves curves(background, *this, [] {});
        curves.complete(std::span(runs).first(1));
        background.next();
        curves.complete(runs);
        QCOMPARE(background.waiting.size(), std::size_t{1}); // of the second only
        curves.complete(runs);                               // drawn anew meanwhile: it goes on
        QCOMPARE(background.waiting.size(), std::size_t{1});
        curves.complete(std::span(runs).first(1));
        QVERIFY(background.waiting.empty());
        QVERIFY(&curves.of(runs[0]) != &runs[0]->curve);
        curves.complete({});
        QVERIFY(&curves.of(runs[0]) == &runs[0]->curve);
    }
};

QTEST_GUILESS_MAIN(TestExactCurves)
#include "test_exact_curves.moc"
