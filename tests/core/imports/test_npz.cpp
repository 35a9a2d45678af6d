#include "core/error.h"
#include "core/imports/names.h"
#include "core/imports/npz_file.h"
#include "tests/support/python.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace finescope;
using namespace finescope::imports;

/// Arrays as NumPy writes them, and the names that people give them.
class TestNpz : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    [[nodiscard]] NpzFile open(const QString& name) const {
        return NpzFile(m_folder.filePath(name).toStdString());
    }

    [[nodiscard]] MatrixD logits(const QString& name) const {
        const NpzFile file = open(name);
        return file.matrix(*file.find("logits"));
    }

    // As value() of write_npz.py.
    static double value(Eigen::Index row, Eigen::Index column) {
        return static_cast<double>(row) * 3 - static_cast<double>(column) * 0.25 - 4;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        QVERIFY(
            !tests::runPython(QStringLiteral("tests/core/imports/write_npz.py"), {m_folder.path()}).isNull());
    }

    void everyTypeAndOrderIsRead_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<char>("kind");
        for (const char* type : {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"}) {
            for (const char* bytes : {"little", "big"}) {
                for (const char* order : {"c", "fortran"}) {
                    const QString name = QStringLiteral("%1_%2_%3.npz").arg(type, bytes, order);
                    QTest::newRow(qPrintable(name)) << name << type[0];
                }
            }
        }
        for (const char* name : {"version_1.npz", "version_2.npz", "version_3.npz"}) {
            QTest::newRow(name) << QString(name) << 'f';
        }
    }

    void everyTypeAndOrderIsRead() {
        QFETCH(QString, file);
        QFETCH(char, kind);
        const MatrixD read = logits(file);
        QCOMPARE(read.rows(), 7);
        QCOMPARE(read.cols(), 3);
        for (Eigen::Index row = 0; row < 7; ++row) {
            for (Eigen::Index column = 0; column < 3; ++column) {
                const double exact = value(row, column);
                const double whole = std::nearbyint(exact); // ties to even, as np.round
                QCOMPARE(read(row, column), kind == 'f' ? exact : kind == 'i' ? whole : std::abs(whole));
            }
        }
    }

    void aLongDeflatedArrayIsRead() {
        const MatrixD read = logits("deflated.npz");
        QCOMPARE(read.rows(), 20000);
        for (const Eigen::Index row : {0, 1, 2730, 2731, 8191, 8192, 19999}) { // also around blocks
            QCOMPARE(read(row, 2), value(row, 2));
        }
    }

    void whatPythonTwoWroteIsRead() {
        const MatrixD read = logits("python2.npz");
        QVERIFY(read == (MatrixD(1, 2) << 1.5, -2).finished());
    }

    void textsAndBooleansAreRead() {
        const NpzFile file = open("texts.npz");
        const std::vector<std::string> words{"cat", "Übung", "日本😀"};
        QVERIFY(file.texts(*file.find("unicode")) == words);
        QVERIFY(file.texts(*file.find("big")) == words);
        QVERIFY((file.texts(*file.find("bytes")) == std::vector<std::string>{"cat", "dog"}));
        QVERIFY(file.matrix(*file.find("booleans.npy")) == (MatrixD(3, 1) << 1, 0, 1).finished());
        QVERIFY(file.find("nothing") == nullptr);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(file.matrix(*file.find("unicode"))), Error);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(file.texts(*file.find("booleans"))), Error);
    }

    void namesAreUnderstood_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("split");
        QTest::addColumn<int>("meaning"); // -1: none
        const auto add = [](const char* name, const char* split, int meaning) {
            QTest::newRow(name) << QString(name) << QString(split) << meaning;
        };
        const auto logits = static_cast<int>(Meaning::logits), labels = static_cast<int>(Meaning::labels);
        const auto probabilities = static_cast<int>(Meaning::probabilities);
        const auto scores = static_cast<int>(Meaning::scores);
        add("logits", "test", logits);
        add("Logits", "test", logits);
        add("val_logits", "validation", logits);
        add("logits_val", "validation", logits);
        add("valLogits", "validation", logits);
        add("logits-valid", "validation", logits);
        add("validation.logits", "validation", logits);
        add("dev_y_true", "validation", labels);
        add("test_labels", "test", labels);
        add("y_test", "test", labels);
        add("y_pred_train", "train", scores);
        add("predictions", "test", scores);
        add("ground_truth", "test", labels);
        add("groundTruth", "test", labels);
        add("ood_probs", "ood", probabilities);
        add("log_probs", "test", static_cast<int>(Meaning::logProbabilities));
        add("target_names", "test", static_cast<int>(Meaning::classNames));
        add("x_val", "validation", -1);
        add("validity", "test", -1);
        add("", "test", -1);
        add("__", "test", -1);
    }

    void namesAreUnderstood() {
        QFETCH(QString, name);
        QFETCH(QString, split);
        QFETCH(int, meaning);
        const NameReading reading = readName(name.toStdString());
        QCOMPARE(QString::fromStdString(splitName(reading.split, SplitWord::test)), split);
        QCOMPARE(reading.meaning ? static_cast<int>(*reading.meaning) : -1, meaning);
    }
};

QTEST_GUILESS_MAIN(TestNpz)
#include "test_npz.moc"
