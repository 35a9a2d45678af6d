#include "core/error.h"
#include "core/text/data_text.h"
#include "core/text/stand_in.h"
#include "core/text/whole_file.h"
#include "tests/support/text_folder.h"

#include <QtTest>

#include <sys/stat.h>

using namespace finescope;

/// What lies where a file should be: pointers, web pages and answers of servers.
class TestStandIn : public QObject {
    Q_OBJECT

private:
    static QString told(const QByteArray& bytes) {
        return QString::fromStdString(
            text::standInFor({bytes.constData(), static_cast<std::size_t>(bytes.size())}).value_or(""));
    }

private Q_SLOTS:
    void standInsAreKnown_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto add = [](const char* name, const QByteArray& bytes, const char* words) {
            QTest::newRow(name) << bytes << QString(words);
        };
        const QByteArray oid = "oid sha256:" + QByteArray(64, 'a') + "\n";
        add("LFS", "version https://git-lfs.github.com/spec/v1\n" + oid + "size 812344\n",
            "is a Git LFS pointer (to a file of 812344 bytes), not the file itself: run \"git lfs install\"");
        add("LFS, CRLF", "version https://git-lfs.github.com/spec/v1\r\n" + oid + "size 12\r\n",
            "to a file of 12 bytes");
        add("LFS with an extension",
            "version https://git-lfs.github.com/spec/v1\next-0-foo sha256:00\n" + oid + "size 7\n",
            "to a file of 7 bytes");
        add("LFS, cut", "version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer, not");
        add("LFS, before its release", "version https://hawser.github.com/spec/v1\n" + oid + "size 1\n",
            "is a Git LFS pointer");
        add("annex", "/annex/objects/SHA256E-s12--abc.npz\n", "is a git-annex pointer");
        const char* page = "is a web page (HTML), not the file itself";
        add("page", "<!DOCTYPE html>\n<html><head>", page);
        add("page in lower case, blanks before", "\n\t <!doctype HTML PUBLIC \"x\">", page);
        add("page without a declaration", "<HTML lang=\"en\">", page);
        add("page behind a byte order mark", "\xEF\xBB\xBF<html>", page);
        add("page behind a comment", "<!-- saved from -->\n<!-- twice -->\n<html>", page);
        add("XHTML", "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\">", page);
        const char* answer = "is a server's refusal to give out the file";
        add("Hugging Face", "Entry not found", answer);
        add("GitHub", "404: Not Found", answer);
        add("gated", "Access to model x/y is restricted and you are not in the authorized list.", answer);
        add("object store", "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>", answer);
    }
    void standInsAreKnown() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        QVERIFY2(told(bytes).contains(words), qPrintable(told(bytes)));
        const tests::TextFolder folder;
        const std::filesystem::path file = folder.write("weights.bin", bytes);
        const auto said = [&](auto&& read) {
            try {
                read();
            } catch (const Error& error) {
                return error.kind() == ErrorKind::badFile ? QString::fromUtf8(error.what()) : QString();
            }
            return QString();
        };
        const QString expected = QString::fromStdString(file.string()) + " " + told(bytes);
        QCOMPARE(said([&] { text::refuseStandIn(file); }), expected);
        QCOMPARE(said([&] { static_cast<void>(text::readWhole(file)); }), expected);
    }

    void otherFormatsAreNamed_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto add = [](const char* name, const QByteArray& bytes, const char* words) {
            QTest::newRow(name) << bytes << QString(words);
        };
        add("gzip", QByteArray("\x1F\x8B\x08\0\0\0", 6), "is compressed by gzip: unpack it first");
        add("xz",
            QByteArray("\xFD"
                       "7zXZ\0\0",
                       7),
            "is compressed by xz");
        add("zstd", "\x28\xB5\x2F\xFD\x04", "is compressed by zstd");
        add("bzip2", "BZh91AY&SY", "is compressed by bzip2");
        add("UTF-16, little end first", QByteArray("\xFF\xFEl\0,\0", 6), "is UTF-16: save it as UTF-8");
        add("UTF-16, big end first", QByteArray("\xFE\xFF\0l\0,", 6), "is UTF-16: save it as UTF-8");
        add("workbook", "PK\x03\x04 ... [Content_Types].xml", "is a workbook of a spreadsheet");
        add("open workbook", "PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "is a workbook of a spreadsheet");
        add("old workbook", "\xD0\xCF\x11\xE0\xA1\xB1", "is a workbook of a spreadsheet");
        add("archive", "PK\x03\x04 data.csv", "is a zip archive, not text: unpack it");
        add("Parquet", "PAR1\x15", "is a Parquet file");
        add("NumPy", "\x93NUMPY\x01", "is a NumPy array");
    }
    void otherFormatsAreNamed() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const tests::TextFolder folder;
        const std::filesystem::path file = folder.write("data.csv", bytes);
        try {
            static_cast<void>(text::readDataText(file));
            QFAIL("it was read");
        } catch (const Error& error) {
            const QString said = QString::fromUtf8(error.what());
            QVERIFY2(error.kind() == ErrorKind::badFile &&
                         said.startsWith(QString::fromStdString(file.string()) + " " + words),
                     qPrintable(said));
        }
    }

    void filesAreNotTakenForStandIns_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("CSV") << QByteArray("version,label\nhttps://git-lfs.github.com,1\n");
        QTest::newRow("CSV of pages") << QByteArray("text,label\n<html>,1\n");
        QTest::newRow("vocabulary") << QByteArray("<s>\n<head>\nnot\nfound\n");
        QTest::newRow("answers as texts") << QByteArray("not found\nfound\n");
        QTest::newRow("SVG") << QByteArray("<?xml version=\"1.0\"?>\n<!-- x -->\n<svg><html/></svg>");
        QTest::newRow("open comment") << QByteArray("<!-- <html>");
        QTest::newRow("zip") << QByteArray("PK\x03\x04<html>");
        QTest::newRow("zeros") << QByteArray(2000, '\0');
    }
    void filesAreNotTakenForStandIns() {
        QFETCH(QByteArray, bytes);
        QCOMPARE(told(bytes), QString());
        const tests::TextFolder folder;
        const std::filesystem::path file = folder.write("file", bytes);
        text::refuseStandIn(file);
        QCOMPARE(text::readWhole(file), bytes.toStdString());
    }

    void whatIsNoFileIsNotWaitedFor() {
        const tests::TextFolder folder;
        const std::filesystem::path pipe = folder.folder("pipe");
        QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
        text::refuseStandIn(pipe);
        text::refuseStandIn(folder.folder("missing"));
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(text::readWhole(pipe)));
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(text::readWhole(folder.folder())));
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(text::readWhole(folder.folder("missing/x"))));
    }
};

QTEST_APPLESS_MAIN(TestStandIn)
#include "test_stand_in.moc"
