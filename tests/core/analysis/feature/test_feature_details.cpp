#include "core/analysis/feature/feature_distributions.h"
#include "core/analysis/feature/similarity_of_samples.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// Rows alike, as an encoder's features are, of `classes` classes by turns.
tests::LabelledLogits sample(Eigen::Index rows, Eigen::Index width, int classes) {
    auto [features, labels] = tests::randomLogits(rows, width, 1.0, 11);
    for (std::size_t row = 0; row < labels.size(); ++row) {
        labels[row] = static_cast<std::int64_t>((row * row + row / 3) % static_cast<std::size_t>(classes));
        features.row(static_cast<Eigen::Index>(row)).array() += 1.0F;
        features(static_cast<Eigen::Index>(row), labels[row]) += 2.0F;
    }
    return {features, labels};
}

MatrixD cosines(const MatrixF& features) {
    MatrixD all(features.rows(), features.rows());
    for (Eigen::Index i = 0; i < all.rows(); ++i) {
        for (Eigen::Index j = 0; j < all.rows(); ++j) {
            const VectorD a = features.row(i).cast<double>(), b = features.row(j).cast<double>();
            all(i, j) = a.dot(b) / (a.norm() * b.norm());
        }
    }
    return all;
}

/// The rows that are not in a group, as the jackknife is documented to deal them out.
std::vector<Eigen::Index> rowsWithout(const Labels& labels, int classes, std::size_t group,
                                      std::size_t groups) {
    std::vector<Eigen::Index> rest;
    std::size_t place = 0;
    for (int label = 0; label < classes; ++label) {
        for (std::size_t row = 0; row < labels.size(); ++row) {
            if (labels[row] == label && place++ % groups != group) {
                rest.push_back(static_cast<Eigen::Index>(row));
            }
        }
    }
    return rest;
}

Labels labelsOf(const Labels& labels, const std::vector<Eigen::Index>& rows) {
    Labels chosen;
    for (const Eigen::Index row : rows) {
        chosen.push_back(labels[static_cast<std::size_t>(row)]);
    }
    return chosen;
}

} // namespace

