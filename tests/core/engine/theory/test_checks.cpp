#include "core/engine/model/architecture/families.h"
#include "core/engine/theory/encoder_theory.h"
#include "core/engine/theory/head_checks.h"
#include "core/engine/theory/kernel_checks.h"
#include "core/engine/theory/lora_checks.h"
#include "core/engine/theory/random_draws.h"
#include "core/engine/theory/step_checks.h"
#include "core/engine/theory/verification.h"
#include "core/engine/threads.h"
#include "core/engine/train/probe.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <cmath>
#include <limits>
#include <memory>
#include <set>

using namespace finescope;
using namespace finescope::engine;

namespace {

constexpr int kClasses = 3;
const TheorySize kSize{.width = 12, .inputs = 10, .train = 5, .test = 3, .probe = 60, .classes = kClasses};

/// A model whose formulas are not what they should be.
template <typename Model>
class Altered : public Model {
public:
    using Alter = std::function<void(HeadKernel&, const Head&)>;
    template <typename... Arguments>
    explicit Altered(Alter full, Alter lora, Arguments... arguments)
        : Model(arguments...), m_full(std::move(full)), m_lora(std::move(lora)) {}

    [[nodiscard]] HeadKernel kernel(const Head& head) const override {
        return altered(Model::kernel(head), head, m_full);
    }
    [[nodiscard]] HeadKernel loraKernel(const Head& head, const LoraDraw& draw) const override {
        return altered(Model::loraKernel(head, draw), head, m_lora);
    }

private:
    static HeadKernel altered(HeadKernel kernel, const Head& head, const Alter& alter) {
        if (alter) {
            alter(kernel, head);
        }
        return kernel;
    }
    Alter m_full, m_lora;
};

using Alter = std::function<void(HeadKernel&, const Head&)>;

std::unique_ptr<TheoryModel> modelOf(const QString& kind, const Alter& full = {}, const Alter& lora = {}) {
    if (kind == QLatin1String("linear")) {
        return std::make_unique<Altered<LinearTheory>>(full, lora, kSize, LoraDistribution::normal, 3U);
    }
    const std::string family = kind.toStdString();
    return std::make_unique<Altered<EncoderTheory>>(full, lora, family, familyOf(family).pooling, kSize, 3U);
}

Head headOf(std::uint64_t seed) {
    RandomBits bits(seed);
    return {normalMatrix(kClasses, kSize.width, 0.3, bits), normalMatrix(kClasses, 1, 0.3, bits).col(0)};
}

/// Which of the checks fail, as "measured" texts; all of them carry this id.
QStringList failing(const std::vector<CheckResult>& results, const char* id) {
    QStringList texts;
    for (const CheckResult& result : results) {
        if (result.id != id) {
            texts << QStringLiteral("wrong id ") + QString::fromStdString(result.id);
        }
        if (!result.holds()) {
            texts << QStringLiteral("%1, %2: %3 > %4 (%5)")
                         .arg(QString::fromStdString(result.model), QString::fromStdString(result.measured))
                         .arg(result.error)
                         .arg(result.bound)
                         .arg(QString::fromStdString(result.detail));
        }
    }
    return texts;
}

#define QVERIFY_HOLDS(results, id)                                                                           \
    do {                                                                                                     \
        const QStringList failing_ = failing(results, id);                                                   \
        QVERIFY2(failing_.isEmpty(), qPrintable(failing_.join('\n')));                                       \
    } while (false)

LoraCheckSettings loraSettings(bool normal) {
    return {.rank = 4, .alpha = 6, .draws = normal ? 2000 : 100, .seed = 5, .normal = normal, .stop = {}};
}

} // namespace

