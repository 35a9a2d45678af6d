#include "core/error.h"
#include "core/text/whole_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace finescope;

/// A file that is read as a whole, and what stands in the place of one.
class TestWholeFile : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] std::string path(const char* name) const {
        return m_folder.filePath(QLatin1String(name)).toStdString();
    }

    [[nodiscard]] static std::string refusal(const std::string& file, std::uint64_t most) {
        try {
            (void)text::readWhole(file, most);
        } catch (const Error& error) {
            return error.what();
        }
        return "read";
    }

private Q_SLOTS:
    void everyByteIsRead() {
        QByteArray bytes(300'000, '\0');
        for (qsizetype i = 0; i < bytes.size(); ++i) {
            bytes[i] = static_cast<char>(i % 251);
        }
        QFile file(QString::fromStdString(path("a")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
        file.close();
        QCOMPARE(text::readWhole(path("a")), bytes.toStdString());
        QCOMPARE(text::readWhole(path("a"), 300'000).size(), std::size_t(300'000));
        QCOMPARE(refusal(path("a"), 299'999),
                 path("a") + ": 300000 bytes, more than the 299999 that are read");
    }

    /// A file of holes: nothing on the disk, a terabyte to read.
    void claimsAreComparedWithTheLimit() {
        const int file = ::open(path("holes").c_str(), O_WRONLY | O_CREAT, 0600);
        QVERIFY(file >= 0);
        const bool grown = ::ftruncate(file, off_t{1} << 40) == 0;
        ::close(file);
        if (!grown) {
            QSKIP("this file system takes no terabyte of holes");
        }
        QVERIFY(refusal(path("holes"), text::kMostWholeBytes).find("1099511627776 bytes, more than") !=
                std::string::npos);
    }

    void whatIsNoFileIsNotWaitedFor() {
        QCOMPARE(mkfifo(path("pipe").c_str(), 0600), 0);
        QCOMPARE(refusal(path("pipe"), 10), path("pipe") + ": is not a regular file");
        QCOMPARE(refusal("/dev/zero", 10), std::string("/dev/zero: is not a regular file"));
        QCOMPARE(refusal(m_folder.path().toStdString(), 10),
                 m_folder.path().toStdString() + ": is a folder, not a file");
        QCOMPARE(refusal(path("none"), 10), path("none") + ": no such file");
    }
};

QTEST_GUILESS_MAIN(TestWholeFile)
#include "test_whole_file.moc"
