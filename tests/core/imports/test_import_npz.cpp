#include "core/analysis/calibration/reliability.h"
#include "core/analysis/calibration/softmax.h"
#include "core/analysis/run/summary.h"
#include "core/error.h"
#include "core/imports/import_run.h"
#include "core/record/run_reader.h"
#include "tests/core/imports/npz_fixture.h"
#include "tests/support/data.h"
#include "tests/support/near.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <algorithm>

using namespace finescope;
using namespace finescope::imports;

Q_DECLARE_METATYPE(NameChoice)

/// .npz files made into runs.
class TestImportNpz : public QObject, tests::NpzFixture {
    Q_OBJECT

private:
    /// The largest difference between two matrices.
    static double apart(const MatrixD& one, const MatrixD& other) {
        return (one - other).cwiseAbs().maxCoeff();
    }

private Q_SLOTS:
    void initTestCase() { writeFiles(); }

    void logitsOfTwoSplitsBecomeARun() {
        ImportPlan plan = planFor("both.npz");
        plan.method = "lp-ft";
        plan.task = "rte";
        plan.model = "m";
        plan.sha256 = "0123";
        const record::Run run = import(plan);
        QCOMPARE(run.method, std::string("lp-ft"));
        QCOMPARE(run.task, std::string("rte"));
        QCOMPARE(run.name, std::string("both"));
        QVERIFY((run.classNames == std::vector<std::string>{"a", "b", "c", "d", "é"}));
        QVERIFY(run.progress.status == record::Status::complete);
        QCOMPARE(run.progress.selected, 0);
        QCOMPARE(run.epochs.rows(), 1U);
        QVERIFY(run.classifierKeys.empty());
        QCOMPARE(run.splits.size(), 2U);
        QCOMPARE(run.splits[0].name, std::string("validation"));
        QCOMPARE(run.splits[0].rows, 200);
        QCOMPARE(run.splits[1].role, std::string("test"));
        QCOMPARE(logitsOf(run, "test").rows(), 400);
        QVERIFY(hasSentence(m_report.notes, "logits: logits (the file calls them logits"));
        QVERIFY(hasSentence(m_report.notes, "ignored: features"));
        QVERIFY(m_report.warnings.empty());
        const auto config = nlohmann::json::parse(run.config)["imported"];
        QCOMPARE(config["kind"].get<std::string>(), std::string("logits"));
        QCOMPARE(config["sha256"].get<std::string>(), std::string("0123"));
        QCOMPARE(config["file"].get<std::string>(), plan.file.string());
        QCOMPARE(config["splits"]["validation"]["labels"].get<std::string>(), std::string("val_labels"));

        const auto summary = analysis::summarise(run, 15);
        QVERIFY(summary["temperature"]["value"].is_number());
        QVERIFY(summary["splits"]["test"]["logit_norm"].is_number());
        QVERIFY(summary["classifier"]["weight_norm"]["final"].is_null());
        QVERIFY(summary["splits"]["test"]["features"]["difference"].is_null());
    }

    /// Softmax of what is recorded for probabilities is the probabilities: those of the logits beside them.
    void probabilitiesComeBackAtTemperatureOne() {
        const MatrixD expected = analysis::softmax(logitsOf(import(QStringLiteral("both.npz")), "test"));
        const record::Run run = import(QStringLiteral("probabilities.npz"));
        QVERIFY(apart(analysis::softmax(logitsOf(run, "test")), expected) < 1e-6);
        QVERIFY(hasSentence(m_report.notes, "probs: probabilities (the file calls them probabilities"));
        QVERIFY(hasSentence(m_report.notes, "no validation split"));
        QVERIFY(run.parts->labels(*run.split("test")) ==
                record::readRun(at("both.npz.h5")).parts->labels(*run.split("test")));
        const auto summary = analysis::summarise(run, 15);
        QVERIFY(summary["temperature"]["value"].is_null());
        QVERIFY(summary["splits"]["test"]["logit_norm"].is_null()); // of logits that nobody knows
        QVERIFY(nlohmann::json::parse(run.config)["imported"]["kind"] == "probabilities");

        const record::Run half = import(QStringLiteral("half.npz"));
        QVERIFY(apart(analysis::softmax(logitsOf(half, "test")), expected) < 1e-3);
        const record::Run logs = import(QStringLiteral("log_probs.npz"));
        QVERIFY(apart(analysis::softmax(logitsOf(logs, "test")), expected) < 1e-6);
        QVERIFY(hasSentence(m_report.notes, "log probabilities are logits"));
    }

