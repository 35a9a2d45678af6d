#include "core/analysis/calibration/reliability.h"
#include "core/analysis/calibration/softmax.h"
#include "core/analysis/run/summary.h"
#include "core/error.h"
#include "core/imports/import_run.h"
#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/near.h"
#include "tests/support/python.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace finescope;
using namespace finescope::imports;

Q_DECLARE_METATYPE(NameChoice)

/// .npz files made into runs, and those that are refused.
class TestImportNpz : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    ImportReport m_report;

    [[nodiscard]] std::filesystem::path at(const QString& name) const {
        return m_folder.filePath(name).toStdString();
    }

    [[nodiscard]] ImportPlan planFor(const QString& name) const {
        ImportPlan plan;
        plan.file = at(name);
        plan.output = at(name + ".h5");
        plan.existing = ExistingOutput::overwrite;
        plan.creator = "test";
        return plan;
    }

    record::Run import(const ImportPlan& plan) {
        m_report = importRun(plan);
        return record::readRun(plan.output);
    }
    record::Run import(const QString& name) { return import(planFor(name)); }

    static MatrixF logitsOf(const record::Run& run, const char* split) {
        return run.parts->logits(*run.split(split), 0);
    }

    static bool hasSentence(const std::vector<std::string>& sentences, const std::string& part) {
        return std::ranges::any_of(
            sentences, [&](const std::string& sentence) { return sentence.find(part) != std::string::npos; });
    }

    /// The largest difference between two matrices.
    static double apart(const MatrixD& one, const MatrixD& other) {
        return (one - other).cwiseAbs().maxCoeff();
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        QVERIFY(
            !tests::runPython(QStringLiteral("tests/core/imports/write_npz.py"), {m_folder.path()}).isNull());
    }

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

    void aRowOfNothingIsNoProbabilities() {
        for (const char* file : {"zero_row.npz", "zero_scores.npz"}) {
            ImportPlan plan = planFor(file);
            plan.kind = ScoreKind::probabilities;
            try {
                importRun(plan);
                QFAIL("it was imported");
            } catch (const Error& error) {
                QVERIFY2(QString::fromUtf8(error.what()).contains("row 7: sums to 0"), error.what());
            }
        }
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

    void existingFilesAreSafe() {
        ImportPlan plan = planFor("both.npz");
        static_cast<void>(import(plan));
        plan.existing = ExistingOutput::refuse;
        QVERIFY_EXCEPTION_THROWN(importRun(plan), Error);
        plan.existing = ExistingOutput::renew;
        const std::string before = record::readRun(plan.output).runId;
        QVERIFY(import(plan).runId != before);
        ImportPlan other = planFor("one_hot.npz");
        other.output = plan.output;
        other.existing = ExistingOutput::renew;
        QVERIFY_EXCEPTION_THROWN(importRun(other), Error);
        QFile foreign(QString::fromStdString(at("foreign.h5").string()));
        QVERIFY(foreign.open(QIODevice::WriteOnly) && foreign.write("mine") == 4);
        foreign.close();
        plan.output = at("foreign.h5");
        QVERIFY_EXCEPTION_THROWN(importRun(plan), Error);
        QVERIFY(foreign.open(QIODevice::ReadOnly));
        QCOMPARE(foreign.readAll(), QByteArray("mine"));
    }

    void badFilesAreRefusedInWords_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("words");
        const auto add = [](const char* file, const char* words) {
            QTest::newRow(file) << QString(file) << QString(words);
        };
        add("called_logits.npz", "logits is called logits, but no value is negative and every row sums to 1");
        add("called_probs.npz", "is called probabilities, but sums to 0.9 instead of 1; use --kind logits");
        add("negative_probs.npz", "probabilities are not negative");
        add("sigmoid.npz", "all values lie between 0 and 1, but this row sums to");
        add("from_one.npz",
            "labels: labels run from 1 to 5, but classes are counted from 0; save labels - 1");
        add("label_5.npz", "labels: row 7 has the label 5, but logits has 5 classes, 0 to 4");
        add("mostly_unlabelled.npz", "labels: 250 of 400 rows have no label (-100 first in row 0)");
        add("signs.npz",
            "labels: labels are -1 and 1, but classes are counted from 0; save (labels + 1) / 2");
        add("from_minus_one.npz", "labels: labels run from -1 to 3, and there are 5 classes");
        add("empty_labels.npz", "array labels: (400, 0) of <f8 holds no labels");
        add("three_evals.npz", "both eval_logits and val_logits could be the validation scores");
        add("zero_row.npz", "probs, row 7: sums to 0, so it does not hold probabilities");
        add("zero_scores.npz", "scores, row 7: all values lie between 0 and 1, but this row sums to 0");
        add("zero_logs.npz", "log_probs, row 7: has the probability 0 for every class");
        add("pointer.npz", "is a Git LFS pointer (to a file of 812344 bytes), not the file itself");
        add("page.npz", "is a web page (HTML)");
        add("real_bomb.npz",
            "array logits: (4000000, 10) of <f2 takes 480000000 bytes of memory, more than the ");
        add("text_bomb.npz", "array labels: (13000000,) of |S1 takes ");
        add("class_bomb.npz",
            "array logits: (2, 200000) of <f4 has more than the 100000 classes that are read");
        add("lying_size.npz", "logits.npy: claims 4000");
        add("encrypted.npz",
            "logits.npy: is encrypted, which is not read; unpack the archive with its password");
        add("encrypted_unnamed.npz", "arr_0.npy: is encrypted");
        add("dimensions.npz", "array logits: its header claims more than 64 dimensions");
        add("surrogate.npz", "array class_names: its item 0 holds 55296, which is not a Unicode character");
        add("zero_in_name.npz", "array class_names: its item 0 is not UTF-8 text");
        add("many.npz", "a0 (1,) of <f4, a1 (1,) of <f4");
        add("long_name.npz", " holds logitsxxxxx");
        add("label_half.npz", "labels: row 0: ");
        add("two_hot.npz", "which row 0 is not");
        add("fewer_labels.npz", "array labels: (399,) of <i8 does not fit logits, which is (400, 5) of <f8");
        add("no_rows.npz", "array logits: has no rows");
        add("one_class.npz", "[N, C] with C >= 2");
        add("vector.npz", "np.column_stack([1 - p, p])");
        add("cube.npz", "(2, 4, 5) of <f8 is not one floating-point number for each row and class");
        add("nan.npz", "logits, row 9: is NaN or infinite");
        add("infinite.npz", "probs, row 9: is NaN or infinite");
        add("huge.npz", "row 9: has the logit 1e+300, which float32");
        add("two_logits.npz",
            "both logits and test_logits could be the test scores; choose one with --logits");
        add("two_labels.npz", "both labels and y could be the test labels; choose one with --labels");
        add("other_classes.npz", "logits has 5 classes, but val_logits has 4");
        add("other_kinds.npz", "val_probs and logits hold different kinds of scores");
        add("names_short.npz", "array class_names: (2,) of <U1 does not fit logits, which has 5 classes");
        add("names_twice.npz", "4 different class names, but logits has 5 classes");
        add("unknown_name.npz",
            "row 1: \"x\" is neither a whole number nor a class (classes: a, b, c, d, e)");
        add("nothing.npz", "weights (2, 3, 4) of <f8, bias (3,) of <f8, among which no logits");
        add("objects.npz", "array logits: it holds Python objects");
        add("object_labels.npz", "labels=np.asarray(labels, dtype=");
        add("structured.npz", "type structured, which is not read");
        add("complex.npz", "type <c16, which is not read");
        add("cut.npz", "is it cut off?");
        add("empty.npz", "is it cut off?");
        add("text.npz", "is it cut off?");
        add("flipped.npz", "logits.npy: ");
        add("no_arrays.npz", "without any .npy array");
        add("short_data.npz", "array logits: has ");
        add("long_data.npz", "array logits: has ");
        add("bad_magic.npz", "array logits: it does not begin like a .npy file");
        add("bad_version.npz", "array logits: it has the .npy format 9");
        add("bad_header.npz", "array logits: its header is not that of a .npy file");
        add("endless_header.npz", "array logits: its header claims to have 2147483647 bytes");
        add("cut_header.npz", "too early");
        add("bomb.npz", "more than the 536870912 values");
        add("overflow.npz", "more than the 536870912 values");
        add("odd_packing.npz", "cannot be unpacked");
        add("single.npy", "is one array; an import needs the labels too");
        add("absent.npz", "no such file");
    }

    void badFilesAreRefusedInWords() {
        QFETCH(QString, file);
        QFETCH(QString, words);
        try {
            ImportPlan plan = planFor(file);
            plan.output = at("refused.h5");
            importRun(plan);
        } catch (const Error& error) {
            const QString said = QString::fromUtf8(error.what());
            QVERIFY2(said.contains(words), error.what());
            QVERIFY2(said.startsWith(m_folder.filePath(file)), error.what());
            QVERIFY2(said.size() < m_folder.path().size() + 800 && !said.contains(QChar(0x1b)), error.what());
            QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::badFile));
            QVERIFY(!QFile::exists(m_folder.filePath("refused.h5")));
            return;
        }
        QFAIL("it was imported");
    }

    void wrongWishesAreRefused() {
        ImportPlan plan = planFor("both.npz");
        plan.names.scores = "nothing";
        QVERIFY_EXCEPTION_THROWN(importRun(plan), Error);
        plan = planFor("both.npz");
        plan.output = at("no_folder/x.h5");
        QVERIFY_EXCEPTION_THROWN(importRun(plan), Error);
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
