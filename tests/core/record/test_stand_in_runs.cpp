#include "core/error.h"
#include "core/record/run_reader.h"
#include "tests/support/text_folder.h"

#include <QtTest>

using namespace finescope;

/// Pointers and web pages where a run file should be.
class TestStandInRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void standInsAreNamed_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        QTest::newRow("LFS")
            << QByteArray("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 73728\n")
            << "is a Git LFS pointer (to a file of 73728 bytes), not the file itself: run \"git lfs";
        QTest::newRow("page") << QByteArray("<!DOCTYPE html>\n<html>")
                              << "is a web page (HTML), not the file itself";
        QTest::newRow("server") << QByteArray("Entry not found") << "is a server's refusal";
        QTest::newRow("something else")
            << QByteArray("label,logit_0\n") << "is not an HDF5 file, so it is not a run file";
        QTest::newRow("nothing") << QByteArray() << "is not an HDF5 file, so it is not a run file";
    }
    void standInsAreNamed() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const tests::TextFolder folder;
        const std::filesystem::path file = folder.write("run.h5", bytes);
        try {
            static_cast<void>(record::readRun(file));
            QFAIL("it was read");
        } catch (const Error& error) {
            const QString said = QString::fromUtf8(error.what());
            QVERIFY2(said.contains(words) && said.startsWith(folder.path("run.h5")), error.what());
        }
    }
};

QTEST_APPLESS_MAIN(TestStandInRuns)
#include "test_stand_in_runs.moc"
