#include "core/error.h"
#include "tests/support/near.h"
#include "tests/widgets/plot/sample_figures.h"
#include "widgets/plot/export/figure_export.h"

#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;

class TestFigureExport : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QByteArray exported(const QString& name, const widgets::ExportOptions& options) const {
        const QString path = m_folder.filePath(name);
        widgets::exportFigure(tests::sampleNorms(figure::Scale::logarithmic), path.toStdString(), options);
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static widgets::ExportOptions column() {
        widgets::ExportOptions options;
        options.widthMm = 77;
        options.heightMm = 50.3;
        options.recipe = R"({"kind": "classifier-norm", "title": "<é>"})";
        options.created = "2025-03-01T12:34:56Z";
        return options;
    }

    [[nodiscard]] QString poppler(const QString& program, const QStringList& arguments) const {
        QProcess process;
        process.start(program, arguments);
        return process.waitForFinished() && process.exitCode() == 0
                   ? QString::fromUtf8(process.readAllStandardOutput())
                   : QString();
    }

private Q_SLOTS:
    void init() { qunsetenv("SOURCE_DATE_EPOCH"); }

    void pdfHasTheSizeToATenthOfAPoint() {
        const QByteArray pdf = exported(QStringLiteral("a.pdf"), column());
        static const QRegularExpression box(QStringLiteral(R"(/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\])"));
        const auto match = box.match(QString::fromLatin1(pdf));
        QVERIFY(match.hasMatch());
        QVERIFY(std::abs(match.captured(1).toDouble() - 77 / 25.4 * 72) < 0.1);
        QVERIFY(std::abs(match.captured(2).toDouble() - 50.3 / 25.4 * 72) < 0.1);
        QVERIFY(!pdf.contains("/TrimBox") ||
                pdf.contains(QByteArray(match.captured(0).toLatin1()).replace("/MediaBox", "/TrimBox")));
    }

    void pdfIsSoundAndHoldsNoType3Font() {
        exported(QStringLiteral("b.pdf"), column());
        const QString path = m_folder.filePath(QStringLiteral("b.pdf"));
        for (const QString& program : {QStringLiteral("pdffonts"), QStringLiteral("pdfinfo")}) {
            if (QStandardPaths::findExecutable(program).isEmpty()) {
                QSKIP(qPrintable(program + QStringLiteral(" is missing (poppler-utils)")));
            }
        }
        const QString fonts = poppler(QStringLiteral("pdffonts"), {path});
        QVERIFY2(fonts.contains(QStringLiteral("TrueType")), qPrintable(fonts));
        QVERIFY(!fonts.contains(QStringLiteral("Type 3")));
        const QString information = poppler(QStringLiteral("pdfinfo"), {QStringLiteral("-custom"), path});
        QVERIFY2(information.contains(QStringLiteral("classifier-norm")), qPrintable(information));
        QVERIFY(poppler(QStringLiteral("pdfinfo"), {QStringLiteral("-isodates"), path})
                    .contains(QStringLiteral("2025-03-01T12:34:56")));
    }

    void everyObjectIsWhereTheTableSays() {
        const QByteArray pdf = exported(QStringLiteral("c.pdf"), column());
        const qsizetype start = pdf.lastIndexOf("startxref\n") + 10;
        const qsizetype table = pdf.mid(start, pdf.indexOf('\n', start) - start).toLongLong();
        QVERIFY(pdf.mid(table).startsWith("xref\n"));
        const QList<QByteArray> lines = pdf.mid(table).split('\n');
        int objects = 0;
        for (qsizetype i = 3; i < lines.size() && lines[i].contains(" n"); ++i, ++objects) {
            const qsizetype at = lines[i].left(10).toLongLong();
            QVERIFY(pdf.mid(at).startsWith(QByteArray::number(objects + 1) + " 0 obj"));
        }
        QVERIFY(objects > 5);
    }

    void sameFigureGivesSameBytes_data() {
        QTest::addColumn<QString>("suffix");
        for (const char* suffix : {"pdf", "svg", "png"}) {
            QTest::newRow(suffix) << QString::fromLatin1(suffix);
        }
    }

    void sameFigureGivesSameBytes() {
        QFETCH(QString, suffix);
        const QByteArray first = exported(QStringLiteral("d.") + suffix, column());
        QVERIFY(first.size() > 1000);
        QVERIFY(first == exported(QStringLiteral("e.") + suffix, column()));
    }

    void sameFigureGivesSameBytesAtAnyTimeAndPlace() {
        const QByteArray zone = qgetenv("TZ");
        qputenv("TZ", "UTC0");
        const QByteArray first = exported(QStringLiteral("here.pdf"), column());
        QTest::qWait(1100); // dates in a PDF are to the second
        qputenv("TZ", "JST-9");
        const QByteArray second = exported(QStringLiteral("there.pdf"), column());
        zone.isEmpty() ? qunsetenv("TZ") : qputenv("TZ", zone);
        QVERIFY(!first.isEmpty());
        QVERIFY(first == second);
    }

