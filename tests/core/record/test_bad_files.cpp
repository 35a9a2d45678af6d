#include "core/error.h"
#include "core/record/run_reader.h"
#include "tests/core/record/read_all.h"
#include "tests/core/record/sealed_blocks.h"
#include "tests/support/data.h"
#include "tests/support/tiny_run.h"

#include <QtEndian>
#include <QtTest>

#include <fstream>
#include <random>

namespace finescope::tests {

class TestBadFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theErrorNamesFileAndPlace_data();
    void theErrorNamesFileAndPlace();
    void theGoodFileIsGood();
    void askingForWhatIsNotThereIsAnError();
    void aNewerFormatSaysWhoWroteItAndWhatToDo_data();
    void aNewerFormatSaysWhoWroteItAndWhatToDo();
    void damagedBytesNeverCrash();

private:
    QTemporaryDir m_folder;
};

void TestBadFiles::initTestCase() {
    QProcess python;
    const auto script = QString::fromStdString((sourceRoot() / "tests/core/record/write_bad.py").string());
    python.start(QStringLiteral("/usr/bin/python3"), {script, m_folder.path()});
    QVERIFY(python.waitForFinished(60000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
}

void TestBadFiles::theErrorNamesFileAndPlace_data() {
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char* name, const QStringList& words) { QTest::newRow(name) << words; };
    row("missing", {"does not exist. It may have been moved or renamed."});
    row("folder", {"not a regular file"});
    row("empty", {"not an HDF5 file"});
    row("text", {"not an HDF5 file"});
    row("truncated", {"cannot be opened", "damaged or cut short", "truncated file"});
    row("truncated_early", {"cannot be opened", "damaged or cut short"});
    row("no_format", {"not a run file", "format"});
    row("format", {"attribute format", "somebody else's", "finescope-run"});
    row("format_steers", {"attribute format", "a\uFFFD[2J\uFFFDbxxx", "xxx\u2026'"});
    row("version", {"attribute format_version", "is 2", "reads version 1"});
    row("version_text", {"attribute format_version", "number"});
    row("no_method", {"attribute method", "missing"});
    row("no_class_names", {"attribute class_names", "missing"});
    row("class_names_numbers", {"attribute class_names", "text"});
    row("status", {"/progress/status", "9"});
    row("selected", {"/progress/selected", "is row 7 of /epochs, which has"});
    row("selected_below", {"/progress/selected", "is row -2 of /epochs"});
    row("no_step", {"/steps/step", "missing"});
    row("no_steps_stage", {"/steps/stage", "missing"});
    row("series_shape", {"/steps/train_loss", "[4, 2]", "[K]"});
    row("series_text", {"/steps/train_loss", "[K] numbers"});
    row("no_epoch", {"/epochs/epoch", "missing"});
    row("stage", {"/epochs/stage", "7", "row 1"});
    row("epoch_nan", {"/epochs/epoch", "nan", "row 1", "at least 0"});
    row("epoch_infinite", {"/steps/epoch", "inf", "row 3", "at least 0"});
    row("epoch_negative", {"/classifier/epoch", "-1", "row 1", "at least 0"});
    row("seed_half", {"attribute seed", "1.5", "whole number"});
    row("seed_nan", {"attribute seed", "nan", "whole number"});
    row("seed_huge", {"attribute seed", "1.84467e+19", "whole number"});
    row("weight_shape", {"/classifier/weight", "[2, 4, 4]", "[K, 3, h]"});
    row("bias_shape", {"/classifier/bias", "[2, 4]", "[K, 3]"});
    row("no_bias", {"/classifier/bias", "missing"});
    row("no_classifier_epoch", {"/classifier/epoch", "missing"});
    row("no_role", {"attribute role of /splits/test", "missing"});
    row("no_labels", {"/splits/test/labels", "missing"});
    row("labels_shape", {"/splits/test/labels", "[6, 1]", "[N]"});
    row("labels_group", {"/splits/test/labels", "dataset"});
    row("logits_rank", {"/splits/test/logits", "[6, 3]", "[K, 6, 3]"});
    row("logits_rows", {"/splits/test/logits", "[2, 7, 3]", "6 labels"});
    row("logits_classes", {"/splits/test/logits", "[2, 6, 2]", "3 classes"});
    row("logits_text", {"/splits/test/logits", "numbers"});
    row("no_logits_epoch", {"/splits/test/epoch", "missing"});
    row("features_rows", {"/splits/test/features", "[5, 4]", "[6, h]"});
    row("nan_logits", {"/splits/test/logits", "evaluation 1", "row 2"});
    row("infinite_logits", {"/splits/test/logits", "rows 0, 1, 2, 3, 4 and 1 more"});
    row("nan_features", {"/splits/test/features", "row 3"});
    row("label_high", {"/splits/test/labels", "row 4", "label 3", "0 to 2"});
    row("label_negative", {"/splits/test/labels", "row 4", "label -1", "0 to 2"});
    row("label_half", {"/splits/test/labels", "row 4", "0 to 2"});
    row("kernel_shape", {"/ntk/pretrained/F_train", "[2, 2]", "[nC, nC]"});
    row("no_kernel_part", {"/ntk/pretrained/P_train", "missing"});
    row("kernel_label", {"/ntk/pretrained/train_labels", "row 1", "label 3"});
    row("kernel_spectrum", {"/ntk/pretrained/spectrum", "[2, 6]", "[3, nC]"});
}

void TestBadFiles::theErrorNamesFileAndPlace() {
    QFETCH(QStringList, words);
    const auto file = m_folder.filePath(QLatin1String(QTest::currentDataTag()) + QStringLiteral(".h5"));
    words.prepend(file);
    try {
        readAll(file.toStdString());
        QFAIL("was read without complaint");
    } catch (const Error& error) {
        QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::badFile));
        for (const auto& word : std::as_const(words)) {
            QVERIFY2(
                QString::fromUtf8(error.what()).contains(word),
                qPrintable(
                    QStringLiteral("'%1' does not say '%2'").arg(QString::fromUtf8(error.what()), word)));
        }
        const auto message = QString::fromUtf8(error.what());
        QVERIFY2(std::ranges::none_of(message, [](QChar c) { return c.category() == QChar::Other_Control; }),
                 "the message has control characters or more than one line");
    }
}

