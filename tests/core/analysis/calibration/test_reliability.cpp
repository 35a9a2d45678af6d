#include "core/analysis/calibration/reliability.h"

#include "core/analysis/calibration/binning.h"
#include "core/analysis/temperature/temperature.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/data.h"
#include "tests/support/near.h"
#include "tests/support/python.h"
#include "tests/support/raw_array.h"

#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include <limits>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// Two classes with the given confidence in class 0.
MatrixF binaryLogits(std::initializer_list<double> confidences) {
    MatrixF logits = MatrixF::Zero(static_cast<Eigen::Index>(confidences.size()), 2);
    Eigen::Index row = 0;
    for (const double confidence : confidences) {
        logits(row++, 0) = static_cast<float>(std::log(confidence / (1 - confidence)));
    }
    return logits;
}

QString messageOf(const MatrixF& logits, const Labels& labels) {
    try {
        (void)reliability(logits, labels);
    } catch (const Error& error) {
        return error.kind() == ErrorKind::badInput ? QString::fromStdString(error.what()) : QString();
    }
    return {};
}

} // namespace

class TestReliability : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithThreeOtherProjects_data() {
        QTest::addColumn<double>("temperature");
        QTest::addColumn<double>("ece15");
        QTest::addColumn<double>("mce15");
        QTest::addColumn<double>("ece10");
        QTest::addColumn<double>("nll");
        QTest::addColumn<double>("brier");
        QTest::addRow("T = 1") << 1.0 << .422851847 << .514047789 << .422799471 << 2.946374992 << 1.003587663;
        QTest::addRow("T = 2") << 2.0 << .258427668 << .383584441 << .258714633 << 1.865499961 << .848628151;
    }
    void agreesWithThreeOtherProjects() {
        QFETCH(double, temperature);
        QFETCH(double, ece15);
        QFETCH(double, mce15);
        QFETCH(double, ece10);
        QFETCH(double, nll);
        QFETCH(double, brier);
        const auto [logits, labels] = tests::congruentialLogits();
        QCOMPARE(logits(0, 0), 4.36181640625F);
        QCOMPARE(logits(0, 4), 0.1988525390625F);
        QCOMPARE(Labels(labels.begin(), labels.begin() + 8), (Labels{0, 3, 1, 2, 1, 2, 2, 2}));
        const Reliability result = reliability(logits, labels, temperature);
        QVERIFY_NEAR(result.ece, ece15, 1e-9);
        QVERIFY_NEAR(result.mce, mce15, 1e-9);
        QVERIFY_NEAR(result.nll, nll, 1e-9);
        QVERIFY_NEAR(result.brier, brier, 1e-9);
        QCOMPARE(result.accuracy, 0.35);
        QVERIFY_NEAR(reliability(logits, labels, temperature, 10).ece, ece10, 1e-9);
    }

    void agreesWithAPublishedModel() {
        const auto source = tests::sharedData() / "calibration" / "lenet-5-cifar-10.npz";
        if (!std::filesystem::exists(source)) {
            QSKIP(qPrintable(QStringLiteral("missing: %1").arg(QString::fromStdString(source.string()))));
        }
        const QTemporaryDir folder;
        const QJsonObject shape =
            tests::runPython(QStringLiteral("tests/core/analysis/calibration/published_calibration.py"),
                             {QString::fromStdString(source.string()), folder.path()})
                .object();
        const auto values = tests::readRawArray<float>(folder.filePath(QStringLiteral("logits")));
        const Labels labels = tests::readRawArray<std::int64_t>(folder.filePath(QStringLiteral("labels")));
        const Eigen::Index rows = shape[QStringLiteral("rows")].toInt();
        const Eigen::Index classes = shape[QStringLiteral("classes")].toInt();
        QCOMPARE(rows, 10000);
        QCOMPARE(values.size(), static_cast<std::size_t>(rows * classes));
        const Eigen::Map<const MatrixF> logits(values.data(), rows, classes);
        // Float32 logarithms of float32 probabilities: good to 1e-6.
        const Reliability before = reliability(logits, labels);
        QVERIFY_NEAR(before.accuracy, .5308, 1e-12);
        QVERIFY_NEAR(before.ece, .10788788, 1e-6);
        QVERIFY_NEAR(before.mce, .18582139, 1e-6);
        QVERIFY_NEAR(before.nll, 1.36986773, 1e-6);
        QVERIFY_NEAR(before.brier, .61415207, 1e-6);
        const FittedTemperature fitted = fitTemperature(logits, labels);
        QVERIFY_NEAR(fitted.value, 1.396779, 1e-6);
        QVERIFY_NEAR(reliability(logits, labels, fitted.value).ece, .01296314, 1e-6);
    }

    void threeRowsByHand() {
        // Confidences .9 right, .9 wrong, .6 right; ten bins (.8, .9] and (.5, .6].
        const Reliability result =
            reliability(binaryLogits({.9 - 1e-6, .9 - 1e-6, .6 - 1e-6}), {0, 1, 0}, 1, 10);
        QCOMPARE(result.bins[8].count, 2);
        QCOMPARE(result.bins[5].count, 1);
        QVERIFY_NEAR(result.ece, (2 * .4 + 1 * .4) / 3, 1e-5);
        QVERIFY_NEAR(result.mce, .4, 1e-5);
        QVERIFY_NEAR(result.brier, (2 * .01 + 2 * .81 + 2 * .16) / 3, 1e-5);
        QVERIFY_NEAR(result.nll, -(std::log(.9) + std::log(.1) + std::log(.6)) / 3, 1e-5);
        QVERIFY_NEAR(result.meanConfidence, .8, 1e-5);
    }

    void binsAreClosedAbove_data() {
        QTest::addColumn<int>("bins");
        for (const int bins : {1, 2, 3, 7, 10, 15, 20, 97, 1000}) {
            QTest::addRow("%d bins", bins) << bins;
        }
    }
    void binsAreClosedAbove() {
        QFETCH(int, bins);
        const ConfidenceBins edges(bins);
        QCOMPARE(edges.edges().size(), static_cast<std::size_t>(bins) + 1);
        QCOMPARE(edges.indexOf(0.0), std::size_t{0});
        QCOMPARE(edges.indexOf(1.0), static_cast<std::size_t>(bins - 1));
        for (std::size_t edge = 1; edge < edges.count(); ++edge) {
            const double value = edges.edges()[edge];
            QCOMPARE(edges.indexOf(value), edge - 1);
            QCOMPARE(edges.indexOf(std::nextafter(value, 2.0)), edge);
            QCOMPARE(edges.indexOf(std::nextafter(value, 0.0)), edge - 1);
        }
    }

    void countsAddUpAndGapsGiveTheError() {
        const auto [logits, labels] = tests::randomLogits(777, 4, 2.0, 5);
        const Reliability result = reliability(logits, labels, 1.3);
        std::int64_t count = 0;
        double ece = 0;
        double mce = 0;
        for (const ReliabilityBin& bin : result.bins) {
            count += bin.count;
            ece += static_cast<double>(bin.count) / 777 * std::abs(bin.gap());
            mce = std::max(mce, bin.count > 0 ? std::abs(bin.gap()) : 0.0);
            QVERIFY(bin.count == 0 || (bin.meanConfidence > bin.low && bin.meanConfidence <= bin.high));
        }
        QCOMPARE(count, 777);
        QVERIFY_NEAR(result.ece, ece, 1e-14);
        QVERIFY_NEAR(result.mce, mce, 1e-14);
        QCOMPARE(std::abs(result.bins[result.mceBin.value()].gap()), result.mce);
    }

    void emptyBinsDoNotCountForTheMaximum() {
        const Reliability result = reliability(binaryLogits({.99, .99}), {0, 0});
        QCOMPARE(result.mceBin.value(), std::size_t{14});
        QVERIFY_NEAR(result.mce, .01, 1e-6);
    }

    void tiesGoToTheLowestClass() {
        const MatrixF logits = MatrixF::Zero(2, 3);
        const Reliability result = reliability(logits, {0, 1});
        QCOMPARE(result.accuracy, 0.5);
        QVERIFY_NEAR(result.nll, std::log(3.0), 1e-15);
    }

    void hugeLogitsStayFinite() {
        MatrixF logits(2, 2);
        logits << 3e38F, -3e38F, -3e38F, 3e38F;
        const Reliability result = reliability(logits, {0, 1}, 0.01);
        QCOMPARE(result.nll, 0.0);
        QCOMPARE(result.meanConfidence, 1.0);
        QCOMPARE(result.ece, 0.0);
    }

    // definitions.md, Theory checks, T8: f/T and (V/T, b/T) are the same model.
    void dividingTheClassifierEqualsTheTemperature() {
        const auto [features, labels] = tests::randomLogits(200, 6, 1.0, 8);
        const MatrixF weight = tests::randomLogits(4, 6, 1.0, 9).logits;
        Labels classes;
        for (const auto label : labels) {
            classes.push_back(label % 4);
        }
        const float temperature = 4; // a power of two: the division is exact in float too
        const VectorF bias = VectorF::LinSpaced(4, -1.0F, 1.0F);
        MatrixF logits = features * weight.transpose();
        logits.rowwise() += bias.transpose();
        MatrixF scaled = features * (weight / temperature).transpose();
        scaled.rowwise() += (bias / temperature).transpose();
        const Reliability one = reliability(logits, classes, temperature);
        const Reliability other = reliability(scaled, classes, 1.0);
        QCOMPARE(one.ece, other.ece);
        QCOMPARE(one.nll, other.nll);
        QCOMPARE(one.accuracy, reliability(logits, classes, 1.0).accuracy);
    }

    void unusableInputIsNamed() {
        MatrixF logits = MatrixF::Zero(4, 2);
        QVERIFY(messageOf(logits, {0, 1, 0}).contains(QStringLiteral("4 rows but there are 3 labels")));
        QVERIFY(messageOf(logits, {0, 1, 2, -1}).contains(QStringLiteral("2 rows (first: 2, 3)")));
        logits(1, 0) = std::numeric_limits<float>::infinity();
        logits(3, 1) = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(messageOf(logits, {0, 1, 0, 1}).contains(QStringLiteral("2 rows (first: 1, 3)")));
        QVERIFY(messageOf(MatrixF(0, 2), {}).contains(QStringLiteral("empty")));
        for (const double temperature : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
            QVERIFY_THROWS_EXCEPTION(Error, (void)reliability(MatrixF::Zero(1, 2), {0}, temperature));
        }
        QVERIFY_THROWS_EXCEPTION(Error, (void)reliability(MatrixF::Zero(1, 2), {0}, 1, 0));
        QVERIFY_THROWS_EXCEPTION(Error, (void)reliability(MatrixF::Zero(1, 2), {0}, 1, 1001));
    }
};

QTEST_APPLESS_MAIN(TestReliability)
#include "test_reliability.moc"
