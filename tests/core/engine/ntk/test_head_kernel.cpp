#include "core/engine/ntk/head_kernel.h"

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/lora.h"
#include "core/engine/tensor_matrix.h"
#include "core/engine/theory/brute_force.h"
#include "core/engine/threads.h"
#include "core/error.h"

#include <Eigen/Eigenvalues>

#include <ATen/CPUGeneratorImpl.h>

#include <QtTest>

#include <cmath>
#include <vector>

using namespace finescope;
using namespace finescope::engine;

namespace {

constexpr std::int64_t kWidth = 20, kTrain = 5, kTest = 3;
constexpr double kSummation = 1e-10; // of float64 sums in another order

Head randomHead(std::int64_t classes, std::uint64_t seed) {
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const auto draw = [&](std::int64_t rows, std::int64_t columns) {
        return toMatrixD(torch::empty({rows, columns}, torch::kFloat64).normal_(0, 1, generator));
    };
    return {draw(classes, kWidth), draw(classes, 1).col(0)};
}

Labels labelsFor(std::int64_t classes) {
    Labels labels;
    for (std::int64_t i = 0; i < kTrain; ++i) {
        labels.push_back((i * 2 + 1) % classes);
    }
    return labels;
}

struct Problem {
    Encoder encoder{nullptr};
    std::vector<Encoding> train, test;

    explicit Problem(std::string_view family)
        : encoder(randomEncoder(family, kWidth, 21)), train(randomSamples(encoder->config, kTrain, 22)),
          test(randomSamples(encoder->config, kTest, 23)) {}

    [[nodiscard]] HeadKernel kernel(const Head& head, const SweepSettings& settings = {},
                                    const HeadKernelSettings& headSettings = {}) const {
        return headKernel(LayerSweep(encoder, train, test, settings), head, labelsFor(head.weight.rows()),
                          headSettings);
    }
    /// Gradients of the head's logits, [(n + m) C, parameters] by group.
    [[nodiscard]] std::map<ParameterGroup, torch::Tensor> gradients(const Head& head) const {
        std::vector<Encoding> all = train;
        all.insert(all.end(), test.begin(), test.end());
        const torch::Tensor directions =
            toTensor(head.weight).unsqueeze(1).expand({head.weight.rows(), kTrain + kTest, kWidth});
        return gradientsByGroup(encoder, all, Pooling::first, directions);
    }
};

MatrixD withIdentity(const MatrixD& p, std::int64_t classes) {
    MatrixD result = MatrixD::Zero(p.rows() * classes, p.cols() * classes);
    for (Eigen::Index i = 0; i < p.rows(); ++i) {
        for (Eigen::Index j = 0; j < p.cols(); ++j) {
            for (std::int64_t c = 0; c < classes; ++c) {
                result(i * classes + c, j * classes + c) = p(i, j);
            }
        }
    }
    return result;
}

Eigen::VectorXd eigenvalues(const MatrixD& matrix) {
    return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(matrix, Eigen::EigenvaluesOnly).eigenvalues();
}

Eigen::Index numericalRank(const MatrixD& matrix) {
    const Eigen::VectorXd values = eigenvalues(matrix);
    return (values.array() > 1e-11 * values.maxCoeff()).count();
}

} // namespace

