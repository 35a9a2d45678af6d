#include "core/analysis/softmax.h"
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
        QVERIFY(told(bytes, names).startsWith("--logits c: data.csv, line 1 has 0 columns that begin so"));
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
            "could be the scores; say which with --logits");
        add("no scores", "y,z\n0,0\n", "line 1: the columns y, z have no score for each class");
        add("twice", "label,logit_0,logit_0\n0,1,2\n", "there are two columns \"logit_0\"");
        add("a class is missing", "label,logit_0,logit_2\n0,1,2\n", "lack number 1");
        add("top class alone", "true_label,pred_label,confidence\n3,3,0.9\n",
            "data.csv, line 1: has the confidence of the predicted class only");
        add("not a number", "label,logit_0,logit_1\n0,1,2\n\n0,1,x\n",
            "data.csv, line 4: column logit_1: \"x\" is no number");
        add("empty cell", "label,logit_0,logit_1\n0,,2\n", "line 2: column logit_0: is empty");
        add("NaN", "label,logit_0,logit_1\n0,1,2\n0,nan,2\n", "line 3: column logit_0: is nan; no number");
        add("infinite", "label,logit_0,logit_1\n0,1,-inf\n", "line 2: column logit_1: is -inf");
        add("too few fields", "label,logit_0,logit_1\n0,1\n",
            "line 2: has 2 fields, but the header names 3 columns");
        add("decimal comma among commas", "label,logit_0,logit_1\n0,1,5,2\n", "line 2: has 4 fields");
        add("thousands", "label;logit_0;logit_1\n0;1.000,5;2\n", "\"1.000,5\" is no number");
        add("label is no class", "label,logit_0,logit_1\n0,1,2\n2,3,4\n",
            "data.csv, label: line 3 has the label 2, but logit_0 to logit_1 has 2 classes, 0 to 1");
        add("labels from one", "label,logit_a,logit_b\n1,1,2\n2,3,4\n", "labels run from 1 to 2");
        add("unknown name", "label,logit_a,logit_b\na,1,2\nc,3,4\n",
            "data.csv, label: line 3: \"c\" is neither");
        add("no label in a row", "label,logit_0,logit_1\n0,1,2\n,3,4\n", "line 3: \"\" is neither");
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