class TestChecks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    void checksOfAModelHold_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("linear") << QString("linear");
        for (const Family* family : verifiedFamilies()) {
            const std::string name(family->name);
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void checksOfAModelHold() {
        QFETCH(const QString, kind);
        const auto model = modelOf(kind);
        QCOMPARE(QString::fromStdString(model->name()), kind);
        const Head head = headOf(1);
        const ProbeSamples samples = model->probeSamples();
        const ProbePath path = probePath(samples, kClasses, 1);
        QVERIFY_HOLDS(checkKernelSum(*model, head), "T1");
        QVERIFY_HOLDS(checkPretrainPart(*model, head, path.optimum), "T2");
        QVERIFY_HOLDS(checkFirstOrder(*model, head), "T3");
        QVERIFY_HOLDS(checkHeadScaling(*model, head), "T5");
        QVERIFY_HOLDS(checkLora(*model, head, loraSettings(kind == QLatin1String("linear")), "A"), "T6");
        for (const Head& at : {head, path.optimum}) {
            QVERIFY_HOLDS(std::vector{checkNormDerivative(model->name(), samples, at, "here")}, "T7");
        }
        QVERIFY_HOLDS(std::vector{checkNormsWantToGrow(model->name(), samples, path)}, "T7");
        QVERIFY_HOLDS(checkTemperature(model->name(), samples, path.optimum), "T8");
        QVERIFY_HOLDS(checkStationarity(model->name(), samples, path.optimum, 1, HeadRounding::none, "fit"),
                      "T9");
        QVERIFY_HOLDS(checkRanks(*model, head, "random"), "T10");
        QVERIFY_HOLDS(checkRanks(*model, path.optimum, "probed"), "T10");
    }

    void orthogonalSamplesStay() {
        RandomBits bits(7);
        QVERIFY_HOLDS(checkOrthogonal(randomOutsideCase(12, 6, kClasses, 5, false, bits), 1000, 1e-12), "T4");
        QVERIFY_HOLDS(checkOrthogonal(randomOutsideCase(12, 6, kClasses, 5, true, bits), 1000, 0), "T4");
    }

    // Each check on something that is broken a little: it has to notice.

    void anAlteredKernelIsNoticed_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("linear") << QString("linear");
        QTest::newRow("roberta") << QString("roberta");
    }
    void anAlteredKernelIsNoticed() {
        QFETCH(const QString, kind);
        const Head head = headOf(1), other = headOf(2);
        const auto largerF = [](HeadKernel& kernel, const Head&) {
            kernel.fTrain *= 1.001;
            kernel.fTest *= 1.001;
        };
        const auto withConstant = [](HeadKernel& kernel, const Head&) {
            kernel.fTrain.diagonal().array() += 1e-3 * kernel.fTrain.trace();
        };
        const auto otherP = [](HeadKernel& kernel, const Head&) { kernel.pTrain(0, 1) += 1e-6; };
        const auto pOfHead = [](HeadKernel& kernel, const Head& given) {
            kernel.pTest(0, 0) += 1e-12 * given.weight.norm();
        };
        QCOMPARE(failing(checkKernelSum(*modelOf(kind, largerF), head), "T1").size(), 1);
        QCOMPARE(failing(checkKernelSum(*modelOf(kind, otherP), head), "T1").size(), 1);
        QCOMPARE(failing(checkPretrainPart(*modelOf(kind, otherP), head, other), "T2").size(), 1);
        QCOMPARE(failing(checkPretrainPart(*modelOf(kind, pOfHead), head, other), "T2").size(), 1);
        QVERIFY(!failing(checkFirstOrder(*modelOf(kind, largerF), head), "T3").isEmpty());
        const auto fixedF = [](HeadKernel& kernel, const Head&) { kernel.fTrain.diagonal().array() += 1e-9; };
        QVERIFY(!failing(checkHeadScaling(*modelOf(kind, fixedF), head), "T5").isEmpty());
        // Five samples and a head of one direction leave rank 5 at most.
        Head oneRow = head;
        oneRow.weight.row(1) = -oneRow.weight.row(0);
        oneRow.weight.row(2).setZero();
        QVERIFY(failing(checkRanks(*modelOf(kind), oneRow, "one"), "T10").isEmpty());
        QCOMPARE(failing(checkRanks(*modelOf(kind, withConstant), oneRow, "one"), "T10").size(), 1);
        const auto negative = [](HeadKernel& kernel, const Head&) {
            kernel.pTrain -=
                0.5 * MatrixD::Identity(kernel.pTrain.rows(), kernel.pTrain.cols()) * kernel.pTrain.trace();
        };
        QCOMPARE(failing(checkRanks(*modelOf("roberta", negative), head, "random"), "T10").size(), 1);
    }

    void alteredLoraIsNoticed() {
        const Head head = headOf(1);
        LoraCheckSettings settings = loraSettings(true);
        settings.expectedFactor = 1.1;
        QVERIFY(!failing(checkLora(*modelOf("linear"), head, settings, "A"), "T6").isEmpty());
        settings.expectedFactor = 1;
        const auto otherP = [](HeadKernel& kernel, const Head&) { kernel.pTrain(0, 0) += 1e-13; };
        QCOMPARE(failing(checkLora(*modelOf("linear", {}, otherP), head, settings, "A"), "T6").size(), 1);
        // The mean right, the deviation too small.
        const HeadKernel full = modelOf("linear")->kernel(head);
        const double factor = 1.5 * 1.5 * 4 / (3 * 10.0);
        const auto steadier = [&](HeadKernel& kernel, const Head&) {
            kernel.fTrain = 0.5 * (kernel.fTrain + factor * full.fTrain);
        };
        QCOMPARE(failing(checkLora(*modelOf("linear", {}, steadier), head, settings, "A"), "T6").size(), 1);
        // And too large, where it only has a limit.
        settings.normal = false;
        const auto shakier = [&](HeadKernel& kernel, const Head&) {
            kernel.fTrain = 2 * kernel.fTrain - factor * full.fTrain;
        };
        QCOMPARE(failing(checkLora(*modelOf("linear", {}, shakier), head, settings, "A"), "T6").size(), 1);
        std::stop_source stop;
        stop.request_stop();
        settings.stop = stop.get_token();
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(checkLora(*modelOf("linear"), head, settings, "A")),
                                 Error);
    }

    void aSampleThatIsNotOrthogonalIsNoticed() {
        RandomBits bits(8);
        OutsideCase given = randomOutsideCase(12, 6, kClasses, 5, false, bits);
        given.outside.row(0) += 1e-6 * given.inside.row(0);
        QCOMPARE(failing(checkOrthogonal(given, 100, 1e-12), "T4").size(), 1);
    }

    void alteredHeadsAreNoticed() {
        const auto model = modelOf("linear");
        const ProbeSamples samples = model->probeSamples();
        const ProbePath path = probePath(samples, kClasses, 1);
        const NormDerivative opposite = [](const MatrixF& features, const Labels& labels,
                                           const MatrixF& weight, const VectorF& bias) -> VectorD {
            return -analysis::lossByRowNorm(features, labels, weight, bias);
        };
        const NormDerivative withoutMean = [](const MatrixF& features, const Labels& labels,
                                              const MatrixF& weight, const VectorF& bias) -> VectorD {
            return static_cast<double>(labels.size()) *
                   analysis::lossByRowNorm(features, labels, weight, bias); // as the paper prints it
        };
        QVERIFY(!checkNormDerivative("linear", samples, headOf(1), "here", opposite).holds());
        QVERIFY(!checkNormDerivative("linear", samples, path.optimum, "here", withoutMean).holds());
        QVERIFY(!checkNormsWantToGrow("linear", samples, path, opposite).holds());

        const auto biasKept = [](const Head& head, double temperature) {
            return Head{head.weight / temperature, head.bias};
        };
        QVERIFY(!failing(checkTemperature("linear", samples, path.optimum, biasKept), "T8").isEmpty());

        // The paper's halved head of a binary task is no optimum. definitions.md, Linear probing
        ProbeSamples binary = samples;
        for (std::int64_t& label : binary.labels) {
            label = label == 2 ? 0 : label;
        }
        const auto probed = [&](ProbeHead kind) {
            const ProbedHead head = probeHead(binary.features, binary.labels, 2, kind, 1, {});
            return failing(checkStationarity("linear", binary,
                                             {head.weight.cast<double>(), head.bias.cast<double>()},
                                             head.choice.chosen, HeadRounding::single, "probe"),
                           "T9");
        };
        QVERIFY(probed(ProbeHead::exact).isEmpty());
        QVERIFY(!probed(ProbeHead::paper).isEmpty());
    }

    void resultsAreMerged() {
        const auto result = [](const char* id, const char* model, double error) {
            return CheckResult{.id = id, .model = model, .measured = "it", .error = error, .bound = 1};
        };
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const auto merged = mergedResults({result("T10", "linear", 0), result("T2", "roberta", 0.5),
                                           result("T2", "bert", 2), result("T2", "roberta", 0.75),
                                           result("T2", "bert", nan), result("T2", "bert", 3)});
        QCOMPARE(merged.size(), std::size_t{3});
        QCOMPARE(merged[0].model, std::string("bert"));
        QVERIFY(std::isnan(merged[0].error) && !merged[0].holds());
        QCOMPARE(merged[0].cases, 3);
        QCOMPARE(merged[1].error, 0.75);
        QCOMPARE(merged[1].cases, 2);
        QCOMPARE(merged[2].id, std::string("T10"));

        Verification verification{merged, {}};
        QVERIFY(!verification.holds());
        const auto json = nlohmann::json::parse(verificationToJson(verification).dump())["checks"];
        QVERIFY(json[0]["error"].is_null() && json[0]["holds"] == false);
        QVERIFY(json[1]["holds"] == true && json[1]["title"] == checkTitle("T2"));
        verification.checks.erase(verification.checks.begin());
        QVERIFY(verification.holds());
    }
};

QTEST_GUILESS_MAIN(TestChecks)
#include "test_checks.moc"