class TestHeadKernel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    // T1 of definitions.md, Theory checks
    void theTwoPartsAreTheKernelOfAllParameters() {
        for (const Family* family : kFamilies) {
            const Problem problem(family->name);
            for (const std::int64_t classes : {2, 3, 5}) {
                const Head head = randomHead(classes, 31);
                const HeadKernel kernel = problem.kernel(head);
                std::vector<torch::Tensor> encoderGradients;
                for (const auto& [group, rows] : problem.gradients(head)) {
                    encoderGradients.push_back(rows);
                }
                const MatrixD ofEncoder = toMatrixD(torch::cat(encoderGradients, 1));
                MatrixD features(kTrain + kTest, kWidth);
                const SweepResult forward = LayerSweep(problem.encoder, problem.train, problem.test, {})
                                                .run({torch::zeros({0, kWidth}, torch::kFloat64), {}, {}});
                features << forward.trainFeatures, forward.testFeatures;
                const MatrixD ofHead = headGradients(features, head);
                MatrixD all(ofHead.rows(), ofHead.cols() + ofEncoder.cols());
                all << ofHead, ofEncoder;
                const MatrixD theta = all * all.topRows(kTrain * classes).transpose();
                QVERIFY(relativeDifference(withIdentity(kernel.pTrain, classes) + kernel.fTrain,
                                           theta.topRows(kTrain * classes)) < kSummation);
                QVERIFY(relativeDifference(withIdentity(kernel.pTest, classes) + kernel.fTest,
                                           theta.bottomRows(kTest * classes)) < kSummation);
            }
        }
    }

    void theQueryValuePartIsThatOfTheseWeights() {
        const Problem problem("roberta");
        const Head head = randomHead(3, 32);
        const torch::Tensor rows =
            problem.gradients(head).at(ParameterGroup::queryValueWeight).narrow(0, 0, 3 * kTrain);
        QVERIFY(relativeDifference(problem.kernel(head).fTrainQueryValue,
                                   toMatrixD(torch::mm(rows, rows.t()))) < kSummation);
    }

    // The part of the features does not know the head. T2
    void pDoesNotDependOnTheHead() {
        const Problem problem("bert");
        const HeadKernel one = problem.kernel(randomHead(2, 33)), other = problem.kernel(randomHead(3, 34));
        QVERIFY(one.pTrain == other.pTrain);
        QVERIFY(one.pTest == other.pTest);
    }

    void residualsAreOneHotMinusSoftmax() {
        const Problem problem("bert");
        Head head = randomHead(2, 35);
        const MatrixD features = LayerSweep(problem.encoder, problem.train, {}, {})
                                     .run({torch::zeros({0, kWidth}, torch::kFloat64), {}, {}})
                                     .trainFeatures;
        const HeadKernel kernel = problem.kernel(head);
        for (Eigen::Index i = 0; i < kTrain; ++i) {
            const Eigen::VectorXd z = head.weight * features.row(i).transpose() + head.bias;
            const double second = 1 / (1 + std::exp(z[0] - z[1])); // of two classes, the logistic function
            const double wanted = labelsFor(2)[static_cast<std::size_t>(i)] == 1 ? 1 - second : -second;
            QVERIFY(std::abs(kernel.trainResiduals(i, 1) - wanted) < 1e-12);
            QVERIFY(std::abs(kernel.trainResiduals.row(i).sum()) < 1e-12);
        }
        head.weight *= 1e4; // far beyond what exp can hold
        QVERIFY(problem.kernel(head).trainResiduals.allFinite());
    }

    // T5
    void aScaledHeadScalesFBySquare() {
        const Problem problem("roberta");
        Head head = randomHead(3, 36);
        const HeadKernel before = problem.kernel(head);
        head.weight *= 7;
        const HeadKernel after = problem.kernel(head);
        QVERIFY(relativeDifference(after.fTrain, 49 * before.fTrain) < 1e-13);
        QVERIFY(relativeDifference(after.fTest, 49 * before.fTest) < 1e-13);
    }

    // T10
    void rankIsLimitedByTheHeads() {
        const Problem problem("bert");
        Head binary = randomHead(2, 37);
        QCOMPARE(numericalRank(problem.kernel(binary).fTrain), Eigen::Index{2 * kTrain});
        binary.weight.row(1) = -binary.weight.row(0);
        QCOMPARE(headSpan(binary.weight).basis.rows(), Eigen::Index{1});
        QCOMPARE(numericalRank(problem.kernel(binary).fTrain), Eigen::Index{kTrain});
        Head centred = randomHead(3, 38);
        centred.weight.rowwise() -= centred.weight.colwise().mean().eval();
        QCOMPARE(numericalRank(problem.kernel(centred).fTrain), Eigen::Index{2 * kTrain});
    }

    void partsArePositiveSemidefinite() {
        const Problem problem("roberta");
        const HeadKernel kernel = problem.kernel(randomHead(3, 39));
        for (const MatrixD& part : {kernel.pTrain, kernel.fTrain, kernel.fTrainQueryValue}) {
            const Eigen::VectorXd values = eigenvalues(part);
            QVERIFY(values.minCoeff() > -1e-12 * values.maxCoeff());
        }
    }

    void aHeadOfZerosHasNoF() {
        const Problem problem("bert");
        const HeadKernel kernel = problem.kernel({MatrixD::Zero(2, kWidth), VectorD::Zero(2)});
        QVERIFY(kernel.fTrain == MatrixD::Zero(2 * kTrain, 2 * kTrain));
        QVERIFY(kernel.fTest == MatrixD::Zero(2 * kTest, 2 * kTrain));
        QVERIFY(std::abs(kernel.trainResiduals(0, labelsFor(2)[0]) - 0.5) < 1e-15);
        QVERIFY(kernel.pTrain.minCoeff() != 0);
    }

    // A trained binary head: its rows nearly opposite, so that half of the spectrum is a millionth of the
    // rest.
    void singlePrecisionKeepsSmallEigenvalues() {
        Problem problem("roberta");
        Head head = randomHead(2, 40);
        head.weight.row(1) = -head.weight.row(0) + 1e-3 * randomHead(2, 41).weight.row(1);
        const Eigen::VectorXd exact = eigenvalues(problem.kernel(head).fTrain);
        QVERIFY(exact[kTrain - 1] < 1e-5 * exact[2 * kTrain - 1]); // is what it is meant to be
        problem.encoder->to(torch::kFloat32);
        const Eigen::VectorXd single = eigenvalues(problem.kernel(head).fTrain);
        for (Eigen::Index i = 0; i < exact.size(); ++i) {
            QVERIFY2(
                std::abs(single[i] - exact[i]) < 1e-5 * exact[i],
                qPrintable(QStringLiteral("eigenvalue %1: %2, not %3").arg(i).arg(single[i]).arg(exact[i])));
        }
    }

    // T6: over draws of A, F of LoRA is on average s^2 sigma^2 r times the part of the query and value
    // weights.
    void loraIsOnAverageAScaledPartOfFullTuning() {
        const Problem problem("bert");
        const Head head = randomHead(2, 42);
        const MatrixD full = problem.kernel(head).fTrainQueryValue;
        constexpr int kDraws = 200;
        constexpr std::int64_t kRank = 4;
        constexpr double kAlpha = 6, kScale = kAlpha / kRank, kVariance = 1.0 / (3 * kWidth);
        SweepSettings settings;
        settings.adapted = AdaptedParameters::lora;
        std::vector<double> along, trace;
        for (int draw = 0; draw < kDraws; ++draw) {
            Problem drawn("bert");
            addLora(drawn.encoder, {kRank, kAlpha, static_cast<std::uint64_t>(draw)});
            const HeadKernel kernel = drawn.kernel(head, settings);
            QCOMPARE(kernel.fTrainQueryValue.size(), Eigen::Index{0});
            along.push_back((kernel.fTrain.array() * full.array()).sum() / full.squaredNorm());
            trace.push_back(kernel.fTrain.trace() / full.trace());
        }
        for (const std::vector<double>& factors : {along, trace}) {
            const Eigen::Map<const Eigen::ArrayXd> values(factors.data(), kDraws);
            const double error = std::sqrt((values - values.mean()).square().sum() / (kDraws - 1) / kDraws);
            const double expected = kScale * kScale * kVariance * kRank;
            QVERIFY2(
                std::abs(values.mean() - expected) < 3 * error,
                qPrintable(QStringLiteral("%1 +- %2, not %3").arg(values.mean()).arg(error).arg(expected)));
            QVERIFY(error < 0.05 * expected); // or it would show nothing
        }
    }

    // The paper's sampling is unbiased between different samples of different index, and inflates the rest.
    void sampledWordsAreUnbiasedBetweenSamples() {
        const Problem problem("bert");
        const Head head = randomHead(2, 43);
        const MatrixD exact = problem.kernel(head).fTrain;
        const torch::Tensor words =
            problem.gradients(head).at(ParameterGroup::wordEmbedding).narrow(0, 0, 2 * kTrain);
        const MatrixD part = toMatrixD(torch::mm(words, words.t()));
        constexpr int kDraws = 400;
        std::vector<double> between;
        double own = 0;
        for (int draw = 0; draw < kDraws; ++draw) {
            HeadKernelSettings sampled;
            sampled.words = WordEmbeddings::sampled;
            sampled.seed = static_cast<std::uint64_t>(draw);
            const MatrixD estimate = problem.kernel(head, {}, sampled).fTrain - (exact - part);
            double sum = 0, wanted = 0;
            for (Eigen::Index i = 0; i < kTrain; ++i) {
                for (Eigen::Index j = 0; j < kTrain; ++j) {
                    const auto weight = part.block(2 * i, 2 * j, 2, 2);
                    const double product =
                        (estimate.block(2 * i, 2 * j, 2, 2).array() * weight.array()).sum();
                    if (i != j) {
                        sum += product;
                        wanted += weight.squaredNorm();
                    } else {
                        own += product / kDraws / kTrain / weight.squaredNorm();
                    }
                }
            }
            between.push_back(sum / wanted);
        }
        const Eigen::Map<const Eigen::ArrayXd> values(between.data(), kDraws);
        const double error = std::sqrt((values - values.mean()).square().sum() / (kDraws - 1) / kDraws);
        QVERIFY2(std::abs(values.mean() - 1) < 3 * error,
                 qPrintable(QStringLiteral("%1 +- %2").arg(values.mean()).arg(error)));
        QVERIFY2(own > 2, qPrintable(QString::number(own)));
    }

    void whatDoesNotFitIsRefused() {
        const Problem problem("bert");
        const LayerSweep sweep(problem.encoder, problem.train, problem.test, {});
        const Head head = randomHead(2, 44);
        const auto refused = [&](const Head& given, const Labels& labels) {
            try {
                static_cast<void>(headKernel(sweep, given, labels, {}));
            } catch (const Error& error) {
                return error.kind() == ErrorKind::badInput;
            }
            return false;
        };
        QVERIFY(!refused(head, labelsFor(2)));
        QVERIFY(refused(head, {0, 1}));
        QVERIFY(refused(head, {0, 1, 2, 0, 1}));
        QVERIFY(refused({head.weight.leftCols(kWidth - 1), head.bias}, labelsFor(2)));
        QVERIFY(refused({head.weight, VectorD::Zero(3)}, labelsFor(2)));
    }
};

QTEST_GUILESS_MAIN(TestHeadKernel)
#include "test_head_kernel.moc"
