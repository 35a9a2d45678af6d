#include "core/error.h"
#include "core/imports/import_run.h"
#include "core/record/run_reader.h"
#include "tests/core/imports/npz_fixture.h"

#include <QFile>
#include <QtTest>

using namespace finescope;
using namespace finescope::imports;

/// .npz files and wishes that are refused, in words that say why.
class TestRefusedNpz : public QObject, tests::NpzFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { writeFiles(); }

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
};

QTEST_GUILESS_MAIN(TestRefusedNpz)
#include "test_refused_npz.moc"
