#include "core/error.h"
#include "core/imports/raw_predictions.h"
#include "core/record/run_files.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;
using namespace finescope::imports;

/// The list of formats, and which of them a file is.
class TestImporters : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string file(const char* name, const QByteArray& content) {
        QFile file(m_folder.filePath(QLatin1String(name)));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size()
                   ? file.fileName().toStdString()
                   : std::string();
    }

    /// What it is refused with; "" where it is read.
    static QString refusal(const std::string& name) {
        try {
            static_cast<void>(readPredictions(name, {}));
            return {};
        } catch (const Error& error) {
            return QString::fromUtf8(error.what());
        }
    }

private Q_SLOTS:
    void everyFormatIsInThePages() {
        for (const char* page : {"resources/man/finescope.1", "resources/man/finescope-engine.1",
                                 "resources/guide/guide.md", "README.md"}) {
            QFile text(QStringLiteral(FINESCOPE_SOURCE_DIR "/") + QLatin1String(page));
            QVERIFY(text.open(QIODevice::ReadOnly));
            const QByteArray words = text.readAll();
            for (const auto& [suffix, description] : record::kPredictionFormats) {
                QVERIFY2(words.contains(std::string(suffix).c_str()), page);
            }
        }
    }

    void contentSaysMoreThanTheName() {
        const QByteArray table("label,p_0,p_1\n0,0.8,0.2\n1,0.4,0.6\n");
        QCOMPARE(refusal(file("table.csv", table)), QString());
        QCOMPARE(refusal(file("table.txt", table)), QString());
        QVERIFY(refusal(file("archive.csv", "PK and no archive")).contains("zip archive"));
        for (const char* name : {"table.npz", "table.NPZ"}) {
            QVERIFY(refusal(file(name, table)).contains("zip archive"));
        }
        QVERIFY(refusal(file("run.csv", "\x89HDF\r\n\x1a\n")).contains("not an .npz or .csv"));
    }
};

QTEST_APPLESS_MAIN(TestImporters)
#include "test_importers.moc"