void TestBadFiles::theGoodFileIsGood() {
    readAll(m_folder.filePath(QStringLiteral("good.h5")).toStdString());
}

void TestBadFiles::askingForWhatIsNotThereIsAnError() {
    const auto run = record::readRun(m_folder.filePath(QStringLiteral("good.h5")).toStdString());
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(run.parts->logits(run.splits[0], 2)), Error);
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(run.parts->pretrainedFeatures(run.splits[0])), Error);
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(run.parts->classifier(2)), Error);
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(run.parts->kernel("after_lp")), Error);
}

void TestBadFiles::aNewerFormatSaysWhoWroteItAndWhatToDo_data() {
    QTest::addColumn<bool>("superblock");
    QTest::addColumn<QString>("writer");
    QTest::newRow("superblock") << true << "it was written in a format that is newer";
    QTest::newRow("layout of a dataset") << false << "'finescope tests' wrote it in a format that is newer";
}

// As HDF5 2 writes them: numbers of versions that are not known here.
void TestBadFiles::aNewerFormatSaysWhoWroteItAndWhatToDo() {
    QFETCH(bool, superblock);
    QFETCH(QString, writer);
    const auto file = m_folder.filePath(QStringLiteral("newer.h5")).toStdString();
    writeTinyRun(file, {});
    std::ifstream in(file, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    int changed = 0;
    for (const auto& block : sealedBlocks(bytes)) {
        const auto signature = bytes.substr(block.start, 4);
        if (superblock && signature == "\211HDF") {
            bytes[block.start + 8] = 4;
            ++changed;
        }
        // A message of the type 8, data layout: version 4, class 2, chunked.
        for (auto at = block.start + 8; !superblock && signature == "OHDR" && at < block.start + block.size;
             ++at) {
            if (bytes[at - 4] == 8 && bytes[at] == 4 && bytes[at + 1] == 2) {
                bytes[at] = 5;
                ++changed;
            }
        }
        seal(bytes, block);
    }
    QVERIFY(changed > 0);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    try {
        readAll(file);
        QFAIL("was read without complaint");
    } catch (const Error& error) {
        const auto message = QString::fromUtf8(error.what());
        for (const auto& word :
             {writer, QStringLiteral("libver=('v110', 'v110')"), QStringLiteral("h5repack")}) {
            QVERIFY2(message.contains(word), qPrintable(message));
        }
    }
}

// Any answer will do but a crash, an error of another type or an endless wait.
void TestBadFiles::damagedBytesNeverCrash() {
    const auto good = m_folder.filePath(QStringLiteral("whole.h5")).toStdString();
    writeTinyRun(good, {.method = "lora", .epochs = 1, .rows = 12, .width = 6});
    std::ifstream in(good, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto bad = m_folder.filePath(QStringLiteral("damaged.h5")).toStdString();
    std::mt19937 random(7);
    const auto below = [&random](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    // The global heap, where texts of variable length lie, is left out: HDF5 1.10 copies what it says without
    // checking it, and no caller can look first. All other structure has checksums or is checked.
    const auto heap = whole.find("GCOL");
    QVERIFY(heap != std::string::npos && whole.find("GCOL", heap + 1) == std::string::npos);
    const auto heapBytes = static_cast<std::size_t>(qFromLittleEndian<quint64>(whole.data() + heap + 8));
    const auto isHeap = [&](std::size_t place) { return place >= heap && place < heap + heapBytes; };
    int refused = 0;
    const auto attempt = [&](const std::string& bytes) {
        std::ofstream(bad, std::ios::binary | std::ios::trunc) << bytes;
        try {
            readAll(bad);
        } catch (const Error&) {
            ++refused;
        }
    };
    for (int i = 0; i < 150; ++i) {
        auto bytes = whole;
        // Most of a file is numbers, where nothing can go wrong: rather hit its structure, which lies in
        // front.
        const auto reach = i % 3 == 0 ? whole.size() : whole.size() / 8;
        for (std::size_t hits = 1 + below(4); hits > 0; --hits) {
            const auto place = below(reach);
            if (!isHeap(place)) {
                bytes[place] = static_cast<char>(below(256));
            }
        }
        attempt(bytes);
    }
    for (int i = 0; i < 30; ++i) {
        attempt(whole.substr(0, below(whole.size())));
    }
    QVERIFY2(refused > 30, "the damage was never noticed: the test shows nothing");
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestBadFiles)
#include "test_bad_files.moc"
#include "tests/core/record/hdf5_leaks.h"
