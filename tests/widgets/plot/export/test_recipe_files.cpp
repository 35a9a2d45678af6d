#include "core/error.h"
#include "core/figure/request/recipe.h"
#include "widgets/plot/export/figure_recipe.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>

#include <sys/resource.h>
#include <sys/stat.h>

using namespace finescope;

namespace {

QByteArray chunk(const QByteArray& type, const QByteArray& data) {
    QByteArray length(4, '\0');
    qToBigEndian(static_cast<quint32>(data.size()), length.data());
    return length + type + data + QByteArray(4, '\0'); // nobody looks at the checksum
}

QByteArray png(const QByteArray& chunks) {
    return QByteArray::fromHex("89504e470d0a1a0a") + chunk("IHDR", QByteArray(13, '\1')) + chunks +
           chunk("IEND", {});
}

QByteArray deflated(const QByteArray& text) {
    return qCompress(text, 9).mid(4); // its own length goes before
}

const QByteArray kKey("finescope-recipe\0", 17);

} // namespace

/// A recipe may come from anybody, in any file.
class TestRecipeFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] std::string file(const QByteArray& bytes) const {
        QFile target(m_folder.filePath(QStringLiteral("file")));
        return target.open(QIODevice::WriteOnly) && target.write(bytes) == bytes.size()
                   ? target.fileName().toStdString()
                   : std::string();
    }

    [[nodiscard]] std::string refusal(const std::string& path) const {
        try {
            (void)figure::requestFromJson(widgets::readRecipe(path), path);
        } catch (const Error& error) {
            return error.what();
        }
        return "taken";
    }

    static long peakKilobytes() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
    }