    void otherShapesAndNamesAreTheSame_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("note");
        QTest::newRow("one-hot labels") << "one_hot.npz"
                                        << "Ground_Truth is one-hot";
        QTest::newRow("no names at all") << "unnamed.npz"
                                         << "arr_0 is used as the scores";
        QTest::newRow("a column of labels") << "column.npz"
                                            << "ignored: loss";
    }

    void otherShapesAndNamesAreTheSame() {
        QFETCH(QString, file);
        QFETCH(QString, note);
        const record::Run expected = import(QStringLiteral("both.npz"));
        const record::Run run = import(file);
        QVERIFY(logitsOf(run, "test") == logitsOf(expected, "test"));
        QVERIFY(run.parts->labels(*run.split("test")) == expected.parts->labels(*expected.split("test")));
        QVERIFY2(hasSentence(m_report.notes, note.toStdString()), qPrintable(note));
        QVERIFY((run.classNames == std::vector<std::string>{"0", "1", "2", "3", "4"}));
    }

    void labelsMayBeClassNames() {
        const record::Run run = import(QStringLiteral("named_labels.npz"));
        const Labels whole = record::readRun(at("both.npz.h5")).parts->labels(*run.split("test"));
        const Labels labels = run.parts->labels(*run.split("test"));
        for (std::size_t i = 0; i < labels.size(); ++i) {
            QCOMPARE(labels[i], whole[i] % 2 == 0 ? 1 : 0); // dog for even ones
        }
    }

    /// Of each row of both.npz, which class it is of, by the number of the row's class there.
    void classesMayBeCalledByNumbers_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<Labels>("expected"); // of the classes 0, 1, 2, ... of both.npz
        QTest::addColumn<QString>("names");
        QTest::newRow("from 1") << "numbered_from_one.npz" << Labels{0, 1, 0, 1, 0} << "1 2 3";
        QTest::newRow("-1 is one") << "numbered_signs.npz" << Labels{0, 1, 0, 1, 0} << "-1 1";
        QTest::newRow("ids are places") << "numbered_places.npz" << Labels{0, 1, 2, 0, 1} << "0 1 2";
        QTest::newRow("one-hot is places") << "numbered_one_hot.npz" << Labels{0, 1, 2, 0, 1} << "0 1 2";
    }
    void classesMayBeCalledByNumbers() {
        QFETCH(QString, file);
        QFETCH(Labels, expected);
        QFETCH(QString, names);
        const record::Run whole = import(QStringLiteral("both.npz"));
        const Labels classes = whole.parts->labels(*whole.split("test"));
        const record::Run run = import(file);
        const Labels labels = run.parts->labels(*run.split("test"));
        QCOMPARE(labels.size(), classes.size());
        for (std::size_t i = 0; i < labels.size(); ++i) {
            QCOMPARE(labels[i], expected[static_cast<std::size_t>(classes[i])]);
        }
        QStringList told;
        for (const std::string& name : run.classNames) {
            told << QString::fromStdString(name);
        }
        QCOMPARE(told.join(QLatin1Char(' ')), names);
    }

    void manyClassesAreReadBack() {
        const record::Run run = import(QStringLiteral("wide.npz"));
        QCOMPARE(run.classes(), std::size_t{20'000});
        QVERIFY((run.parts->labels(*run.split("test")) == Labels{0, 19'999, 7}));
    }

    void ofSeveralTheLogitsAreTaken() {
        const record::Run run = import(QStringLiteral("several.npz"));
        QVERIFY(logitsOf(run, "test") == logitsOf(import(QStringLiteral("both.npz")), "test"));
        static_cast<void>(import(QStringLiteral("several.npz")));
        QVERIFY(hasSentence(m_report.warnings, "val_probs is left out: there are no labels"));
        QVERIFY(hasSentence(m_report.notes, "ignored: probs, val_probs"));
    }

    void theUserMaySayWhatIsWhat() {
        ImportPlan plan = planFor("choice.npz");
        QVERIFY_EXCEPTION_THROWN(importRun(plan), Error);
        plan.names = {"b", "d", "a", "c"};
        const record::Run run = import(plan);
        QVERIFY(logitsOf(run, "test") == -logitsOf(run, "validation"));
        const Labels test = run.parts->labels(*run.split("test"));
        const Labels validation = run.parts->labels(*run.split("validation"));
        for (std::size_t i = 0; i < test.size(); ++i) {
            QCOMPARE(test[i], (validation[i] + 1) % 5);
        }
    }

    void theUserMaySayTheKind() {
        ImportPlan plan = planFor("called_logits.npz");
        plan.kind = ScoreKind::probabilities;
        const MatrixD expected = analysis::softmax(logitsOf(import(QStringLiteral("both.npz")), "test"));
        QVERIFY(apart(analysis::softmax(logitsOf(import(plan), "test")), expected) < 1e-6);
        plan.kind = ScoreKind::logits;
        QVERIFY(apart(logitsOf(import(plan), "test").cast<double>(), expected) < 1e-6);
        plan = planFor("called_probs.npz"); // sums of 0.9
        plan.kind = ScoreKind::probabilities;
        QVERIFY(apart(analysis::softmax(logitsOf(import(plan), "test")), expected) < 1e-6);
        plan = planFor("negative_probs.npz");
        plan.kind = ScoreKind::probabilities;
        QVERIFY_EXCEPTION_THROWN(importRun(plan), Error);
    }

    /// Names that trainers give, and evaluations: which is validation, which is test.
    void splitsAreToldByTheirNames_data() {
        QTest::addColumn<QString>("file");
        for (const char* file :
             {"trainer.npz", "trainer_eval.npz", "plain_eval.npz", "eval_alone.npz", "labels_and_ids.npz"}) {
            QTest::newRow(file) << QString(file);
        }
    }
    void splitsAreToldByTheirNames() {
        QFETCH(QString, file);
        const record::Run expected = import(QStringLiteral("both.npz"));
        const record::Run run = import(file);
        for (const char* split : {"test", "validation"}) {
            QVERIFY2(run.split(split) != nullptr, split);
            QVERIFY(logitsOf(run, split) == logitsOf(expected, split));
            QVERIFY(run.parts->labels(*run.split(split)) == expected.parts->labels(*expected.split(split)));
        }
    }

    void rowsWithoutALabelAreLeftOut_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("mark");
        QTest::newRow("-1") << "unlabelled_1.npz"
                            << "-1";
        QTest::newRow("-100") << "unlabelled_100.npz"
                              << "-100";
        QTest::newRow("NaN") << "unlabelled_nan.npz"
                             << "NaN";
        const char* marks[] = {"-", "NA", "", "None", "null", "nan", "-1"};
        for (int i = 0; i < 7; ++i) {
            QTest::addRow("text \"%s\"", marks[i])
                << QStringLiteral("unlabelled_text_%1.npz").arg(i) << QStringLiteral("\"%1\"").arg(marks[i]);
        }
    }
    void rowsWithoutALabelAreLeftOut() {
        QFETCH(QString, file);
        QFETCH(QString, mark);
        const record::Run expected = import(QStringLiteral("both.npz"));
        const MatrixF all = logitsOf(expected, "test");
        const Labels labels = expected.parts->labels(*expected.split("test"));
        const record::Run run = import(file);
        const MatrixF kept = logitsOf(run, "test");
        const Labels keptLabels = run.parts->labels(*run.split("test"));
        QCOMPARE(kept.rows(), 350);
        for (Eigen::Index row = 0, at = 0; row < 400; ++row) {
            if (row % 8 != 7) {
                QVERIFY(kept.row(at) == all.row(row));
                QCOMPARE(keptLabels[static_cast<std::size_t>(at)], labels[static_cast<std::size_t>(row)]);
                ++at;
            }
        }
        const std::string said =
            "test: 50 rows have no label (" + mark.toStdString() + " first in row 7) and are left out";
        QVERIFY2(hasSentence(m_report.warnings, said), said.c_str());
    }

    void aClassMayBeCalledNA() {
        const record::Run run = import(QStringLiteral("na_is_a_class.npz"));
        QCOMPARE(run.split("test")->rows, 400);
        QVERIFY(m_report.warnings.empty());
    }

    /// Float64 logits of which each row has something large in common are those without it.
    void aLargeCommonPartCostsNothing_data() {
        QTest::addColumn<QString>("file");
        for (const char* file :
             {"common_1e3.npz", "common_1e6.npz", "common_1e8.npz", "common_1e10.npz", "common_once.npz"}) {
            QTest::newRow(file) << QString(file);
        }
    }
    void aLargeCommonPartCostsNothing() {
        QFETCH(QString, file);
        const auto summaryOf = [&](const QString& name) { return analysis::summarise(import(name), 15); };
        const auto expected = summaryOf(QStringLiteral("both.npz"));
        QVERIFY(expected["splits"]["test"]["logit_norm"].is_number());
        const auto summary = summaryOf(file);
        QVERIFY(m_report.warnings.empty());
        QVERIFY(hasSentence(m_report.notes, "the largest logit of each row is subtracted"));
        for (const char* key : {"nll", "ece", "mean_confidence"}) {
            QVERIFY_NEAR(summary["splits"]["test"][key].get<double>(),
                         expected["splits"]["test"][key].get<double>(), 2e-6);
        }
        QCOMPARE(summary["splits"]["test"]["accuracy"].get<double>(),
                 expected["splits"]["test"]["accuracy"].get<double>());
        QVERIFY(summary["splits"]["test"]["logit_norm"].is_null()); // nobody knows it
        if (summary["temperature"]["value"].is_number()) {
            QVERIFY_NEAR(summary["temperature"]["value"].get<double>(),
                         expected["temperature"]["value"].get<double>(), 1e-5);
        }
    }

    void whatFloatLosesAllTheSameIsSaid() {
        static_cast<void>(import(QStringLiteral("spread.npz")));
        QVERIFY(hasSentence(m_report.warnings,
                            "test: logits are recorded as float32, which moves the mean NLL by"));
        const record::Run ties = import(QStringLiteral("near_ties.npz"));
        const Labels labels = ties.parts->labels(*ties.split("test"));
        QVERIFY(analysis::argmax(logitsOf(ties, "test")) == labels);
        QVERIFY(m_report.warnings.empty());
    }

    void sharedCasesAreRight() {
        if (!std::filesystem::exists(tests::sharedCases())) {
            QSKIP("the shared cases are missing");
        }
        const auto summaryOf = [&](const char* name) {
            ImportPlan plan = planFor(QStringLiteral("case"));
            plan.file = tests::sharedCases() / name;
            return analysis::summarise(import(plan), 15);
        };
        for (const char* name : {"10-large-common-part/e0.npz", "10-large-common-part/e6.npz"}) {
            const auto test = summaryOf(name)["splits"]["test"];
            QVERIFY_NEAR(test["nll"].get<double>(), 0.97952, 5e-6);
            QVERIFY_NEAR(test["accuracy"].get<double>(), 0.55, 1e-12);
        }
        QVERIFY_NEAR(summaryOf("11-trainer-names/both.npz")["temperature"]["value"].get<double>(), 1.4829,
                     5e-5);
        for (const char* name : {"04-lfs-pointer/predictions.npz", "23-partial-sums/zero-row.npz"}) {
            QVERIFY_EXCEPTION_THROWN(static_cast<void>(summaryOf(name)), Error);
        }
    }

    void zeroProbabilitiesAreFlooredAndCounted() {
        const record::Run run = import(QStringLiteral("zero.npz"));
        const Labels labels = run.parts->labels(*run.split("test"));
        const MatrixF logits = logitsOf(run, "test");
        QVERIFY_NEAR(logits(0, labels[0]), -126 * std::log(2.0), 1e-6);
        QVERIFY(hasSentence(m_report.notes, "2 probabilities are 0"));
        QVERIFY(hasSentence(m_report.warnings, "1 row gives its own label the probability 0"));
        QVERIFY(nlohmann::json::parse(run.config)["imported"]["splits"]["test"]["floored_probabilities"] ==
                2);
    }

    /// Published by netcal's examples, computed from the float32 probabilities (shared data's README).
    void netcalsExampleHasItsNumbers() {
        const std::filesystem::path file = tests::sharedData() / "calibration/lenet-5-cifar-10.npz";
        if (!std::filesystem::exists(file)) {
            QSKIP(qPrintable(QString::fromStdString(file.string()) + " is missing"));
        }
        ImportPlan plan = planFor("lenet");
        plan.file = file;
        const record::Run run = import(plan);
        QVERIFY(hasSentence(m_report.notes, "predictions: probabilities (none is negative"));
        const auto test = analysis::summarise(run, 15)["splits"]["test"];
        QCOMPARE(test["n"].get<int>(), 10000);
        QVERIFY_NEAR(test["accuracy"].get<double>(), 0.5308, 1e-12);
        QVERIFY_NEAR(test["ece"].get<double>(), 0.10788788, 1e-8);
        QVERIFY_NEAR(test["mce"].get<double>(), 0.18582139, 1e-8);
        QVERIFY_NEAR(test["nll"].get<double>(), 1.36986773, 1e-8);
        QVERIFY_NEAR(test["brier"].get<double>(), 0.61415207, 1e-8);
    }
};

QTEST_GUILESS_MAIN(TestImportNpz)
#include "test_import_npz.moc"
