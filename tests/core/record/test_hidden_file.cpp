#include "core/error.h"
#include "core/record/hidden_file.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"

#include <QtTest>

#include <array>
#include <string_view>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace finescope::tests {

using record::Existing;
using record::HiddenFile;

/// Files under hidden names, and what is left of them when their process is killed.
class TestHiddenFile : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] QString at(const char* name) const { return m_folder->filePath(QLatin1String(name)); }
    [[nodiscard]] std::filesystem::path run() const { return at("run.h5").toStdString(); }
    [[nodiscard]] QStringList names() const {
        return QDir(m_folder->path())
            .entryList(QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    }
    void leave(const char* name) const {
        QFile file(at(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("left behind") > 0);
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aRunKilledBeforeItsFileHasItsNameLeavesNothingForLong() {
        int deaths = 0, left = 0;
        for (;; ++deaths) {
            QProcess child;
            child.start(QStringLiteral(WRITER_CHILD),
                        {QStringLiteral("begin-killed-at"), at("run.h5"), QString::number(deaths)});
            QVERIFY(child.waitForFinished(60000));
            if (child.readAllStandardOutput() == "whole\n") {
                break;
            }
            QCOMPARE(child.exitStatus(), QProcess::CrashExit);
            left += static_cast<int>(names().size());
            QVERIFY2(names().size() < 2, "each removes what the one before left");
        }
        QVERIFY2(deaths > 10 && left > 10, "nothing was ever left behind: the test shows nothing");
        QCOMPARE(names(), QStringList{QStringLiteral("run.h5")});
        QCOMPARE(QString::fromStdString(record::readRun(run()).runId),
                 QString::fromStdString(pattern::plan().runId));
    }

    void aWholeFileReplacesAnother() {
        const std::array<std::string_view, 2> parts{"new ", "words"};
        QVERIFY(QFile::link(QStringLiteral("table.md"), at("link.md")));
        leave("table.md");
        record::writeWhole(at("link.md").toStdString(), parts);
        QFile file(at("table.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("new words"));
        QVERIFY(QFileInfo(at("link.md")).isSymLink());
        QCOMPARE(names(), (QStringList{QStringLiteral("link.md"), QStringLiteral("table.md")}));
        QVERIFY_THROWS_EXCEPTION(Error, record::writeWhole("/dev/null", parts));
        QVERIFY_THROWS_EXCEPTION(Error, record::writeWhole(m_folder->path().toStdString(), parts));
    }

    void whoeverIsRefusedRemovesThemToo() {
        leave("run.h5");
        leave(".run.h5.abcdef");
        QVERIFY_THROWS_EXCEPTION(Error, record::RunWriter(run(), pattern::plan(), Existing::refuse));
        QCOMPARE(names(), QStringList{QStringLiteral("run.h5")});
    }

    void whatSomebodyHoldsStays() {
        leave("run.h5.lock");
        const int held = ::open(at("run.h5.lock").toStdString().c_str(), O_RDWR | O_CLOEXEC);
        QCOMPARE(flock(held, LOCK_EX), 0);
        HiddenFile first(run());
        {
            HiddenFile second(run());
            QVERIFY(first.name() != second.name());
            QCOMPARE(names().size(), 3);
        }
        record::removeLeftovers(run());
        QVERIFY(std::filesystem::exists(first.name()));
        QVERIFY(QFile::exists(at("run.h5.lock")));
        first.publish(Existing::refuse);
        ::close(held);
        record::removeLeftovers(run());
        QCOMPARE(names(), QStringList{QStringLiteral("run.h5")});
    }

    void everythingElseStays() {
        const QStringList others{QStringLiteral(".run.h5.abcde"),   QStringLiteral(".run.h5.abcdefg"),
                                 QStringLiteral(".run.h5.ABCDEF"),  QStringLiteral(".run.h5.abc.ef"),
                                 QStringLiteral(".run2.h5.abcdef"), QStringLiteral("run.h5.abcdef"),
                                 QStringLiteral("run2.h5.lock")};
        for (const QString& name : others) {
            leave(name.toLatin1().constData());
        }
        // Of the right name, but none of ours.
        QVERIFY(QFile::link(at("run2.h5.lock"), at(".run.h5.linked")));
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral(".run.h5.folder")));
        QCOMPARE(mkfifo(at(".run.h5.myfifo").toStdString().c_str(), 0600), 0);
        const QStringList before = names();
        record::removeLeftovers(run());
        QCOMPARE(names(), before);
    }

    void namesThatAreOddAreFound_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"*.h5", "a b.h5", ".h5", "\xc3\xa9.h5", "study.json"}) {
            QTest::newRow(name) << QString::fromUtf8(name);
        }
    }

    void namesThatAreOddAreFound() {
        QFETCH(QString, name);
        const QByteArray left = ("." + name + ".zzzzzz").toUtf8();
        QFile file(m_folder->filePath(QString::fromUtf8(left)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        {
            HiddenFile made(m_folder->filePath(name).toStdString());
            QVERIFY(!file.exists());
            made.publish(Existing::overwrite);
        }
        QCOMPARE(names(), QStringList{name});
    }

    void anUnpublishedOneIsRemovedAndAnExistingOneIsNotTouched() {
        leave("run.h5");
        {
            HiddenFile file(run());
            QVERIFY_THROWS_EXCEPTION(Error, file.publish(Existing::refuse));
        }
        QCOMPARE(names(), QStringList{QStringLiteral("run.h5")});
        QFile kept(at("run.h5"));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("left behind"));
    }
};

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestHiddenFile)
#include "test_hidden_file.moc"