private Q_SLOTS:
    void textsOfEveryChunkAreRead_data() {
        QTest::addColumn<QByteArray>("chunks");
        const QByteArray text = R"({"finescope_recipe":1,"kind":"training"})";
        QTest::newRow("tEXt") << chunk("tEXt", kKey + text);
        QTest::newRow("zTXt") << chunk("zTXt", kKey + '\0' + deflated(text));
        const QByteArray nuls(2, '\0');
        QTest::newRow("iTXt") << chunk("iTXt", kKey + nuls + "en" + '\0' + "Rezept" + '\0' + text);
        QTest::newRow("compressed iTXt") << chunk("iTXt", kKey + '\1' + '\0' + nuls + deflated(text));
        QTest::newRow("behind others") << chunk("tEXt", QByteArray("Title\0x", 7)) +
                                              chunk("zTXt", QByteArray("a\0\0", 3)) +
                                              chunk("tEXt", kKey + text);
        QTest::newRow("the first counts") << chunk("tEXt", kKey + text) + chunk("tEXt", kKey + "{}");
    }
    void textsOfEveryChunkAreRead() {
        QFETCH(const QByteArray, chunks);
        const std::string path = file(png(chunks));
        QCOMPARE(figure::requestFromJson(widgets::readRecipe(path), path).kind, std::string("training"));
    }

    void damagedPicturesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("says");
        const QByteArray none = "contains no recipe";
        QTest::newRow("no text") << png({}) << none;
        QTest::newRow("cut") << png(chunk("tEXt", kKey + "{}")).left(50) << none;
        QTest::newRow("claims much") << png(QByteArray::fromHex("7fffffff") + "tEXt" + kKey) << none;
        QTest::newRow("claims most") << png(QByteArray::fromHex("ffffffff") + "tEXt" + kKey) << none;
        QTest::newRow("no stream") << png(chunk("zTXt", kKey + '\0' + "abc")) << QByteArray("damaged");
        QTest::newRow("half a stream")
            << png(chunk("zTXt", kKey + '\0' + deflated(QByteArray(99, '{')).left(9)))
            << QByteArray("damaged");
        QTest::newRow("short iTXt") << png(chunk("iTXt", kKey + '\1')) << QByteArray("damaged");
        QTest::newRow("empty") << QByteArray() << QByteArray("is empty");
        QTest::newRow("only the mark") << QByteArray("\x89PNG") << none;
        QTest::newRow("PDF of nothing") << QByteArray("%PDF-1.4") << none;
        QTest::newRow("PDF of odd digits")
            << QByteArray("%PDF-1.4 /FinescopeRecipe <FEFF0>") << QByteArray("JSON");
        QTest::newRow("open SVG") << QByteArray("<svg><metadata id=\"finescope-recipe\">{}") << none;
        QTest::newRow("SVG with entities") << QByteArray("<!DOCTYPE svg [<!ENTITY a \"{}\">]><svg><metadata "
                                                         "id=\"finescope-recipe\">&a;</metadata></svg>")
                                           << QByteArray("not JSON");
    }
    void damagedPicturesAreRefused() {
        QFETCH(const QByteArray, bytes);
        QFETCH(const QByteArray, says);
        const std::string said = refusal(file(bytes));
        QVERIFY2(said.find("/file") != std::string::npos &&
                     said.find(says.toStdString()) != std::string::npos,
                 said.c_str());
    }

    /// Files of a few megabytes that stand for gigabytes: refused in seconds, and in little memory.
    void nothingIsWithoutMeasure_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("says");
        const QByteArray bomb = deflated(QByteArray(64 << 20, ' '));
        const QByteArray limit = "more than the 4194304 bytes";
        QTest::newRow("compressed text") << png(chunk("zTXt", kKey + '\0' + bomb)) << limit;
        QTest::newRow("compressed international text")
            << png(chunk("iTXt", kKey + '\1' + QByteArray(3, '\0') + bomb)) << limit;
        QByteArray many; // 9 GB once inflated
        while (many.size() < (9 << 20)) {
            many += chunk("zTXt", QByteArray("other\0\0", 7) + bomb);
        }
        QTest::newRow("many compressed texts") << png(many) << QByteArray("contains no recipe");
        QTest::newRow("many chunks") << png(chunk("tEXt", "a").repeated(700'000))
                                     << QByteArray("contains no recipe");
        QTest::newRow("nested JSON") << QByteArray(5 << 19, '[')
                                     << QByteArray("nested deeper than the 8 levels");
        QTest::newRow("nested objects")
            << QByteArray("{\"a\":").repeated(500'000) << QByteArray("nested deeper");
        QByteArray keys = "{\"finescope_recipe\":1";
        for (int i = 0; i < 200'000; ++i) {
            keys += ",\"k" + QByteArray::number(i) + "\":0";
        }
        QTest::newRow("many keys") << keys + "}" << QByteArray("more than the 1000 keys");
        QTest::newRow("long JSON") << QByteArray(9 << 20, ' ') << QByteArray("bytes of JSON");
        const QByteArray classes = QByteArray("\"\",").repeated(1'000'000).chopped(1);
        QTest::newRow("many classes")
            << "{\"finescope_recipe\":1,\"kind\":\"training\",\"classes\":[" + classes + "]}"
            << QByteArray("1000000 classes");
        QByteArray attributes = "<svg";
        for (int i = 0; i < 500'000; ++i) {
            attributes += " a" + QByteArray::number(i) + "=\"\"";
        }
        QTest::newRow("SVG of attributes") << attributes + ">" << QByteArray("contains no recipe");
        QTest::newRow("SVG of entities") << "<!DOCTYPE svg [<!ENTITY a \"" + QByteArray(4000, 'a') +
                                                "\">]><svg><metadata id=\"finescope-recipe\">" +
                                                QByteArray("&a;").repeated(1'300'000) + "</metadata></svg>"
                                         << QByteArray("not JSON");
        QTest::newRow("nested SVG") << QByteArray("<a>").repeated(3'000'000)
                                    << QByteArray("contains no recipe");
        QTest::newRow("PDF of digits")
            << "%PDF-1.4 /FinescopeRecipe <FEFF" + QByteArray("0041").repeated(2'500'000) + ">"
            << QByteArray("JSON");
    }
    void nothingIsWithoutMeasure() {
        QFETCH(const QByteArray, bytes);
        QFETCH(const QByteArray, says);
        const std::string path = file(bytes);
        const long before = peakKilobytes();
        QElapsedTimer timer;
        timer.start();
        std::string said = refusal(path);
        if (said == "taken") {
            try {
                figure::validate(figure::requestFromJson(widgets::readRecipe(path), path));
            } catch (const Error& error) {
                said = path + ": " + error.what();
            }
        }
        QVERIFY2(said.find(says.toStdString()) != std::string::npos, said.c_str());
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(peakKilobytes() - before < 500'000);
        QVERIFY(said.size() < path.size() + 400);
    }

    void onlyRegularFilesAreOpened() {
        const QByteArray pipe = m_folder.filePath(QStringLiteral("pipe")).toUtf8();
        QCOMPARE(mkfifo(pipe.constData(), 0600), 0);
        for (const std::string& path :
             {pipe.toStdString(), std::string("/dev/zero"), m_folder.path().toStdString()}) {
            const std::string said = refusal(path);
            QVERIFY2(said.starts_with(path + ":"), said.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestRecipeFiles)
#include "test_recipe_files.moc"