    void sourceDateEpochGoesBeforeTheDataDate() {
        qputenv("SOURCE_DATE_EPOCH", "86400");
        QVERIFY(exported(QStringLiteral("f.pdf"), column()).contains("/CreationDate (D:19700102000000Z)"));
    }

    void svgHasItsSizeItsRecipeAndNoText() {
        const QByteArray svg = exported(QStringLiteral("g.svg"), column());
        QVERIFY(svg.contains("width=\"77mm\" height=\"50.3mm\""));
        QVERIFY(!svg.contains("<text"));
        QVERIFY(svg.contains("<path"));
        QVERIFY(svg.contains("&quot;title&quot;: &quot;&lt;\xc3\xa9&gt;&quot;"));
        widgets::ExportOptions options = column();
        options.svgTextAsPaths = false;
        QVERIFY(exported(QStringLiteral("h.svg"), options).contains("<text"));
    }

    void pngHasItsResolutionAndRecipe() {
        widgets::ExportOptions options = column();
        options.dpi = 254;
        exported(QStringLiteral("i.png"), options);
        const QImage image(m_folder.filePath(QStringLiteral("i.png")));
        QCOMPARE(image.size(), QSize(770, 503));
        QCOMPARE(image.dotsPerMeterX(), 10000);
        QCOMPARE(image.text(QStringLiteral("finescope-recipe")), QString::fromStdString(options.recipe));
        QCOMPARE(image.pixelColor(0, 0), QColor(Qt::white));
    }

    /// 40 mm wide, each of the two panels would be some 10 mm high in the golden ratio.
    void suitableHeightLeavesRoomForLabels() {
        figure::Figure one;
        one.panels.resize(1);
        one.panels.front().square = true;
        // A square grows with the width, and then no more; only the room for the axes differs.
        const double narrow = widgets::suitableHeightMm(one, 40, 8),
                     wide = widgets::suitableHeightMm(one, 140, 8);
        QVERIFY(narrow > 30 && narrow < 45);
        QVERIFY(wide > narrow && wide < 100);
        QVERIFY(std::abs(widgets::suitableHeightMm(one, 300, 8) - wide) < 0.1);
        figure::Figure rows;
        rows.columns = 2;
        rows.panels.resize(2);
        // 9 times the font size (in practice of its em) is the least for a panel.
        QVERIFY(widgets::suitableHeightMm(rows, 40, 8) > 9 * 8 * 25.4 / 72 * 0.8);
        // Golden ratio: 100 mm more of width for one panel is 61.8 mm more of height.
        rows.columns = 1;
        rows.panels.resize(1);
        QVERIFY(std::abs(widgets::suitableHeightMm(rows, 300, 8) - widgets::suitableHeightMm(rows, 200, 8) -
                         61.8) < 0.5);
    }

    void unwritableTargetIsNamed() {
        try {
            widgets::exportFigure(tests::sampleEmpty(), "/nowhere/at/all.pdf", column());
            QFAIL("no error");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::internal);
            QVERIFY(QByteArray(error.what()).contains("/nowhere/at/all.pdf"));
        }
    }

    void unknownSuffixAndImpossibleSizeAreRefused() {
        const std::string path = m_folder.filePath(QStringLiteral("a.bmp")).toStdString();
        QVERIFY_EXCEPTION_THROWN(widgets::exportFigure(tests::sampleEmpty(), path, column()), Error);
        widgets::ExportOptions options = column();
        options.widthMm = -1;
        QVERIFY_EXCEPTION_THROWN(
            widgets::exportFigure(tests::sampleEmpty(),
                                  m_folder.filePath(QStringLiteral("a.pdf")).toStdString(), options),
            Error);
        QVERIFY(!QFile::exists(m_folder.filePath(QStringLiteral("a.bmp"))));
    }

    /// The screen must not reach the paper: the same export in a process that scales its windows by 1.25 and
    /// by 2.
    void screenScaleDoesNotMatter() {
        if (qEnvironmentVariableIsSet("FINESCOPE_EXPORT_TO")) {
            widgets::exportFigure(tests::sampleNorms(figure::Scale::logarithmic),
                                  qEnvironmentVariable("FINESCOPE_EXPORT_TO").toStdString(), column());
            return;
        }
        const QByteArray expected = exported(QStringLiteral("scale.svg"), column());
        for (const char* scale : {"1", "1.25", "2"}) {
            const QString path =
                m_folder.filePath(QStringLiteral("scale-") + QLatin1String(scale) + QStringLiteral(".svg"));
            QProcess process;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(QStringLiteral("QT_SCALE_FACTOR"), QLatin1String(scale));
            environment.insert(QStringLiteral("FINESCOPE_EXPORT_TO"), path);
            process.setProcessEnvironment(environment);
            process.start(QCoreApplication::applicationFilePath(),
                          {QStringLiteral("screenScaleDoesNotMatter")});
            // Longer than any load needs; the 30 s of Qt's default are not.
            const bool finished = process.waitForFinished(300000);
            QVERIFY2(finished && process.exitCode() == 0, process.readAllStandardOutput().constData());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(file.readAll() == expected, scale);
        }
    }
};

QTEST_MAIN(TestFigureExport)
#include "test_figure_export.moc"
