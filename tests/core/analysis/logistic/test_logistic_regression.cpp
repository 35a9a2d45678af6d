#include "core/analysis/logistic/logistic_regression.h"

#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "tests/support/near.h"
#include "tests/support/python.h"
#include "tests/support/raw_array.h"

#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include <random>

using namespace finescope;
using namespace finescope::analysis;

namespace {

struct Problem {
    MatrixF features;
    Labels labels;
    int classes = 2;
};

Problem noisyProblem(int classes, Eigen::Index rows, Eigen::Index width, std::uint32_t seed) {
    Problem problem{MatrixF(rows, width), Labels(static_cast<std::size_t>(rows)), classes};
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal;
    for (Eigen::Index row = 0; row < rows; ++row) {
        const auto label = static_cast<std::int64_t>(generator() % static_cast<std::uint32_t>(classes));
        problem.labels[static_cast<std::size_t>(row)] = row < classes ? row : label;
        for (Eigen::Index column = 0; column < width; ++column) {
            problem.features(row, column) = normal(generator) + (column == label ? 1.0F : 0.0F) + 5.0F;
        }
    }
    return problem;
}

/// The penalised objective straight from its definition.
double objectiveOf(const Problem& problem, const LogisticFit& fit, double strength) {
    double loss = 0;
    for (Eigen::Index row = 0; row < problem.features.rows(); ++row) {
        const VectorD logits = fit.weight * problem.features.row(row).cast<double>().transpose() + fit.bias;
        const double largest = logits.maxCoeff();
        loss += largest + std::log((logits.array() - largest).exp().sum()) -
                logits(problem.labels[static_cast<std::size_t>(row)]);
    }
    return strength * loss + 0.5 * fit.weight.squaredNorm();
}

/// one-hot minus softmax, [N, C].
MatrixD residualsOf(const Problem& problem, const LogisticFit& fit) {
    MatrixD result(problem.features.rows(), problem.classes);
    for (Eigen::Index row = 0; row < result.rows(); ++row) {
        VectorD logits = fit.weight * problem.features.row(row).cast<double>().transpose() + fit.bias;
        logits = (logits.array() - logits.maxCoeff()).exp();
        result.row(row) = -logits.transpose() / logits.sum();
        result(row, problem.labels[static_cast<std::size_t>(row)]) += 1;
    }
    return result;
}

} // namespace

