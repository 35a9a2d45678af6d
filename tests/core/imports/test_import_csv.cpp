#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "core/imports/import_run.h"
#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/text_folder.h"

#include <QtTest>

#include <algorithm>

using namespace finescope;
using namespace finescope::imports;

/// .csv files made into runs, and those that are refused.
class TestImportCsv : public QObject {
    Q_OBJECT

private:
    tests::TextFolder m_folder;
    ImportReport m_report;

    record::Run import(const QByteArray& bytes, const NameChoice& names = {}) {
        ImportPlan plan;
        plan.file = m_folder.write("data.csv", bytes);
        plan.output = m_folder.folder("run.h5");
        plan.existing = ExistingOutput::overwrite;
        plan.names = names;
        m_report = importRun(plan);
        return record::readRun(plan.output);
    }

    /// "names | row; row | labels" of the test split, or what is wrong with the file.
    QString told(const QByteArray& bytes, const NameChoice& names = {}) {
        try {
            const record::Run run = import(bytes, names);
            std::string text;
            for (const std::string& name : run.classNames) {
                text += name + " ";
            }
            text += "|";
            const record::SplitInfo& split = *run.splitWithRole("test");
            const MatrixF logits = run.parts->logits(split, 0);
            for (Eigen::Index row = 0; row < logits.rows(); ++row) {
                text += row == 0 ? " " : "; ";
                for (Eigen::Index c = 0; c < logits.cols(); ++c) {
                    text += (c == 0 ? "" : " ") +
                            QString::number(static_cast<double>(logits(row, c))).toStdString();
                }
            }
            text += " |";
            for (const auto label : run.parts->labels(split)) {
                text += " " + std::to_string(label);
            }
            return QString::fromStdString(text);
        } catch (const Error& error) {
            return QString::fromUtf8(error.what()).remove(m_folder.path() + "/");
        }
    }

private Q_SLOTS:
    void filesAreRead_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("expected");
        const auto add = [](const char* name, const QByteArray& bytes, const char* expected) {
            QTest::newRow(name) << bytes << QString::fromUtf8(expected);
        };
        const char* plain = "0 1 | 1.5 -2; -1 0.25 | 0 1";
        add("numbered", "label,logit_0,logit_1\n0,1.5,-2\n1,-1,0.25\n", plain);
        add("other order, extras", "id,logit_1,text,logit_0,label\n7,-2,a,1.5,0\n8,0.25,b,-1,1\n", plain);
        add("byte order mark, CRLF, quotes, blanks",
            "\xEF\xBB\xBF\"label\",\"logit_0\", logit_1\r\n\"0\",1.5, -2\r\n1,\"-1\",+0.25\r\n", plain);
        add("semicolons and decimal commas", "label;logit_0;logit_1\n0;1,5;-2\n1;-1,0;,25\n", plain);
        add("tabs", "label\tlogit_0\tlogit_1\n0\t1.5\t-2\n1\t-1,0\t2.5e-1\n", plain);
        add("Excel's first line", "sep=;\nlabel;logit_0;logit_1\n0;1.5;-2\n1;-1;0.25\n", plain);
        add("an index of pandas", ",logits0,logits1,y_true\n0,1.5,-2,0\n1,-1,0.25,1.0\n", plain);
        add("scores in brackets", "target,score[0],score[1]\n0,1.5,-2\n1,-1,0.25\n", plain);
        add("numbers order the classes",
            "y,logit_10,logit_9,logit_8,logit_7,logit_6,logit_5,logit_4,logit_3,"
            "logit_2,logit_1,logit_0\n10,10,9,8,7,6,5,4,3,2,1,-1\n",
            "0 1 2 3 4 5 6 7 8 9 10 | -1 1 2 3 4 5 6 7 8 9 10 | 10");
        add("class names behind the beginning", "label,logit_cat,logit_dog\ndog,1.5,-2\ncat,-1,0.25\n",
            "cat dog | 1.5 -2; -1 0.25 | 1 0");
        add("class names alone", "cat,dog,label\n1.5,-2,dog\n-1,0.25,cat\n",
            "cat dog | 1.5 -2; -1 0.25 | 1 0");
        add("classes from one, labels by name", "label,logit_1,logit_2\n1,1.5,-2\n2,-1,0.25\n",
            "1 2 | 1.5 -2; -1 0.25 | 0 1");
        add("class_0", "label,logit_class_0,logit_class_1\n1,1.5,-2\n", "class_0 class_1 | 1.5 -2 | 1");
        add("logits before probabilities", "label,p_0,p_1,logit_0,logit_1\n0,0.5,0.5,1.5,-2\n",
            "0 1 | 1.5 -2 | 0");
        add("beside the top class", "true_label,pred_label,confidence,logit_0,logit_1\n0,0,0.9,1.5,-2\n",
            "0 1 | 1.5 -2 | 0");
    }

    void filesAreRead() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, expected);
        QCOMPARE(told(bytes), expected);
    }

    void probabilitiesAreRecognised() {
        const record::Run run = import("label,p_0,p_1,p_2\n0,0.7,0.2,0.1\n2,0.25,0.25,0.5\n");
        const MatrixD back = analysis::softmax(run.parts->logits(*run.split("test"), 0));
        const MatrixD expected = (MatrixD(2, 3) << 0.7, 0.2, 0.1, 0.25, 0.25, 0.5).finished();
        QVERIFY((back - expected).cwiseAbs().maxCoeff() < 1e-7);
    }

    void aColumnTellsTheSplits() {
        const record::Run run =
            import("split,label,logit_0,logit_1\ntest,0,1,2\nval,1,3,4\nTest,1,5,6\ntrain,0,7,8\n");
        QCOMPARE(run.splits.size(), 3U);
        QCOMPARE(run.split("test")->rows, 2);
        QVERIFY(run.parts->logits(*run.split("validation"), 0) == (MatrixF(1, 2) << 3, 4).finished());
        QVERIFY(run.parts->logits(*run.split("test"), 0) == (MatrixF(2, 2) << 1, 2, 5, 6).finished());
        QVERIFY(run.parts->labels(*run.split("train")) == Labels{0});
    }

    void theUserMaySayWhatIsWhat() {
        const QByteArray bytes = "a1,a2,b1,b2,k,label\n1,2,3,4,1,0\n";
        NameChoice names;
        names.scores = "b";
        names.labels = "k";
        QCOMPARE(told(bytes, names), QStringLiteral("1 2 | 3 4 | 0")); // label 1 is the class called 1
        names.scores = "c";
        QVERIFY(told(bytes, names).startsWith("--logits c: data.csv, line 1 has 0 columns with that prefix"));
        names.labels = "l";
        QVERIFY(told(bytes, names).startsWith("--labels l: data.csv, line 1 has no such column"));
        names = {};
        names.validationScores = "v";
        QVERIFY(told(bytes, names).contains("are for .npz files"));
    }

    void badFilesAreRefusedInWords_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto add = [](const char* name, const QByteArray& bytes, const char* words) {
            QTest::newRow(name) << bytes << QString::fromUtf8(words);
        };
        add("empty", "", "data.csv is empty");
        add("header alone", "label,logit_0,logit_1\n", "data.csv has a header but no rows");
        add("no header", "0,1.5,-2\n1,2,3\n", "data.csv, line 1: there is no header");
        add("no label", "logit_0,logit_1\n1,2\n",
            "data.csv, line 1: none of the columns logit_0, logit_1 is called label");
        add("two labels", "label,target,logit_0,logit_1\n0,0,1,2\n",
            "both label and target could be the labels");
        add("two scores", "label,score_0,score_1,pred_0,pred_1\n0,1,2,3,4\n",
            "could be the scores; choose one with --logits");
        add("no scores", "y,z\n0,0\n", "line 1: the columns y, z have no score for each class");
        add("twice", "label,logit_0,logit_0\n0,1,2\n", "there are two columns \"logit_0\"");
        add("a class is missing", "label,logit_0,logit_2\n0,1,2\n", "lack number 1");
        add("top class alone", "true_label,pred_label,confidence\n3,3,0.9\n",
            "data.csv, line 1: has the confidence of the predicted class only");
        add("not a number", "label,logit_0,logit_1\n0,1,2\n\n0,1,x\n",
            "data.csv, line 4: column logit_1: \"x\" is not a number");
        add("empty cell", "label,logit_0,logit_1\n0,,2\n", "line 2: column logit_0: is empty");
        add("NaN", "label,logit_0,logit_1\n0,1,2\n0,nan,2\n",
            "line 3: column logit_0: is nan; nothing can be computed");
        add("infinite", "label,logit_0,logit_1\n0,1,-inf\n", "line 2: column logit_1: is -inf");
        add("too few fields", "label,logit_0,logit_1\n0,1\n",
            "line 2: has 2 fields, but the file has 3 columns");
        add("decimal comma among commas", "label,logit_0,logit_1\n0,1,5,2\n", "line 2: has 4 fields");
        add("thousands", "label;logit_0;logit_1\n0;1.000,5;2\n", "\"1.000,5\" is not a number");
        add("label is no class", "label,logit_0,logit_1\n0,1,2\n2,3,4\n",
            "data.csv, label: line 3 has the label 2, but logit_0 to logit_1 has 2 classes, 0 to 1");
        add("labels from one", "label,logit_a,logit_b\n1,1,2\n2,3,4\n", "labels run from 1 to 2");
        add("unknown name", "label,logit_a,logit_b\na,1,2\nc,3,4\n",
            "data.csv, label: line 3: \"c\" is neither");
        add("most rows without a label", "label,logit_0,logit_1\n0,1,2\n,3,4\n,5,6\n",
            "data.csv, label: 2 of 3 rows have no label (\"\" first in line 3)");
        add("-1 and 1 as classes", "label,logit_0,logit_1\n-1,1,2\n1,3,4\n",
            "labels are -1 and 1, but classes are counted from 0; save (label + 1) / 2");
        add("-1 to 1 as classes", "y,logit_a,logit_b,logit_c\n-1,1,2,0\n1,3,4,0\n0,3,4,0\n",
            "labels run from -1 to 1, and there are 3 classes");
        const char* json = "data.csv is JSON, not CSV: write a table with a row for each sample";
        add("JSON lines", "{\"label\": 0, \"logits\": [1, 2]}\n{\"label\": 1, \"logits\": [1, 2]}\n", json);
        add("JSON", "[\n  {\n    \"label\": 0}]\n", json);
        add("JSON of rows", "[[0, 1.5, -2], [1, 2, 3]]", json);
        add("gzip", "\x1F\x8B\x08", "data.csv is compressed by gzip");
        add("a pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 99\n",
            "data.csv is a Git LFS pointer (to a file of 99 bytes)");
        add("a page", "<!doctype html>\n<html>", "data.csv is a web page (HTML)");
        add("a row of probabilities that sums to 0", "label,p_0,p_1\n0,0.5,0.5\n1,0,0\n",
            "data.csv, p_0 to p_1, line 3: sums to 0, so it does not hold probabilities");
        add("which are the classes: logits, numbers as labels",
            "label,neg,neu,pos,age\n0,1.5,-2,-1,0.5\n1,-1,2,-1,0.7\n2,-1,-2,3,0.1\n",
            "data.csv, line 1: which of the columns neg, neu, pos, age are the classes is not clear");
        add("which are the classes: a class without a label",
            "label,cat,dog,bird\ncat,1.5,-2,-1\ndog,-1,2,-0.5\n",
            "bird may be classes that no row has as its label");
        add("which are the classes: one label only", "label,cat,dog,fun\ncat,1.5,-2,-1\ncat,1,-2,-0.5\n",
            "all labels are \"cat\"");
        add("which of two groups sums to 1", "label,a,b,c,d\n0,0.5,0.5,0.25,0.75\n1,0.25,0.75,0.5,0.5\n",
            "which of the columns a, b, c, d are the classes is not clear");
        add("evaluation beside validation and test",
            "split,label,logit_0,logit_1\neval,0,1,2\nval,1,1,2\ntest,1,2,3\n",
            "column split: there are rows of evaluation beside rows of validation and test");
        add("a long value", "label,logit_0,logit_1\n0,1," + QByteArray(5000, 'x') + "\n", "is not a number");
        add("control characters", "label,logit_0,logit_1\n0,1,\x1b[2J\n",
            "\"\xEF\xBF\xBD[2J\" is not a number");
        add("unknown split", "split,label,logit_0,logit_1\nx,0,1,2\n",
            "line 2: column split: \"x\" is none of train");
        add("not summing to one", "label,p_0,p_1\n0,0.5,0.5\n0,0.5,0.6\n",
            "data.csv, p_0 to p_1, line 3: is called probabilities, but sums to 1.1");
        add("open quote", "label,logit_0,logit_1\n0,\"1,2\n",
            "line 2: the quotation mark that opens a field");
        add("Latin-1",
            "label,logit_\xE9"
            "x,logit_1\n0,1,2\n",
            "line 1: not UTF-8");
        add("binary", QByteArray("\x00\x01\x02\xFF", 4), "not UTF-8");
        add("HDF5", "\x89HDF\r\n\x1a\n", "is an HDF5 file");
    }

    void badFilesAreRefusedInWords() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const QString said = told(bytes);
        QVERIFY2(said.contains(words), qPrintable(said));
        QVERIFY2(said.size() < 700, qPrintable(said));
    }

    void otherColumnsOfNumbersAreNoClasses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("names");
        const auto add = [](const char* name, const QByteArray& bytes, const char* names) {
            QTest::newRow(name) << bytes << QString::fromUtf8(names);
        };
        add("labels are names, probabilities",
            "id2,label,neg,neu,pos,helpful,count\n1000,pos,0.1,0.3,0.6,0.5,118\n1001,neg,0.7,0.2,0.1,0.9,"
            "12\n",
            "neg neu pos ");
        add("the same as logits",
            "when,label,neg,neu,pos,helpful,count\n1000,pos,-0.1,0.3,1.6,0.5,118\n1001,neg,0.7,-0.2,0.1,0.9,"
            "12\n"
            "1002,neu,0.7,0.2,-0.1,0.9,12\n",
            "neg neu pos ");
        add("a class that no label has, probabilities",
            "label,age,a,b,c,count\nb,31,0.1,0.3,0.6,118\na,28,0.7,0.2,0.1,12\n", "a b c ");
        add("labels are numbers, rows sum to 1",
            "label,age,no,maybe,yes,weight\n0,0.5,0.1,0.3,0.6,0.25\n2,0.5,0.75,0.15,0.1,0.5\n",
            "no maybe yes ");
        add("semicolons", "label;years;no;yes\n0;31;0,25;0,75\n1;12;0,5;0,5\n", "no yes ");
        add("tabs", "label\tno\tyes\tyears\n0\t0.25\t0.75\t31\n1\t0.5\t0.5\t31\n", "no yes ");
        add("an unknown beginning and numbers",
            "label,head0,head1,head2,count\n0,1.5,-2,1,100\n2,-1,2,3.5,12\n", "head0 head1 head2 ");
        add("an unknown beginning and labels",
            "label,head_cat,head_dog,head_ms,count\ncat,1.5,-2,17,100\ndog,-1.5,2,12,12\n", "cat dog ");
        add("as many as labels count", "label,no,yes\n0,1.5,-2\n1,-1,2\n", "no yes ");
        add("texts beside them", "label,comment,no,yes\n0,good,1.5,-2\n1,bad,-1,2\n", "no yes ");
        add("what is computed of all scores",
            "label,score_cat,score_dog,score_max\ncat,1.5,-2,1.5\ndog,-1,2,2\n", "cat dog ");
        add("numbers and another ending", "label,p_0,p_1,p_value\n0,0.25,0.75,0.04\n1,0.5,0.5,0.5\n", "0 1 ");
        add("names of other scripts",
            "label,\xE7\x8C\xAB,\xE7\x8A\xAC\n\xE7\x8A\xAC,1.5,-2\n\xE7\x8C\xAB,-1,2\n",
            "\xE7\x8C\xAB \xE7\x8A\xAC ");
        add("an extra column that is constant 0", "label,no,yes,flag\n0,0.25,0.75,0\n1,0.5,0.5,0\n",
            "no yes ");
    }

    void otherColumnsOfNumbersAreNoClasses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, names);
        QVERIFY2(told(bytes).startsWith(names + "|"), qPrintable(told(bytes)));
    }

    void columnsMayBeEnumerated() {
        NameChoice names;
        names.scores = "dog,cat";
        QCOMPARE(told("label,cat,dog,bird\ncat,1.5,-2,-1\ndog,-1,2,-0.5\n", names),
                 QStringLiteral("dog cat | -2 1.5; 2 -1 | 1 0"));
        names.scores = "dog,fish";
        QVERIFY(told("label,cat,dog\ncat,1.5,-2\n", names).contains("has no column fish"));
        names.scores = "dog,dog";
        QVERIFY(told("label,cat,dog\ncat,1.5,-2\n", names).contains("cannot use twice dog"));
    }

    void whatSpreadsheetsLeaveBehindIsLeftOut_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("warnings");
        const auto add = [](const char* name, const QByteArray& bytes, const QStringList& warnings) {
            QTest::newRow(name) << bytes << warnings;
        };
        const QString columns = QStringLiteral("2 columns without a name and a value are left out");
        const QString rows = QStringLiteral("2 rows without content are left out");
        add("CR", "label,logit_0,logit_1\r0,1.5,-2\r1,-1,0.25\r", {});
        add("CR, semicolons", "label;logit_0;logit_1\r0;1,5;-2\r1;-1;0,25", {});
        add("columns", "label,logit_0,logit_1,,\n0,1.5,-2,,\n1,-1,0.25,,\n", {columns});
        add("columns, CR LF", "label,logit_0,logit_1,,\r\n0,1.5,-2,,\r\n1,-1,0.25,,\r\n", {columns});
        add("columns in front and between", ",label,,logit_0,logit_1\n,0,,1.5,-2\n,1,,-1,0.25\n", {columns});
        add("columns in the rows alone", "label\tlogit_0\tlogit_1\n0\t1.5\t-2\t\t\n1\t-1\t0.25\t\n",
            {columns});
        add("columns in the header alone", "label,logit_0,logit_1,,\n0,1.5,-2\n1,-1,0.25\n", {columns});
        add("rows", "label,logit_0,logit_1\n0,1.5,-2\n,,\n1,-1,0.25\n,,\n", {rows});
        add("both", "label,logit_0,logit_1,,\n0,1.5,-2,,\n,,,,\n1,-1,0.25,,\n,,,,\n", {rows, columns});
        add("an index without a name stays alone", ",label,logit_0,logit_1\n0,0,1.5,-2\n1,1,-1,0.25\n", {});
        for (const char* mark : {"-1", "-100", "-", "NA", "", "None", "null", "NaN", "-1.0"}) {
            add(mark, "label,logit_0,logit_1\n0,1.5,-2\n" + QByteArray(mark) + ",1,1\n1,-1,0.25\n",
                {QStringLiteral("test: 1 row has no label (\"%1\" first in line 3) and is left out")
                     .arg(mark)});
        }
        add("a stray quotation mark", "label,logit_0,logit_1,text\n0,1.5,-2,a\n1,-1,0.25,\"b\n0,1,1,c\n\"\n",
            {QStringLiteral("1 field in quotation marks reaches over line ends (lines 3 to 5); if a "
                            "quotation mark is there by mistake, the rows between are lost")});
    }

    void whatSpreadsheetsLeaveBehindIsLeftOut() {
        QFETCH(QByteArray, bytes);
        QFETCH(QStringList, warnings);
        QCOMPARE(told(bytes), QStringLiteral("0 1 | 1.5 -2; -1 0.25 | 0 1"));
        QStringList said;
        for (const std::string& warning : m_report.warnings) {
            said << QString::fromStdString(warning);
        }
        QCOMPARE(said, warnings);
    }

    void namesMayBeMarksOfMissingLabels() {
        QCOMPARE(told("label,logit_NA,logit_b\nNA,1.5,-2\nb,-1,0.25\n"),
                 QStringLiteral("NA b | 1.5 -2; -1 0.25 | 0 1"));
        QCOMPARE(told("label,-,+\n-,1.5,-2\n+,-1,0.25\n"), QStringLiteral("- + | 1.5 -2; -1 0.25 | 0 1"));
    }

    void anEvaluationBesideATestIsValidation() {
        const record::Run both =
            import("split,label,logit_0,logit_1\ntest,0,1,2\neval,1,3,4\nevaluation,1,5,6\n");
        QVERIFY(both.parts->logits(*both.split("validation"), 0) == (MatrixF(2, 2) << 3, 4, 5, 6).finished());
        const record::Run alone = import("split,label,logit_0,logit_1\neval,1,3,4\nval,0,1,2\n");
        QVERIFY(alone.parts->logits(*alone.split("test"), 0) == (MatrixF(1, 2) << 3, 4).finished());
    }

    void aLargeCommonPartCostsNothing_data() {
        QTest::addColumn<double>("common");
        QTest::newRow("none") << 0.0;
        QTest::newRow("1e3") << 1e3;
        QTest::newRow("1e6") << 1e6;
        QTest::newRow("-1e8") << -1e8;
        QTest::newRow("1e10") << 1e10;
    }
    void aLargeCommonPartCostsNothing() {
        QFETCH(double, common);
        QByteArray bytes("label,logit_0,logit_1,logit_2\n");
        const double values[2][3] = {{1.5, -2.25, 0.5}, {-1, 0.25, 0.125}};
        for (int row = 0; row < 2; ++row) {
            bytes += QByteArray::number(row);
            for (const double value : values[row]) {
                bytes += "," + QByteArray::number(value + common * (row == 0 ? 1 : 0.5), 'g', 17);
            }
            bytes += "\n";
        }
        const record::Run run = import(bytes);
        const VectorD nll = -analysis::logLikelihood(run.parts->logits(*run.split("test"), 0), {0, 1});
        const VectorD exact =
            -analysis::logLikelihood((MatrixF(2, 3) << 1.5, -2.25, 0.5, -1, 0.25, 0.125).finished(), {0, 1});
        QVERIFY2((nll - exact).cwiseAbs().maxCoeff() < 1e-5, qPrintable(QString::number(nll(0))));
        QVERIFY(m_report.warnings.empty());
    }

    /// Many columns, in whatever role, take no time that grows with the square of their number.
    void manyColumnsTakeNoTime_data() {
        QTest::addColumn<QByteArray>("beginning");
        QTest::addColumn<QString>("said");
        QTest::newRow("of classes") << QByteArray("logit_") << "names 150000 classes, more than the 100000";
        QTest::newRow("of numbers") << QByteArray("x") << "";
        QTest::newRow("of probabilities") << QByteArray("q") << "";
    }
    void manyColumnsTakeNoTime() {
        QFETCH(QByteArray, beginning);
        QFETCH(QString, said);
        QByteArray header("label"), rows[2] = {"0", "1"};
        for (int i = 0; i < 150'000; ++i) {
            header += "," + beginning + QByteArray::number(i);
            for (QByteArray& row : rows) {
                row += beginning == "q" ? ",0.5" : "," + QByteArray::number(i % 7);
            }
        }
        QElapsedTimer timer;
        timer.start();
        const QString answer = told(header + "\n" + rows[0] + "\n" + rows[1] + "\n");
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2(answer.contains(said) && answer.size() < 1000, qPrintable(answer.left(1000)));
    }

    void moreColumnsThanAreReadAreRefused() {
        const QString said = told("label" + QByteArray(1'000'001, ',') + "\n");
        QVERIFY2(said.contains("line 1: has more than the 1000000 fields"), qPrintable(said));
    }

    void longWorkTellsHowFarItIsAndStops() {
        QByteArray bytes("label,logit_0,logit_1\n");
        bytes += QByteArray("0,1.25,2.5\n").repeated(500'000);
        ImportPlan plan;
        plan.file = m_folder.write("long.csv", bytes);
        plan.output = m_folder.folder("long.h5");
        std::vector<double> parts;
        analysis::WorkHooks hooks;
        hooks.onProgress = [&](double part) { parts.push_back(part); };
        hooks.cancelled = [&] { return parts.size() >= 3; };
        try {
            importRun(plan, hooks);
            QFAIL("it was not stopped");
        } catch (const Error& error) {
            QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::cancelled));
        }
        QVERIFY(std::ranges::is_sorted(parts) && parts.front() > 0 && parts.back() < 1);
        QVERIFY(!std::filesystem::exists(plan.output));
    }

    void sharedCasesAreRight_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("like");
        QTest::newRow("CR") << "07-cr-only/cr.csv"
                            << "07-cr-only/lf.csv";
        QTest::newRow("empty columns") << "08-trailing-empty/two-columns.csv"
                                       << "08-trailing-empty/clean.csv";
        QTest::newRow("extra numbers") << "09-extra-numeric/names-count.csv"
                                       << "09-extra-numeric/clean.csv";
    }
    void sharedCasesAreRight() {
        QFETCH(QString, file);
        QFETCH(QString, like);
        if (!std::filesystem::exists(tests::sharedCases())) {
            QSKIP("the shared cases are missing");
        }
        const auto bytes = [](const QString& name) {
            QFile read(QString::fromStdString((tests::sharedCases() / name.toStdString()).string()));
            return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
        };
        const QString expected = told(bytes(like));
        QVERIFY2(expected.contains(" | "), qPrintable(expected));
        QCOMPARE(told(bytes(file)), expected);
    }

    /// What the shared data holds of published networks: the top class alone.
    void topClassFilesAreRefused() {
        const std::filesystem::path file = tests::sharedData() / "calibration/probs_resnet110_c10_logits.csv";
        if (!std::filesystem::exists(file)) {
            QSKIP(qPrintable(QString::fromStdString(file.string()) + " is missing"));
        }
        ImportPlan plan;
        plan.file = file;
        plan.output = m_folder.folder("top.h5");
        QVERIFY_EXCEPTION_THROWN(importRun(plan), Error);
        QVERIFY(!std::filesystem::exists(plan.output));
    }
};

QTEST_GUILESS_MAIN(TestImportCsv)
#include "test_import_csv.moc"