class TestFeatureDetails : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // What is claimed of classes costs nothing: only those with rows are computed with.
    void aMillionClassesWithoutRowsChangeNothing() {
        std::srand(5);
        const MatrixF features = MatrixF::Random(60, 8);
        Labels few, far;
        for (int row = 0; row < 60; ++row) {
            few.push_back(row % 3);
            far.push_back(row % 3 == 0 ? 7 : row % 3 == 1 ? 500'000 : 999'999);
        }
        const FisherEstimate one = fisherEstimate(features, few, 3);
        const FisherEstimate other = fisherEstimate(features, far, 1'000'000);
        QCOMPARE(other.ratio.value, one.ratio.value);
        QCOMPARE(other.perClass.size(), Eigen::Index{1'000'000});
        QCOMPARE(other.perClass(500'000), one.perClass(1));
        QCOMPARE(other.perClass(3), 0.0);
        QCOMPARE(other.interval->low, one.interval->low);
    }

    void cosinesOfSamplesAreMeansOfTheirPairs() {
        const MatrixF features = sample(40, 9, 2).logits;
        const MatrixD all = cosines(features);
        const VectorD found = cosineSimilarities(features);
        for (Eigen::Index row = 0; row < 40; ++row) {
            QVERIFY_NEAR(found(row), (all.row(row).sum() - 1) / 39, 1e-13);
        }
        QVERIFY_NEAR(found.mean(), cosineSimilarity(features), 1e-14);
        QVERIFY_NEAR(cosineSimilarityWithDiagonal(found.mean(), 40), all.mean(), 1e-13);
    }

    void percentilesByHand() {
        std::vector<double> values;
        for (int i = 100; i >= 0; --i) {
            values.push_back(i);
        }
        const Interval interval = percentileInterval(values, 0.95);
        QVERIFY_NEAR(interval.low, 2.5, 1e-12);
        QVERIFY_NEAR(interval.high, 97.5, 1e-12);
        QCOMPARE(percentileInterval({3.0}, 0.5).low, 3.0);
        QVERIFY_NEAR(percentileInterval({0.0, 1.0}, 0.5).high, 0.75, 1e-15);
    }

    void weightsAreExponential() {
        const BootstrapOptions options{.replicates = 400, .seed = 7};
        const MatrixD weights = bootstrapWeights(0, 500, options).cast<double>();
        QVERIFY(std::abs(weights.mean() - 1) < 0.01); // 4.5 standard errors
        QVERIFY(std::abs(weights.array().square().mean() - 2) < 0.05);
        QVERIFY(std::abs((weights.array() > 1).cast<double>().mean() - std::exp(-1)) < 0.005);
        QVERIFY(weights.minCoeff() > 0);
        // A row has its weights wherever its block starts.
        QVERIFY(bootstrapWeights(123, 5, options).cast<double>() == weights.middleRows(123, 5));
    }

    void intervalOfAMeanIsThatOfItsReplicates() {
        const VectorD values = tests::randomLogits(700, 1, 2.0, 3).logits.col(0).cast<double>();
        const BootstrapOptions options{.replicates = 800, .seed = 5};
        const MatrixD weights = bootstrapWeights(0, 700, options).cast<double>();
        std::vector<double> means;
        for (Eigen::Index replicate = 0; replicate < 800; ++replicate) {
            means.push_back(weights.col(replicate).dot(values) / weights.col(replicate).sum());
        }
        const Interval expected = percentileInterval(means, 0.95), found = meanInterval(values, options);
        QVERIFY_NEAR(found.low, expected.low, 1e-9);
        QVERIFY_NEAR(found.high, expected.high, 1e-9);
        // What the central limit theorem says of the same mean.
        const double deviation = std::sqrt((values.array() - values.mean()).square().mean() / 700);
        QVERIFY(std::abs((found.high - found.low) / (2 * 1.96 * deviation) - 1) < 0.1);
    }

    void intervalOfTheCosineIsThatOfItsReplicates() {
        const MatrixF features = sample(300, 12, 2).logits;
        const MatrixD all = cosines(features);
        const BootstrapOptions options{.replicates = 200, .seed = 5};
        const MatrixD weights = bootstrapWeights(0, 300, options).cast<double>();
        std::vector<double> values;
        for (Eigen::Index replicate = 0; replicate < 200; ++replicate) {
            const VectorD weight = weights.col(replicate);
            double above = 0, below = 0;
            for (Eigen::Index i = 0; i < 300; ++i) {
                for (Eigen::Index j = 0; j < i; ++j) {
                    above += weight(i) * weight(j) * all(i, j);
                    below += weight(i) * weight(j);
                }
            }
            values.push_back(above / below);
        }
        const Interval expected = percentileInterval(values, 0.95);
        const Interval found = cosineSimilarityInterval(features, options);
        QVERIFY_NEAR(found.low, expected.low, 1e-9);
        QVERIFY_NEAR(found.high, expected.high, 1e-9);
        const double similarity = cosineSimilarity(features);
        QVERIFY(found.low < similarity && similarity < found.high);
    }

    void intervalsDoNotDependOnThreads() {
        const MatrixF features = sample(1500, 6, 2).logits;
        const BootstrapOptions one{.replicates = 50, .threads = 1}, three{.replicates = 50, .threads = 3};
        QCOMPARE(cosineSimilarityInterval(features, one).low, cosineSimilarityInterval(features, three).low);
        const BootstrapOptions other{.replicates = 50, .seed = 2};
        QVERIFY(cosineSimilarityInterval(features, one).low != cosineSimilarityInterval(features, other).low);
    }

    void intervalsOfOnePairAreThePair() {
        MatrixF features(2, 2);
        features << 1.0F, 0.0F, 1.0F, 1.0F;
        const Interval found = cosineSimilarityInterval(features);
        QVERIFY_NEAR(found.low, std::sqrt(0.5), 1e-5);
        QVERIFY_NEAR(found.high, std::sqrt(0.5), 1e-5);
        QCOMPARE(meanInterval(VectorD::Constant(1, 4)).high, 4.0);
        QVERIFY_THROWS_EXCEPTION(Error, (void)meanInterval(VectorD()));
        QVERIFY_THROWS_EXCEPTION(Error, (void)cosineSimilarityInterval(MatrixF::Ones(1, 2)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)cosineSimilarityInterval(features, {.replicates = 0}));
    }

    void fisherLeavesOutWhatItSays_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("width");
        QTest::addColumn<bool>("layerNorm");
        QTest::addRow("many rows") << 400 << 12 << false;
        QTest::addRow("rows that sum to zero") << 400 << 12 << true;
        QTest::addRow("fewer rows than width, ridge") << 30 << 45 << false;
        QTest::addRow("about as many") << 46 << 45 << false;
    }
    void fisherLeavesOutWhatItSays() {
        QFETCH(int, rows);
        QFETCH(int, width);
        QFETCH(bool, layerNorm);
        auto [features, labels] = sample(rows, width, 3);
        if (layerNorm) {
            const MatrixD values = features.cast<double>();
            features.conservativeResize(rows, width + 1); // in float, sums vanish only exactly
            features.col(width) = -features.leftCols(width).rowwise().sum();
            for (Eigen::Index row = 0; row < rows; ++row) {
                for (float& value : features.row(row)) {
                    value = std::round(value * 64) / 64;
                }
                features(row, width) = -features.row(row).head(width).sum();
            }
        }
        const FisherRatio whole = fisherDiscriminantRatio(features, labels, 3);
        const FisherEstimate estimate = fisherEstimate(features, labels, 3, {.groups = 10});
        QVERIFY_NEAR(estimate.ratio.value, whole.value, 1e-9);
        QCOMPARE(estimate.ratio.rankWithin, whole.rankWithin);
        QCOMPARE(estimate.ratio.ridge, whole.ridge);
        QVERIFY_NEAR(estimate.perClass.sum(), whole.value, 1e-9);
        QCOMPARE(estimate.leftOut.size(), 10);
        double sum = 0;
        std::vector<double> logarithms;
        for (std::size_t group = 0; group < 10; ++group) {
            const auto rest = rowsWithout(labels, 3, group, 10);
            const double expected = fisherDiscriminantRatio(MatrixF(features(rest, Eigen::all)),
                                                            labelsOf(labels, rest), 3, whole.ridge)
                                        .value;
            QVERIFY_NEAR(estimate.leftOut(static_cast<Eigen::Index>(group)), expected, 1e-8);
            logarithms.push_back(std::log(expected));
            sum += logarithms.back() / 10;
        }
        double squares = 0;
        for (const double value : logarithms) {
            squares += (value - sum) * (value - sum);
        }
        const double reach = 2.262157163 * std::sqrt(0.9 * squares); // t(0.975, 9)
        QVERIFY(estimate.interval.has_value());
        QVERIFY_NEAR(estimate.interval->low, whole.value * std::exp(-reach), 1e-7);
        QVERIFY_NEAR(estimate.interval->high, whole.value * std::exp(reach), 1e-7);
    }

    void fisherHasNoIntervalWhereAGroupCannotBeLeftOut() {
        // Without ridge, 49 rows of 3 classes are just enough for 45 numbers; 44 are not.
        const auto [features, labels] = sample(49, 45, 3);
        const FisherEstimate estimate = fisherEstimate(features, labels, 3);
        QCOMPARE(estimate.ratio.ridge, 0.0);
        QVERIFY(estimate.ratio.value > 0);
        QVERIFY(estimate.leftOut.size() == 0 && !estimate.interval);
        // The only row of a class.
        MatrixF few(5, 1);
        few << 0.0F, 1.0F, 2.0F, 1.5F, 9.0F;
        QVERIFY(!fisherEstimate(few, {0, 0, 0, 0, 1}, 2).interval);
    }

    void fisherDoesNotDependOnThreads() {
        const auto [features, labels] = sample(900, 20, 3);
        const VectorD one = fisherEstimate(features, labels, 3, {.threads = 1}).leftOut;
        QVERIFY(one == fisherEstimate(features, labels, 3, {.threads = 3}).leftOut);
    }

    void detailsAreTheStatisticsOfEachClass() {
        const auto [before, labels] = sample(90, 8, 3);
        MatrixF after = before;
        after.col(2) *= 3;
        const FeatureDistributions details =
            featureDistributions(before, after, labels, 4, {.bootstrap = {.replicates = 100}});
        QCOMPARE(details.counts.size(), std::size_t(4));
        QCOMPARE(details.counts[3], 0);
        QVERIFY_NEAR(details.final.cosine->value, cosineSimilarity(after), 1e-14);
        QVERIFY_NEAR(details.difference->value, featureDifference(before, after), 1e-14);
        QVERIFY_NEAR(details.pretrained.fisher->ratio.value, fisherDiscriminantRatio(before, labels, 4).value,
                     1e-9);
        double weighted = 0;
        for (int label = 0; label < 3; ++label) {
            std::vector<Eigen::Index> rows;
            for (std::size_t row = 0; row < labels.size(); ++row) {
                if (labels[row] == label) {
                    rows.push_back(static_cast<Eigen::Index>(row));
                }
            }
            const MatrixF of = after(rows, Eigen::all);
            QCOMPARE(details.counts[static_cast<std::size_t>(label)], of.rows());
            QVERIFY_NEAR(details.final.cosineWithinClass(label), cosineSimilarity(of), 1e-13);
            weighted += details.differenceOfClass(label) * static_cast<double>(of.rows()) / 90;
        }
        QVERIFY_NEAR(weighted, details.difference->value, 1e-13);
        QVERIFY(std::isnan(details.final.cosineWithinClass(3)) && std::isnan(details.differenceOfClass(3)));
        for (const auto& interval : {details.pretrained.cosine->interval, details.final.cosine->interval,
                                     details.difference->interval, details.final.fisher->interval}) {
            QVERIFY(interval.has_value());
            QVERIFY(interval->low < interval->high);
        }
    }

    void detailsOfWhatIsMissingAreAbsent() {
        const auto [features, labels] = sample(20, 4, 2);
        const FeatureDistributions one =
            featureDistributions(MatrixF{}, features, labels, 2, {.intervals = false});
        QVERIFY(!one.pretrained.cosine && !one.pretrained.fisher && !one.difference);
        QVERIFY(one.final.cosine && !one.final.cosine->interval && !one.final.fisher->interval);
        const FeatureDistributions still = featureDistributions(features, MatrixF::Zero(20, 4), labels, 2);
        QVERIFY(!still.final.cosine && !still.final.fisher && still.difference);
        QVERIFY_THROWS_EXCEPTION(Error, (void)featureDistributions(features, features, {0, 1}, 2));
    }

    void detailsCanBeCancelled() {
        const auto [features, labels] = sample(600, 10, 2);
        double last = 0;
        bool rising = true;
        const auto onProgress = [&](double fraction) {
            rising = rising && fraction >= last && fraction <= 1;
            last = fraction;
        };
        (void)featureDistributions(features, features, labels, 2, {},
                                   {.onProgress = onProgress, .cancelled = {}});
        QVERIFY(rising);
        QVERIFY_NEAR(last, 1, 1e-12);
        last = 0;
        try {
            (void)featureDistributions(features, features, labels, 2, {},
                                       {.onProgress = onProgress, .cancelled = [&] { return last > 0.3; }});
            QFAIL("went on");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
        }
        QVERIFY(last < 0.6);
    }
};

QTEST_GUILESS_MAIN(TestFeatureDetails)
#include "test_feature_details.moc"
