#include "core/engine/ntk/layer_sweep.h"

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/lora.h"
#include "core/engine/ntk/gram.h"
#include "core/engine/tensor_matrix.h"
#include "core/engine/theory/brute_force.h"
#include "core/engine/threads.h"
#include "core/error.h"
#include "tests/core/engine/ntk/sweep_problem.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;
using namespace finescope::engine;

class TestLayerSweep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    void equalsBruteForceGroupByGroup_data() {
        QTest::addColumn<QString>("family");
        QTest::addColumn<int>("pooling");
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("workers");
        for (const Family* family : kFamilies) {
            for (const auto& [name, pooling] : kPoolings) {
                int workers = 1;
                for (const int classes : {1, 2, 3, 5}) {
                    QTest::addRow("%s, %s, %d directions, %d workers", family->name.data(), name.data(),
                                  classes, workers)
                        << QString::fromLatin1(family->name.data()) << static_cast<int>(pooling) << classes
                        << workers;
                    workers = workers % 3 + 1;
                }
            }
        }
    }
    void equalsBruteForceGroupByGroup() {
        QFETCH(const QString, family);
        QFETCH(const int, pooling);
        QFETCH(const int, classes);
        QFETCH(const int, workers);
        const Problem problem(family.toStdString(), classes);
        SweepSettings settings;
        settings.pooling = static_cast<Pooling>(pooling);
        settings.workers = workers;
        compareByGroup(problem, settings);
    }

    void everyContractionGivesTheSame() {
        const Problem problem("roberta", 3);
        for (const Contraction contraction :
             {Contraction::materialise, Contraction::hadamard, Contraction::pairwise}) {
            for (const auto& [name, pooling] : kPoolings) {
                SweepSettings settings;
                settings.pooling = pooling;
                settings.workers = 2;
                settings.contraction = contraction;
                compareByGroup(problem, settings);
            }
        }
    }

    // Contiguous rows go to BLAS's symmetric product, others through plain ones, in bands of 128.
    void symmetricSumsAreProductsOfAllPairs() {
        const KernelRows rows{150, 2, 2};
        const torch::Tensor gradients = normal({rows.rows(), 40}, 6);
        const torch::Tensor all = torch::mm(gradients, gradients.narrow(0, 0, rows.trainRows()).t());
        for (const torch::ScalarType type : {torch::kFloat64, torch::kFloat32}) {
            const double tolerance = type == torch::kFloat64 ? kSummation : 1e-5;
            for (const torch::Tensor& given : {gradients, gradients.t().contiguous().t()}) {
                GramSums sums(rows, {{ParameterGroup::bias}}, torch::kCPU);
                sums.add(ParameterGroup::bias, given.to(type));
                sums.add(ParameterGroup::bias, given.to(type)); // adds, does not replace
                QVERIFY(relativeDifference(toMatrixD(sums.finished(0)), toMatrixD(2 * all)) < tolerance);
            }
        }
    }

    void spillingGivesTheSame() {
        const QTemporaryDir folder;
        const Problem problem("bert", 2);
        SweepSettings settings;
        settings.workers = 2;
        settings.scratchFolder = folder.path().toStdString();
        QCOMPARE(problem.sweep(settings).demand(2).scratchBytes, std::uint64_t{0});
        settings.memoryBytes = 1;
        // The inputs of both layers at least, in double.
        QVERIFY(problem.sweep(settings).demand(2).scratchBytes >
                (kTrain + kTest) * 2 * kWidth * 2 * sizeof(double));
        for (const Contraction contraction : {Contraction::materialise, Contraction::pairwise}) {
            settings.contraction = contraction;
            compareByGroup(problem, settings);
        }
        QVERIFY(QDir(folder.path()).isEmpty(QDir::Files | QDir::Hidden)); // the file has no name
    }

    void loraEqualsBruteForce() {
        for (const Family* family : kFamilies) {
            Problem problem(family->name, 2);
            addLora(problem.encoder, {3, 6.0, 9}); // scale 2
            for (const torch::Tensor& parameter : loraParameters(problem.encoder)) {
                QCOMPARE(parameter.scalar_type(), torch::kFloat64);
            }
            for (const auto& [name, pooling] : kPoolings) {
                SweepSettings settings;
                settings.adapted = AdaptedParameters::lora;
                settings.pooling = pooling;
                compareByGroup(problem, settings);
                settings.contraction = Contraction::materialise;
                settings.workers = 3;
                compareByGroup(problem, settings);
            }
        }
    }

    void aGpuGivesTheSame_data() {
        QTest::addColumn<int>("contraction");
        QTest::addColumn<bool>("spills");
        for (const bool spills : {false, true}) {
            QTest::addRow("cheapest%s", spills ? ", spilling" : "") << -1 << spills;
            for (const int contraction : {0, 1, 2}) {
                QTest::addRow("contraction %d%s", contraction, spills ? ", spilling" : "")
                    << contraction << spills;
            }
        }
    }
    void aGpuGivesTheSame() {
        if (!torch::cuda::is_available()) {
            QSKIP("LibTorch finds no CUDA device here");
        }
        QFETCH(const int, contraction);
        QFETCH(const bool, spills);
        const QTemporaryDir folder;
        SweepSettings settings;
        settings.scratchFolder = folder.path().toStdString();
        if (contraction >= 0) {
            settings.contraction = static_cast<Contraction>(contraction);
        }
        if (spills) {
            settings.memoryBytes = 1;
        }
        for (const Family* family : kFamilies) {
            for (const auto& [name, pooling] : kPoolings) {
                settings.pooling = pooling;
                settings.adapted = AdaptedParameters::full;
                Problem problem(family->name, 3);
                compareByGroup(problem, settings, torch::kCUDA);
                addLora(problem.encoder, {3, 6.0, 9});
                settings.adapted = AdaptedParameters::lora;
                compareByGroup(problem, settings, torch::kCUDA);
            }
        }
    }

    void trainedAdaptersAreRefused() {
        Problem problem("bert", 2);
        SweepSettings settings;
        settings.adapted = AdaptedParameters::lora;
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(problem.sweep(settings)), Error); // no adapters at all
        addLora(problem.encoder, {});
        static_cast<void>(problem.sweep(settings));
        const torch::NoGradGuard noGrad;
        loraParameters(problem.encoder)[1].fill_(0.1);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(problem.sweep(settings)), Error);
    }

    void setsAreSumsOfTheirGroups() {
        const Problem problem("roberta", 2);
        using enum ParameterGroup;
        const SweepRequest request{problem.directions, {{bias, layerNorm, wordEmbedding}, {otherWeight}}, {}};
        const SweepResult result = problem.sweep({}).run(request);
        const auto gradients = problem.gradients(Pooling::first);
        const SweepKernel sum = kernelOf(
            torch::cat({gradients.at(bias), gradients.at(layerNorm), gradients.at(wordEmbedding)}, 1), 2);
        QVERIFY(relativeDifference(result.kernels[0].train, sum.train) < kSummation);
        QVERIFY(relativeDifference(result.kernels[0].test, sum.test) < kSummation);
        QVERIFY(relativeDifference(result.kernels[1].train, kernelOf(gradients.at(otherWeight), 2).train) <
                kSummation);
    }

    void aMaskLeavesSomeOfTheWordEmbeddings() {
        const Problem problem("bert", 2);
        const EncoderConfig& config = problem.encoder->config;
        const torch::Tensor mask =
            normal({config.vocabularySize, config.hiddenSize}, 5).gt(0).to(torch::kFloat64);
        const SweepRequest request{problem.directions, {{ParameterGroup::wordEmbedding}}, mask};
        const torch::Tensor masked =
            problem.gradients(Pooling::first).at(ParameterGroup::wordEmbedding) * mask.flatten();
        const SweepKernel expected = kernelOf(masked, 2);
        SweepSettings byId, byPairs;
        byId.contraction = Contraction::materialise;
        byPairs.contraction = Contraction::hadamard;
        for (const SweepSettings& settings : {byId, byPairs}) {
            const SweepResult result = problem.sweep(settings).run(request);
            QVERIFY(relativeDifference(result.kernels[0].train, expected.train) < kSummation);
            QVERIFY(relativeDifference(result.kernels[0].test, expected.test) < kSummation);
        }
    }

    void oneDirectionForAllIsThatForEach() {
        const Problem problem("bert", 2);
        const torch::Tensor same = normal({2, kWidth}, 8);
        SweepRequest request{same, {groupsOf(AdaptedParameters::full)}, {}};
        const SweepResult forAll = problem.sweep({}).run(request);
        request.directions = same.unsqueeze(1).expand({2, kTrain + kTest, kWidth});
        const SweepResult forEach = problem.sweep({}).run(request);
        QVERIFY(forAll.kernels[0].train == forEach.kernels[0].train);
        QVERIFY(forAll.kernels[0].test == forEach.kernels[0].test);
    }

    void singlePrecisionIsCloseToDouble() {
        Problem problem("roberta", 3);
        const SweepRequest request{problem.directions, {groupsOf(AdaptedParameters::full)}, {}};
        const SweepKernel exact = problem.sweep({}).run(request).kernels[0];
        problem.encoder->to(torch::kFloat32);
        for (const Contraction contraction :
             {Contraction::materialise, Contraction::hadamard, Contraction::pairwise}) {
            SweepSettings settings;
            settings.contraction = contraction;
            const SweepKernel single = problem.sweep(settings).run(request).kernels[0];
            // A few units of single precision, not a few of them for each of thousands of sums.
            QVERIFY((single.train - exact.train).norm() < 5e-6 * exact.train.norm());
            QVERIFY((single.test - exact.test).norm() < 5e-6 * exact.test.norm());
        }
    }

    void theSameRunGivesTheSameBits() {
        const Problem problem("bert", 2);
        const SweepRequest request{problem.directions, {groupsOf(AdaptedParameters::full)}, {}};
        SweepSettings settings;
        settings.workers = 3;
        const auto compareTwo = [&] {
            const LayerSweep sweep = problem.sweep(settings);
            const SweepResult first = sweep.run(request), second = sweep.run(request);
            QVERIFY(first.kernels[0].train == second.kernels[0].train);
            QVERIFY(first.kernels[0].test == second.kernels[0].test);
            QVERIFY(first.trainFeatures == second.trainFeatures);
        };
        compareTwo();
        if (torch::cuda::is_available()) {
            Encoder(problem.encoder)->to(torch::kCUDA);
            compareTwo();
        }
    }

    void featuresAreTheEncodersInTheSamplesOrder() {
        const Problem problem("roberta", 2);
        for (const auto& [name, pooling] : kPoolings) {
            SweepSettings settings;
            settings.pooling = pooling;
            const SweepResult result =
                problem.sweep(settings).run({torch::zeros({0, kWidth}, torch::kFloat64), {}, {}});
            const torch::NoGradGuard noGrad;
            for (std::size_t i = 0; i < problem.all().size(); ++i) {
                const Encoding encoding = problem.all()[i];
                const TokenBatch batch{
                    torch::tensor(encoding.ids).unsqueeze(0), torch::tensor(encoding.typeIds).unsqueeze(0),
                    torch::ones({1, static_cast<std::int64_t>(encoding.ids.size())}, torch::kInt64)};
                const MatrixD expected =
                    toMatrixD(pool(Encoder(problem.encoder)->forward(batch), batch.mask, pooling));
                const bool ofTrain = i < kTrain;
                const MatrixD actual = ofTrain
                                           ? result.trainFeatures.row(static_cast<Eigen::Index>(i))
                                           : result.testFeatures.row(static_cast<Eigen::Index>(i) - kTrain);
                QVERIFY(relativeDifference(actual, expected) < 1e-12);
            }
        }
    }

    void noTestSamplesGiveAnEmptyTestKernel() {
        const Problem problem("bert", 2);
        const LayerSweep sweep(problem.encoder, problem.train, {}, {});
        const SweepResult result =
            sweep.run({normal({2, kWidth}, 4), {groupsOf(AdaptedParameters::full)}, {}});
        QCOMPARE(result.kernels[0].train.rows(), Eigen::Index{2 * kTrain});
        QCOMPARE(result.kernels[0].test.rows(), Eigen::Index{0});
    }

    void tellsItsProgressAndStops() {
        const Problem problem("bert", 2);
        const SweepRequest request{problem.directions, {groupsOf(AdaptedParameters::full)}, {}};
        std::stop_source stop;
        std::vector<double> told;
        SweepSettings settings;
        settings.workers = 2;
        settings.stop = stop.get_token();
        settings.onProgress = [&](double done) { told.push_back(done); };
        for (const Contraction contraction : {Contraction::materialise, Contraction::hadamard}) {
            told.clear();
            settings.contraction = contraction;
            static_cast<void>(problem.sweep(settings).run(request));
            QVERIFY(std::ranges::is_sorted(told));
            QVERIFY(std::abs(told.back() - 1) < 1e-9); // all operations that were announced
        }
        settings.onProgress = [&](double done) {
            if (done > 0.5) {
                stop.request_stop();
            }
        };
        try {
            static_cast<void>(problem.sweep(settings).run(request));
            QFAIL("was not cancelled");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
        }
    }

    void unusableSamplesAreRefused() {
        const Problem problem("bert", 2);
        QVERIFY_EXCEPTION_THROWN(LayerSweep(problem.encoder, {}, problem.test, {}), Error);
        QVERIFY_EXCEPTION_THROWN(LayerSweep(problem.encoder, {Encoding{}}, {}, {}), Error);
        const Encoding tooLong{std::vector<std::int64_t>(13, 2), std::vector<std::int64_t>(13, 0)};
        QVERIFY_EXCEPTION_THROWN(LayerSweep(problem.encoder, {tooLong}, {}, {}), Error);
        QVERIFY_EXCEPTION_THROWN(
            static_cast<void>(problem.sweep({}).run({torch::zeros({2, kWidth + 1}), {}, {}})), Error);
    }
};

QTEST_GUILESS_MAIN(TestLayerSweep)
#include "test_layer_sweep.moc"
