#include "core/analysis/claims/claims.h"

#include "tests/core/analysis/claims/ideal_study.h"

#include <QtTest>

using namespace finescope;
using namespace finescope::analysis;
using tests::idealStudy;

namespace {

Claim claimOf(const ClaimStudy& study, const std::string& id) {
    const std::vector<Claim> claims = checkClaims(study);
    return *std::ranges::find(claims, id, &Claim::id);
}

using Change = std::function<void(ClaimRun&)>;

/// Of one method of the task cb; every split or the kernel, where there is one.
Change inMethod(const char* method, const Change& change) {
    return [method = std::string(method), change](ClaimRun& run) {
        if (run.method == method && run.task == "cb") {
            change(run);
        }
    };
}
Change inSplits(std::optional<double> ClaimSplit::*number, std::optional<double> value) {
    return [=](ClaimRun& run) {
        for (ClaimSplit& split : run.splits) {
            split.*number = value;
        }
    };
}
Change inKernel(const std::function<void(ClaimKernel&)>& change) {
    return [=](ClaimRun& run) {
        if (run.kernel) {
            change(*run.kernel);
        }
    };
}
const Change kNoKernel = [](ClaimRun& run) { run.kernel.reset(); };

struct Counterexample {
    const char* id;
    Change spoil; ///< after this the claim does not hold
    Change strip; ///< after this it cannot be tested
};

std::vector<Counterexample> counterexamples() {
    using S = ClaimSplit;
    const auto rank = [](std::size_t part, double value) {
        return inKernel([=](ClaimKernel& kernel) { kernel.parts[part].rank = value; });
    };
    return {
        {"C1",
         inMethod("lora",
                  [](ClaimRun& run) {
                      run.normCurve = {1, 2, 1.99, 3};
                  }),
         [](ClaimRun& run) { run.normCurve.clear(); }},
        {"C2", inMethod("lp", [](ClaimRun& run) { run.finalNorm = 10.9; }),
         [](ClaimRun& run) { run.finalNorm.reset(); }},
        {"C3", inMethod("lp-ft", [](ClaimRun& run) { run.finalNorm = 30.7; }),
         [](ClaimRun& run) { run.finalNorm.reset(); }},
        {"C4", inMethod("lp-ft", inSplits(&S::difference, 20)), inSplits(&S::difference, {})},
        {"C5", inMethod("lp-lora", inSplits(&S::difference, 20)), inSplits(&S::difference, {})},
        {"C6", inMethod("lp-ft", inSplits(&S::cosine, 0.995)), inSplits(&S::cosine, {})},
        {"C7", inMethod("ft", inSplits(&S::fisher, 4)), inSplits(&S::fisher, {})},
        {"C8", inMethod("lp-ft", rank(1, 20)), kNoKernel},
        {"C9", inMethod("lp-ft", inKernel([](ClaimKernel& kernel) { kernel.parts[0].testAccuracy = 0.8; })),
         inKernel([](ClaimKernel& kernel) {
             kernel.parts[1].trainAccuracy.reset();
             kernel.parts[1].testAccuracy.reset();
         })},
        {"C10", inMethod("lora", rank(2, 101)), kNoKernel},
        {"C11", inMethod("lp-lora", inKernel([](ClaimKernel& kernel) { kernel.fineTuningRatio = 0.009; })),
         inKernel([](ClaimKernel& kernel) { kernel.fineTuningRatio.reset(); })},
        {"C12", inMethod("lora", inKernel([](ClaimKernel& kernel) { kernel.spectrum[2] *= 20; })), kNoKernel},
        {"C13",
         inMethod("lora", inKernel([](ClaimKernel& kernel) { kernel.parts[1].frobeniusNorm = 0.0009; })),
         kNoKernel},
        {"C14", inMethod("lp-ft", [](ClaimRun& run) { run.startNorm = 70; }), kNoKernel},
        {"C15", inMethod("lp-ft", inSplits(&S::difference, 3)), inSplits(&S::difference, {})},
        {"C16", inSplits(&S::fittedMce, 0.5),
         [](ClaimRun& run) {
             inSplits(&S::fittedAccuracy, {})(run);
             inSplits(&S::fittedEce, {})(run);
             inSplits(&S::fittedMce, {})(run);
         }},
        {"C17", inMethod("lp-lora", inSplits(&S::mce, 0.5)),
         [](ClaimRun& run) {
             inSplits(&S::fittedEce, {})(run);
             inSplits(&S::fittedMce, {})(run);
         }},
        {"C18", inMethod("ft", inSplits(&S::ece, 0.3)), inSplits(&S::ece, {})},
        {"C19", inMethod("lora", inSplits(&S::metric, 0.9)), inSplits(&S::metric, {})},
        {"C20", inMethod("lp", inSplits(&S::metric, 0.8)), inSplits(&S::metric, {})},
        {"C21",
         [](ClaimRun& run) {
             if (run.method == "ft") {
                 run.splits[0].metric = 0.7998;
             }
         },
         [](ClaimRun& run) { run.task = "rct"; }},
        {"C22", inMethod("ft", inKernel([](ClaimKernel& kernel) { kernel.outerRatio = 0.9; })), kNoKernel},
        {"C23", inMethod("lp-ft", [](ClaimRun& run) { run.displacement = 1.9; }),
         [](ClaimRun& run) {
             run.displacement.reset();
             inSplits(&S::purity, {})(run);
             inSplits(&S::neighbourOverlap, {})(run);
         }},
    };
}

struct PartExample {
    const char* id;
    const char* part;
    Change spoil;
};

/// One that spoils each part of the claims that have several.
std::vector<PartExample> partExamples() {
    using S = ClaimSplit;
    const auto f = [](std::optional<double> ClaimKernelPart::*number, double value) {
        return inKernel([=](ClaimKernel& kernel) { kernel.parts[1].*number = value; });
    };
    const auto kernel = [](std::optional<double> ClaimKernel::*number, double value) {
        return inKernel([=](ClaimKernel& whole) { whole.*number = value; });
    };
    const auto curve = [](const std::vector<double>& values) {
        return [=](ClaimRun& run) { run.normCurve = values; };
    };
    const auto onTest = [](std::optional<double> ClaimSplit::*number, double value) {
        return [=](ClaimRun& run) { run.splits[0].*number = value; };
    };
    const auto shifted = [](std::optional<double> ClaimSplit::*number, double value) {
        return [=](ClaimRun& run) {
            if (run.splits.size() > 1) {
                run.splits[1].*number = value;
            }
        };
    };
    using K = ClaimKernel;
    using P = ClaimKernelPart;
    return {
        {"C1", "lp", inMethod("lp", curve({0, 30, 29.9}))},
        {"C1", "ft", inMethod("ft", curve({1, 1}))},
        {"C3", "LoRA above FT", inMethod("lora", [](ClaimRun& run) { run.finalNorm = 1.1; })},
        {"C3", "LP-FT as LP", inMethod("lp-ft", [](ClaimRun& run) { run.finalNorm = 29.3; })},
        {"C7", "in distribution", inMethod("lp-ft", onTest(&S::fisher, 3))},
        {"C7", "out of distribution", inMethod("lp-ft", shifted(&S::fisher, 3))},
        {"C9", "train", inMethod("lp-ft", f(&P::trainAccuracy, 0.8))},
        {"C11", "lp-ft above ft", inMethod("lp-ft", kernel(&K::fineTuningRatio, 0.2))},
        {"C11", "ft above lora", inMethod("ft", kernel(&K::fineTuningRatio, 0.001))},
        {"C12", "ranks of lora", inMethod("lora", f(&P::rank, 79))},
        {"C12", "ranks of lp-lora", inMethod("lp-lora", f(&P::rank, 126))},
        {"C13", "bound of lp-lora", inMethod("lp-lora", kernel(&K::loraFactor, 0.0019))},
        {"C14", "lp-lora over lora", inMethod("lora", [](ClaimRun& run) { run.startNorm = 0.4; })},
        {"C14", "LoRA as FT", inMethod("lp-lora", f(&P::frobeniusNorm, 2.8))},
        {"C15", "decrease of ft", inMethod("ft", inSplits(&S::difference, 30))},
        {"C15", "LP-FT below FT",
         inMethod("ft", [](ClaimRun& run) { inSplits(&S::difference, 0.1 / run.classifierScale)(run); })},
        {"C16", "ECE lower", inSplits(&S::fittedEce, 0.5)},
        {"C17", "ECE", inMethod("lora", inSplits(&S::ece, 0.4))},
        {"C19", "above FT, in distribution", inMethod("ft", onTest(&S::metric, 0.81))},
        {"C19", "above FT, out of distribution", inMethod("ft", shifted(&S::metric, 0.81))},
        {"C22", "diagonal of F", inMethod("ft", kernel(&K::diagonalShare, 0.9))},
        {"C22", "P flat", inMethod("lp-ft", kernel(&K::pVariation, 0.2))},
        {"C23", "rows stay in FT", inMethod("ft", [](ClaimRun& run) { run.displacement = 0.6; })},
        {"C23", "features cluster in FT", inMethod("ft", inSplits(&S::purity, 0.6))},
        {"C23", "LP-FT keeps structure", inMethod("lp-ft", inSplits(&S::neighbourOverlap, 0.2))},
    };
}

QString nameOf(ClaimStatus status) {
    return QString::fromUtf8(claimStatusName(status).data());
}

} // namespace

