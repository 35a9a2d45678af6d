#include "tests/widgets/plot/sample_figures.h"
#include "widgets/plot/export/figure_clipboard.h"
#include "widgets/plot/export/figure_export.h"
#include "widgets/plot/export/figure_recipe.h"

#include <QFile>
#include <QImage>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

using namespace finescope;

/// Names of runs, classes and files hold what they like: what is exported is valid all the same.
class TestSpecialExports : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    static void addNames() {
        QTest::addColumn<std::string>("name");
        QTest::newRow("markup") << std::string("R&D <b>\"50 %\"</b> 'x' ]]> <!-- &amp; (a\\) %");
        QTest::newRow("controls") << std::string("a") + '\0' + "b\x01\x1b\x0c\x7f c\r\nd\te\ufffe\uffff";
        QTest::newRow("Greek") << std::string("\u03b1\u03b2 \u03a9");
        QTest::newRow("Cyrillic") << std::string(
            "\u0408\u0409\u040a\u040d \u041c\u043e\u0441\u043a\u0432\u0430");
        QTest::newRow("emoji") << std::string("\U0001F600\U0001F469\u200d\U0001F52C");
        QTest::newRow("brackets of bytes") << std::string("\u0128\u0129\u015c\u2828");
        QTest::newRow("not UTF-8") << std::string("a\xff\xc3(");
    }

    static figure::Figure figureOf(const std::string& name) {
        figure::Figure figure = tests::sampleNorms(figure::Scale::linear);
        figure.title = name;
        figure.altText = name;
        figure::Panel& panel = figure.panels.front();
        panel.header = name;
        panel.x.label = name;
        panel.curves.front().name = name;
        panel.legend = figure::Legend::inside;
        return figure;
    }

    QByteArray exported(const std::string& name, const QString& file, bool paths = true) {
        widgets::ExportOptions options;
        options.svgTextAsPaths = paths;
        options.recipe = R"({"files": ["a  b&c.h5"]})";
        const QString target = m_folder.filePath(file);
        widgets::exportFigure(figureOf(name), target.toStdString(), options);
        QFile written(target);
        return written.open(QIODevice::ReadOnly) ? written.readAll() : QByteArray();
    }

    /// What people see of a name.
    static QString shown(const std::string& name) {
        QString text;
        for (const QChar unit : QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))) {
            const bool control = unit < u' ' || (unit >= QChar(0x7f) && unit < QChar(0xa0));
            const bool nobody = unit == QChar(0xfffe) || unit == QChar(0xffff);
            text += control ? QChar(u' ') : nobody ? QChar(0xfffd) : unit;
        }
        return text;
    }

private Q_SLOTS:
    void svgIsWellFormed_data() { addNames(); }
    void svgIsWellFormed() {
        QFETCH(const std::string, name);
        for (const bool paths : {true, false}) {
            QXmlStreamReader reader(exported(name, QStringLiteral("a.svg"), paths));
            QString title, description;
            QStringList texts;
            while (!reader.atEnd()) {
                if (reader.readNext() != QXmlStreamReader::StartElement) {
                    continue;
                }
                if (reader.name() == u"title") {
                    title = reader.readElementText();
                } else if (reader.name() == u"desc") {
                    description = reader.readElementText();
                } else if (reader.name() == u"text") {
                    texts += reader.readElementText();
                }
            }
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
            QCOMPARE(title, shown(name));
            QCOMPARE(description, shown(name));
            QCOMPARE(texts.isEmpty(), paths);
        }
    }

    void pdfSaysItsTitle_data() { addNames(); }
    void pdfSaysItsTitle() {
        QFETCH(const std::string, name);
        const QByteArray pdf = exported(name, QStringLiteral("a.pdf"));
        QByteArray hex = "<FEFF";
        for (const QChar unit : shown(name)) {
            hex += QByteArray::number(unit.unicode(), 16).rightJustified(4, '0').toUpper();
        }
        QVERIFY(pdf.contains("/Title " + hex + ">\n/Creator "));
        if (QStandardPaths::findExecutable(QStringLiteral("pdfinfo")).isEmpty()) {
            QSKIP("pdfinfo is missing (poppler-utils)");
        }
        QProcess process;
        process.start(QStringLiteral("pdfinfo"), {m_folder.filePath(QStringLiteral("a.pdf"))});
        QVERIFY(process.waitForFinished() && process.exitCode() == 0);
        QCOMPARE(process.readAllStandardError(), QByteArray());
        const QString said = QString::fromUtf8(process.readAllStandardOutput());
        QCOMPARE(said.section('\n', 0, 0).section(':', 1).trimmed(), shown(name).trimmed());
    }

    void pngSaysItsTitle_data() { addNames(); }
    void pngSaysItsTitle() {
        QFETCH(const std::string, name);
        exported(name, QStringLiteral("a.png"));
        const QImage image(m_folder.filePath(QStringLiteral("a.png")));
        QVERIFY(!image.isNull());
        QCOMPARE(image.text(QStringLiteral("Title")).simplified(), shown(name).simplified());
    }

    /// A file whose name holds two blanks, in every format.
    void recipesKeepEveryByte() {
        for (const char* file : {"r.svg", "r.png", "r.pdf"}) {
            exported("name", QLatin1String(file));
            QCOMPARE(widgets::readRecipe(m_folder.filePath(QLatin1String(file)).toStdString()),
                     std::string(R"({"files": ["a  b&c.h5"]})"));
        }
    }

    /// Copied data are pasted into spreadsheets.
    void copiedDataKeepTheirColumns() {
        const QStringList lines = widgets::tabSeparated(figureOf("=1+1\ta\nb")).split('\n');
        for (const QString& line : lines.first(lines.size() - 1)) {
            QCOMPARE(line.count('\t'), 5);
        }
        QVERIFY(lines[1].startsWith("'=1+1 a b\t"));
    }
};

QTEST_MAIN(TestSpecialExports)
#include "test_special_exports.moc"