class TestLogisticRegression : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void strengthsAreTenFromTenToMinusFourToFour() {
        const auto strengths = logisticStrengths();
        QCOMPARE(strengths.size(), std::size_t{10});
        QVERIFY_NEAR(strengths.front(), 1e-4, 1e-18);
        QVERIFY_NEAR(strengths[1], 7.742636826811278e-4, 1e-16);
        QVERIFY_NEAR(strengths.back(), 1e4, 1e-12);
    }

    void twoPointsHaveTheClosedFormOptimum() {
        // Rows -1 and 1 of classes 0 and 1: V = (-v, v), b = 0, and 2 s sigma(-2v) = v by the gradient.
        MatrixF features(2, 1);
        features << -1.0F, 1.0F;
        const double strength = 3;
        const LogisticFit fit = fitLogistic(features, {0, 1}, 2, strength);
        double v = 1;
        for (int iteration = 0; iteration < 200; ++iteration) {
            const double p = 1 / (1 + std::exp(2 * v));
            v -= (v - 2 * strength * p) / (1 + 4 * strength * p * (1 - p));
        }
        QVERIFY_NEAR(fit.weight(1, 0), v, 1e-9);
        QVERIFY_NEAR(fit.weight(0, 0), -v, 1e-9);
        QVERIFY_NEAR(fit.bias(0), 0.0, 1e-9);
    }

    void objectiveIsNeverAboveScikitLearns_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("width");
        for (const char* kind : {"separable", "noisy", "similar"}) {
            for (const int classes : {2, 3, 5}) {
                for (const auto& [rows, width] : {std::pair{60, 90}, std::pair{240, 40}}) {
                    QTest::addRow("%s, %d classes, %d x %d", kind, classes, rows, width)
                        << QString::fromLatin1(kind) << classes << rows << width;
                }
            }
        }
    }
    void objectiveIsNeverAboveScikitLearns() {
        QFETCH(QString, kind);
        QFETCH(int, classes);
        QFETCH(int, rows);
        QFETCH(int, width);
        const QTemporaryDir folder;
        const QJsonObject reference =
            tests::runPython(QStringLiteral("tests/core/analysis/logistic/logistic_reference.py"),
                             {folder.path(), kind, QString::number(classes), QString::number(rows),
                              QString::number(width)})
                .object();
        const auto values = tests::readRawArray<float>(folder.filePath(QStringLiteral("features")));
        Problem problem;
        problem.classes = classes;
        problem.labels = tests::readRawArray<std::int64_t>(folder.filePath(QStringLiteral("labels")));
        QCOMPARE(values.size(), static_cast<std::size_t>(rows * width));
        QCOMPARE(problem.labels.size(), static_cast<std::size_t>(rows));
        problem.features = Eigen::Map<const MatrixF>(values.data(), rows, width);
        if (kind == QStringLiteral("similar")) {
            QVERIFY(reference[QStringLiteral("cosine")].toDouble() > 0.99);
        }

        const QJsonArray fits = reference[QStringLiteral("fits")].toArray();
        QCOMPARE(fits.size(), 10);
        for (const auto& entry : fits) {
            const double strength = entry[QStringLiteral("strength")].toDouble();
            const double theirs = entry[QStringLiteral("objective")].toDouble();
            const LogisticFit fit = fitLogistic(problem.features, problem.labels, classes, strength);
            const double ours = objectiveOf(problem, fit, strength);
            QVERIFY_NEAR(fit.objective, ours, 1e-9);
            QVERIFY2(ours <= theirs + 1e-6 * rows,
                     qPrintable(QStringLiteral("strength %1: ours %2, theirs %3")
                                    .arg(strength)
                                    .arg(ours, 0, 'g', 17)
                                    .arg(theirs, 0, 'g', 17)));
            QVERIFY(fit.relativeGradientNorm <= 1e-8);
            QVERIFY(fit.gap >= 0 && fit.gap <= 1e-6 * fit.objective);
            QVERIFY(ours - fit.gap <= theirs);
            // Not below either where scikit-learn converges: both solve the same problem.
            if (strength < 1 && kind != QStringLiteral("similar")) {
                QVERIFY_NEAR(ours, theirs, 1e-6);
                QVERIFY_NEAR(fit.weight.norm(), entry[QStringLiteral("norm")].toDouble(), 1e-3);
            }
        }

        const std::vector<int> folds = stratifiedFolds(problem.labels, 5);
        const QJsonArray theirFolds = reference[QStringLiteral("folds")].toArray();
        QCOMPARE(theirFolds.size(), rows);
        for (int row = 0; row < rows; ++row) {
            QCOMPARE(folds[static_cast<std::size_t>(row)], theirFolds[row].toInt());
        }
    }

    // definitions.md, Linear probing: sum_i delta_i phi_i^T = V / strength, sum_i delta_i = 0 at the optimum.
    void optimumIsStationary_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("strength");
        for (const int classes : {2, 3, 5}) {
            for (const double strength : {1e-4, 1.0, 1e4}) {
                QTest::addRow("%d classes, strength %g", classes, strength) << classes << strength;
            }
        }
    }
    void optimumIsStationary() {
        QFETCH(int, classes);
        QFETCH(double, strength);
        const Problem problem = noisyProblem(classes, 150, 20, 3);
        const LogisticFit fit = fitLogistic(problem.features, problem.labels, classes, strength);
        const MatrixD residuals = residualsOf(problem, fit);
        const MatrixD pulled = residuals.transpose() * problem.features.cast<double>();
        const MatrixD atStart =
            residualsOf(problem, {MatrixD::Zero(classes, 20), VectorD::Zero(classes), 0, 0, 0}).transpose() *
            problem.features.cast<double>();
        QVERIFY_NEAR((pulled - fit.weight / strength).norm() / atStart.norm(), 0.0, 1e-8);
        QVERIFY_NEAR(residuals.colwise().sum().norm() / 150, 0.0, 1e-8);
    }

    void iterationsStartAtZeroAndNeverRise() {
        const Problem problem = noisyProblem(3, 200, 10, 5);
        std::vector<double> objectives;
        std::vector<double> norms;
        LogisticOptions options;
        options.onIteration = [&](const LogisticIteration& iteration) {
            QCOMPARE(iteration.iteration, static_cast<int>(objectives.size()));
            objectives.push_back(iteration.objective);
            norms.push_back(iteration.weight.norm() + iteration.bias.norm());
        };
        const LogisticFit fit = fitLogistic(problem.features, problem.labels, 3, 10, options);
        QCOMPARE(norms.front(), 0.0);
        QVERIFY_NEAR(objectives.front(), 10 * 200 * std::log(3.0), 1e-12);
        QCOMPARE(static_cast<int>(objectives.size()), fit.iterations + 1);
        QVERIFY(objectives.size() > 5);
        for (std::size_t index = 1; index < objectives.size(); ++index) {
            QVERIFY(objectives[index] <= objectives[index - 1] * (1 + 1e-12));
        }
        QCOMPARE(objectives.back(), fit.objective);
        // Whether somebody looks on does not matter.
        const LogisticFit unseen = fitLogistic(problem.features, problem.labels, 3, 10);
        QVERIFY(unseen.weight == fit.weight && unseen.bias == fit.bias);
    }

    void crossValidationChoosesAsPlainFitsWould() {
        const Problem problem = noisyProblem(3, 120, 15, 11);
        const std::vector<double> strengths = {1e-3, 1e-1, 10.0, 1e3};
        int calls = 0;
        const CrossValidation chosen = crossValidateLogistic(problem.features, problem.labels, 3, strengths,
                                                             5, {}, [&](int done, int total) {
                                                                 QCOMPARE(done, ++calls);
                                                                 QCOMPARE(total, 20);
                                                             });
        QCOMPARE(calls, 20);
        const std::vector<int> folds = stratifiedFolds(problem.labels, 5);
        double best = -1;
        double bestStrength = 0;
        for (std::size_t index = 0; index < strengths.size(); ++index) {
            double mean = 0;
            for (int fold = 0; fold < 5; ++fold) {
                Problem train{MatrixF(120, 15), {}, 3};
                for (std::size_t row = 0; row < 120; ++row) {
                    if (folds[row] != fold) {
                        train.features.row(static_cast<Eigen::Index>(train.labels.size())) =
                            problem.features.row(static_cast<Eigen::Index>(row));
                        train.labels.push_back(problem.labels[row]);
                    }
                }
                const auto rows = static_cast<Eigen::Index>(train.labels.size());
                const LogisticFit fit =
                    fitLogistic(train.features.topRows(rows), train.labels, 3, strengths[index]);
                int right = 0;
                for (std::size_t row = 0; row < 120; ++row) {
                    if (folds[row] == fold) {
                        const VectorD logits =
                            fit.weight * problem.features.row(static_cast<Eigen::Index>(row))
                                             .cast<double>()
                                             .transpose() +
                            fit.bias;
                        Eigen::Index predicted = 0;
                        logits.maxCoeff(&predicted);
                        right += predicted == problem.labels[row] ? 1 : 0;
                    }
                }
                mean += static_cast<double>(right) / static_cast<double>(120 - rows) / 5;
            }
            QVERIFY_NEAR(chosen.scores.mean(index), mean, 1e-12);
            if (mean > best) {
                best = mean;
                bestStrength = strengths[index];
            }
        }
        QCOMPARE(chosen.chosen, bestStrength);
    }

    void smallestStrengthWinsTies() {
        // Far apart: every strength is right everywhere.
        MatrixF features(20, 2);
        Labels labels(20);
        for (Eigen::Index row = 0; row < 20; ++row) {
            labels[static_cast<std::size_t>(row)] = row % 2;
            features.row(row) << (row % 2 == 0 ? -10.0F : 10.0F), static_cast<float>(row);
        }
        const auto strengths = logisticStrengths();
        const CrossValidation chosen = crossValidateLogistic(features, labels, 2, strengths, 5, {});
        QCOMPARE(chosen.scores.mean(strengths.size() - 1), 1.0);
        std::size_t first = 0;
        while (chosen.scores.mean(first) < 1) {
            ++first;
        }
        QCOMPARE(chosen.chosen, strengths[first]);
    }

    void aClassWithFewerRowsThanFoldsIsAllowed() {
        Problem problem = noisyProblem(3, 60, 8, 2);
        std::ranges::replace(problem.labels, 2, 1);
        problem.labels[0] = 2; // one row only: four folds train with it, one without
        const CrossValidation chosen =
            crossValidateLogistic(problem.features, problem.labels, 3, logisticStrengths(), 5, {});
        QVERIFY(chosen.chosen > 0);
    }

    void foldsRefuseWhatScikitLearnRefuses() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)stratifiedFolds({0, 1, 0, 1, 0, 1, 0, 1}, 5));
        QVERIFY_THROWS_EXCEPTION(Error, (void)stratifiedFolds({0, 0, 0}, 5));
        QVERIFY_THROWS_EXCEPTION(Error, (void)stratifiedFolds({0, 0, 0}, 1));
        QCOMPARE(stratifiedFolds({1, 1, 0, 1, 1, 1}, 5), (std::vector<int>{0, 1, 0, 2, 3, 4}));
    }

    void unusableInputIsRefused() {
        const Problem problem = noisyProblem(2, 20, 3, 1);
        QVERIFY_THROWS_EXCEPTION(
            Error, (void)fitLogistic(problem.features, problem.labels, 3, 1.0)); // no row of class 2
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitLogistic(problem.features, problem.labels, 1, 1.0));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitLogistic(problem.features, problem.labels, 2, 0.0));
        MatrixF broken = problem.features;
        broken(4, 1) = std::numeric_limits<float>::quiet_NaN();
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitLogistic(broken, problem.labels, 2, 1.0));
    }

    // Kernel rows are features too, of any magnitude, often separable and with rows that repeat.
    void everyScaleOfTheFeaturesConverges_data() {
        QTest::addColumn<double>("scale");
        QTest::addColumn<int>("rows");
        for (const double scale : {1e-4, 1.0, 1e4}) {
            for (const int rows : {30, 200}) {
                QTest::addRow("scale %g, %d rows", scale, rows) << scale << rows;
            }
        }
    }
    void everyScaleOfTheFeaturesConverges() {
        QFETCH(double, scale);
        QFETCH(int, rows);
        Problem problem = noisyProblem(3, rows, 50, 4);
        problem.features *= static_cast<float>(scale);
        problem.features.bottomRows(10) = problem.features.topRows(10);
        for (const double strength : logisticStrengths()) {
            const LogisticFit fit = fitLogistic(problem.features, problem.labels, 3, strength);
            QVERIFY(fit.relativeGradientNorm <= 1e-8);
            // The optimum lies below zero weights with the best bias, which lies below zero bias.
            QVERIFY(fit.objective <= strength * rows * std::log(3.0));
            QVERIFY_NEAR(fit.objective, objectiveOf(problem, fit, strength), 1e-9);
        }
    }

    // The start has a gradient of 1e7 here, so that 1e-8 of it leaves a gap of 1e-3: the gap itself has to be
    // small, wherever rounding leads.
    void theGapBoundsWhatIsLeft() {
        for (const std::uint32_t seed : {1U, 2U, 3U}) {
            const Problem problem = noisyProblem(5, 60, 90, seed);
            for (const double strength : {1.0, 1e4}) {
                LogisticOptions exact;
                exact.relativeGradientTolerance = 1e-12;
                exact.gapTolerance = 1e-12;
                const double lowest =
                    fitLogistic(problem.features, problem.labels, 5, strength, exact).objective;
                LogisticOptions loose;
                loose.relativeGradientTolerance = 1e-3;
                for (const double tolerance : {1e-2, 1e-4, 1e-6, 1e-9}) {
                    loose.gapTolerance = tolerance;
                    const LogisticFit fit = fitLogistic(problem.features, problem.labels, 5, strength, loose);
                    QVERIFY(fit.gap <= std::max(tolerance, 1e-6) * fit.objective);
                    QVERIFY2(fit.objective - fit.gap <= lowest * (1 + 1e-11),
                             qPrintable(QStringLiteral("%1 - %2 > %3")
                                            .arg(fit.objective, 0, 'g', 17)
                                            .arg(fit.gap)
                                            .arg(lowest, 0, 'g', 17)));
                }
                const LogisticFit usual = fitLogistic(problem.features, problem.labels, 5, strength);
                QVERIFY(usual.objective <= lowest * (1 + 1e-9));
            }
        }
    }

    // Two texts and labels that do not depend on them: zero is the optimum, and the gradient there is
    // rounding.
    void nothingToLearnIsLearned_data() {
        QTest::addColumn<int>("texts");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("offset");
        for (const int texts : {1, 2, 3}) {
            for (const int classes : {2, 3}) {
                for (const double offset : {0.0, 0.1, 1e3}) {
                    QTest::addRow("%d texts, %d classes, offset %g", texts, classes, offset)
                        << texts << classes << offset;
                }
            }
        }
    }
    void nothingToLearnIsLearned() {
        QFETCH(int, texts);
        QFETCH(int, classes);
        QFETCH(double, offset);
        const Eigen::Index rows = 12 * texts * classes;
        MatrixF features(rows, 64);
        Labels labels;
        for (Eigen::Index row = 0; row < rows; ++row) {
            const auto text = static_cast<double>(row % texts);
            for (Eigen::Index column = 0; column < 64; ++column) {
                features(row, column) =
                    static_cast<float>(offset + std::sin(0.7 * static_cast<double>(column) + 2.3 * text));
            }
            labels.push_back(row / texts % classes);
        }
        const CrossValidation choice =
            crossValidateLogistic(features, labels, classes, logisticStrengths(), 5, {});
        QVERIFY(choice.chosen > 0);
        for (const double strength : {1e-4, 1.0, choice.chosen, 1e4}) {
            const LogisticFit fit = fitLogistic(features, labels, classes, strength);
            QVERIFY(fit.weight.norm() < 1e-6);
            QVERIFY(fit.bias.norm() < 1e-6);
            QVERIFY_NEAR(fit.objective, strength * static_cast<double>(rows) * std::log(classes), 1e-9);
        }
    }

    void equalFeaturesGiveTheClassFrequencies() {
        const MatrixF features = MatrixF::Constant(10, 4, 2.5F);
        const LogisticFit fit = fitLogistic(features, {0, 0, 0, 0, 0, 0, 0, 1, 1, 1}, 2, 5.0);
        QVERIFY_NEAR(fit.weight.norm(), 0.0, 1e-9);
        QVERIFY_NEAR(fit.bias(0) - fit.bias(1), std::log(7.0 / 3.0), 1e-8);
    }

    void stopRequestCancels() {
        const Problem problem = noisyProblem(2, 50, 5, 1);
        std::stop_source source;
        LogisticOptions options;
        options.stop = source.get_token();
        options.onIteration = [&](const LogisticIteration& iteration) {
            if (iteration.iteration == 2) {
                source.request_stop();
            }
        };
        try {
            (void)fitLogistic(problem.features, problem.labels, 2, 1e4, options);
            QFAIL("was not cancelled");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
        }
    }
};

QTEST_APPLESS_MAIN(TestLogisticRegression)
#include "test_logistic_regression.moc"