class TestClaims : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allHoldWhereTheyShould() {
        const std::vector<Claim> claims = checkClaims(idealStudy());
        QCOMPARE(claims.size(), std::size_t{23});
        for (std::size_t i = 0; i < claims.size(); ++i) {
            QCOMPARE(claims[i].id, "C" + std::to_string(i + 1));
            QVERIFY2(claims[i].status == ClaimStatus::holds,
                     (claims[i].id + ": " + claims[i].reason).c_str());
            QVERIFY(!claims[i].numbers.empty());
            QVERIFY2(claims[i].reason.empty(), claims[i].reason.c_str()); // every part was tested
        }
    }

    void counterexamplesAndMissingRuns_data() {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const Counterexample& example : counterexamples()) {
            QTest::addRow("%s", example.id) << index++;
        }
        QCOMPARE(index, 23);
    }
    void counterexamplesAndMissingRuns() {
        QFETCH(int, index);
        const Counterexample example = counterexamples()[static_cast<std::size_t>(index)];
        ClaimStudy spoilt = idealStudy();
        std::ranges::for_each(spoilt.runs, example.spoil);
        const Claim failing = claimOf(spoilt, example.id);
        QCOMPARE(nameOf(failing.status), QStringLiteral("does not hold"));
        QVERIFY2(failing.reason.find("not so for") != std::string::npos, failing.reason.c_str());
        QVERIFY(std::ranges::any_of(
            failing.numbers, [](const std::string& line) { return line.ends_with(": does not hold"); }));

        ClaimStudy stripped = idealStudy();
        std::ranges::for_each(stripped.runs, example.strip);
        const Claim untested = claimOf(stripped, example.id);
        QCOMPARE(nameOf(untested.status), QStringLiteral("not tested"));
        QVERIFY2(untested.reason.find("needs") != std::string::npos, untested.reason.c_str());
    }

    void everyPartCanFail_data() {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const PartExample& example : partExamples()) {
            QTest::addRow("%s, %s", example.id, example.part) << index++;
        }
    }
    void everyPartCanFail() {
        QFETCH(int, index);
        const PartExample example = partExamples()[static_cast<std::size_t>(index)];
        ClaimStudy study = idealStudy();
        std::ranges::for_each(study.runs, example.spoil);
        const Claim claim = claimOf(study, example.id);
        QCOMPARE(nameOf(claim.status), QStringLiteral("does not hold"));
        QVERIFY2(claim.reason.find(example.part + std::string(": not so for ")) != std::string::npos,
                 claim.reason.c_str());
    }

    void pubMedWantsLoraBest() {
        ClaimStudy study = idealStudy();
        for (ClaimRun& run : study.runs) {
            if (run.task == "pubmed" && run.method == "lp-lora") {
                run.splits[0].metric = 0.801;
            }
        }
        QCOMPARE(nameOf(claimOf(study, "C21").status), QStringLiteral("does not hold"));
    }

    void thresholdsAreIncluded() {
        ClaimStudy study = idealStudy();
        std::ranges::for_each(study.runs, inMethod("lp", [](ClaimRun& run) { run.finalNorm = 11; }));
        QCOMPARE(nameOf(claimOf(study, "C2").status), QStringLiteral("holds")); // exactly 10 x 1.1
        std::ranges::for_each(
            study.runs, inKernel([](ClaimKernel& kernel) { kernel.parts[2].rank = kernel.parts[1].rank; }));
        QCOMPARE(nameOf(claimOf(study, "C10").status), QStringLiteral("holds"));
    }

    void anAccuracyThatChangesIsReported() {
        ClaimStudy study = idealStudy();
        study.runs.back().splits[0].fittedAccuracy = 0.81; // one seed of two
        const Claim claim = claimOf(study, "C16");
        QCOMPARE(nameOf(claim.status), QStringLiteral("does not hold"));
        QVERIFY2(claim.reason.find("accuracy unchanged: not so for pubmed, lp-lora") != std::string::npos,
                 claim.reason.c_str());
    }

    void meansAreOverSeeds() {
        ClaimStudy study = idealStudy();
        std::ranges::for_each(study.runs, inMethod("lp-ft", [](ClaimRun& run) {
                                  // 1 and 29: their mean is below FT's 20, one of them is not
                                  inSplits(&ClaimSplit::difference, run.seed == 1 ? 1 : 29)(run);
                              }));
        const Claim claim = claimOf(study, "C4");
        QCOMPARE(nameOf(claim.status), QStringLiteral("holds"));
        QCOMPARE(claim.numbers.front(), // standard deviation 14 sqrt(2)
                 std::string("cb: difference lp-ft 15 ± 19.8 (n = 2), ft 20 ± 0 (n = 2): holds"));
    }

    void partsThatNoRunTestsAreNamed() {
        ClaimStudy study = idealStudy();
        for (ClaimRun& run : study.runs) {
            std::erase_if(run.splits, [](const ClaimSplit& split) { return split.outOfDistribution; });
        }
        const Claim claim = claimOf(study, "C7");
        QCOMPARE(nameOf(claim.status), QStringLiteral("holds"));
        QVERIFY2(claim.reason.starts_with("out of distribution: not tested, needs"), claim.reason.c_str());
    }

    void scaledRunsCountForNormScalingAlone() {
        ClaimStudy study = idealStudy();
        for (ClaimRun& run : study.runs) {
            if (run.classifierScale != 1) {
                run.finalNorm = 1e6;
                inSplits(&ClaimSplit::ece, 0.9)(run);
            }
        }
        const auto numbers = [](const std::vector<Claim>& claims) {
            std::vector<std::vector<std::string>> lines;
            std::ranges::transform(claims, std::back_inserter(lines), &Claim::numbers);
            return lines;
        };
        QCOMPARE(numbers(checkClaims(study)), numbers(checkClaims(idealStudy())));
        std::erase_if(study.runs, [](const ClaimRun& run) { return run.classifierScale == 50; });
        QCOMPARE(nameOf(claimOf(study, "C15").status), QStringLiteral("not tested"));
    }

    void kernelsOfDifferentSizeAreNotCompared() {
        ClaimStudy study = idealStudy();
        std::ranges::for_each(study.runs, [](ClaimRun& run) {
            if (run.kernel && run.method == "lp-ft") {
                run.kernel->samples = 40;
            }
        });
        const Claim claim = claimOf(study, "C11");
        QVERIFY2(claim.reason.starts_with("lp-ft above ft: not tested"), claim.reason.c_str());
    }

    void modelsAreKeptApart() {
        ClaimStudy study = idealStudy();
        for (ClaimRun& run : study.runs) {
            if (run.task == "pubmed") {
                run.task = "cb";
                run.model = "other";
            }
        }
        const Claim claim = claimOf(study, "C2");
        QCOMPARE(claim.numbers.size(), std::size_t{2});
        QVERIFY(claim.numbers[0].starts_with("cb, encoder: norm lp 30 ± 0 (n = 2)"));
        QVERIFY(claim.numbers[1].starts_with("cb, other: "));
    }

    void nothingAtAllIsNotTested() {
        for (const Claim& claim : checkClaims(std::span<const record::Run>())) {
            QCOMPARE(nameOf(claim.status), QStringLiteral("not tested"));
            QVERIFY(!claim.reason.empty());
        }
    }
};

QTEST_APPLESS_MAIN(TestClaims)
#include "test_claims.moc"
