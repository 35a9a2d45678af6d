#include "core/error.h"
#include "tests/core/record/read_all.h"
#include "tests/support/data.h"

#include <QtTest>

#include <sys/resource.h>

namespace finescope::tests {

namespace {

// What a file of less than 10 MiB may take.
constexpr qint64 kMostMilliseconds = 10'000;
constexpr long kMostKibibytes = 1024 * 1024;

long peakKibibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

} // namespace

/// Files that are no accident: they reach out of themselves, or claim what they do not hold.
class TestHostileFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void refusedWithNumberAndLimit_data();
    void refusedWithNumberAndLimit();

private:
    QTemporaryDir m_folder;
};

void TestHostileFiles::initTestCase() {
    QProcess python;
    const auto script =
        QString::fromStdString((sourceRoot() / "tests/core/record/write_hostile.py").string());
    python.start(QStringLiteral("/usr/bin/python3"), {script, m_folder.path()});
    QVERIFY(python.waitForFinished(120000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
}

void TestHostileFiles::refusedWithNumberAndLimit_data() {
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char* name, const QStringList& words) { QTest::newRow(name) << words; };
    row("soft_link", {"/steps/train_loss is a soft link", "one file"});
    row("soft_link_loop", {"/splits/test/labels is a soft link"});
    row("soft_link_group", {"/classifier is a soft link"});
    row("external_series", {"/steps/mine is a link into another file", "one file"});
    row("external_labels", {"/splits/test/labels is a link into another file"});
    row("external_split", {"/splits/more is a link into another file"});
    row("external_progress", {"/progress is a link into another file"});
    row("external_kernel", {"/ntk/pretrained/P_train is a link into another file"});
    row("external_lora", {"/lora/0 is a link into another file"});
    row("external_itself", {"/splits/test/logits is a link into another file"});
    row("external_storage", {"/splits/test/labels keeps its values in another file", "pipe", "one file"});
    row("external_storage_series", {"/steps/mine keeps its values in another file"});
    row("virtual", {"/splits/test/labels is a virtual dataset", "one file"});
    row("virtual_itself", {"/splits/test/labels is a virtual dataset"});
    row("virtual_pair", {"/splits/test/labels is a virtual dataset"});
    row("virtual_pipe", {"/splits/test/labels is a virtual dataset"});
    row("named_type", {"/splits/test/labels cannot be opened as a dataset"});
    row("filter_lzf", {"/splits/test/labels", "filter 32000", "lzf", "gzip"});
    row("filter_scale", {"/splits/test/labels", "filter 6", "scaleoffset"});
    row("filter_twice", {"/splits/test/labels", "compressed twice"});

    row("steps_of_nothing", {"/steps/", "2400000000", "134217728"});
    row("steps_never_written", {"/steps/epoch has the shape [5000000]", "40000000 bytes", "holds at most 0"});
    row("steps_in_one_piece", {"/steps/", "2400000000", "134217728"});
    row("steps_in_chunks", {"/steps/", "2000000 chunks", "1000000"});
    row("steps_too_many", {"/steps/", "134217728"});
    row("steps_deflated", {"/steps/", "800000000", "134217728"});
    row("epochs_of_nothing", {"/epochs/epoch", "300000000 evaluations", "20000"});
    row("short_columns", {"/steps/", "134217728"});
    row("many_columns", {"/steps has 5004 members", "4096"});
    row("many_splits", {"/splits has 301 members", "256"});
    row("many_classes", {"attribute class_names", "300000", "100000"});
    row("many_kernels", {"/ntk has 101 members", "64"});
    row("many_snapshots", {"/classifier/epoch", "30000 evaluations", "20000"});
    row("many_evaluations", {"/epochs/epoch", "30000 evaluations", "20000"});
    row("rows_in_one_chunk", {"/splits/test/logits has chunks of 10000 rows", "7200000000", "4294967296"});
    row("many_bombs", {"/features", "134217728"});
    row("logits_of_nothing", {"/splits/test/labels", "134217728"});
    row("labels_deflated", {"/splits/test/labels", "1600000000", "134217728"});
    row("features_deflated", {"/splits/test/features", "134217728"});
    row("large_chunk", {"/splits/test/labels", "chunks of 2147483648 bytes", "134217728"});
    row("large_text", {"/progress/message", "1073741824", "134217728"});
    row("many_texts", {"/progress/message", "800000000", "134217728"});
    row("large_kernel", {"/ntk/after_lp/", "128000000", "134217728"});
}

void TestHostileFiles::refusedWithNumberAndLimit() {
    QFETCH(QStringList, words);
    const auto file = m_folder.filePath(QLatin1String(QTest::currentDataTag()) + QStringLiteral(".h5"));
    words.prepend(file);
    const QElapsedTimer clock = [] {
        QElapsedTimer started;
        started.start();
        return started;
    }();
    try {
        readAll(file.toStdString());
        QFAIL("was read without complaint");
    } catch (const Error& error) {
        QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::badFile));
        const auto message = QString::fromUtf8(error.what());
        for (const auto& word : std::as_const(words)) {
            QVERIFY2(message.contains(word),
                     qPrintable(QStringLiteral("'%1' does not say '%2'").arg(message, word)));
        }
    }
    QVERIFY2(clock.elapsed() < kMostMilliseconds, qPrintable(QString::number(clock.elapsed())));
    QVERIFY2(peakKibibytes() < kMostKibibytes, qPrintable(QString::number(peakKibibytes())));
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestHostileFiles)
#include "test_hostile_files.moc"
#include "tests/core/record/hdf5_leaks.h"
