#include "core/error.h"
#include "widgets/plot/export/pdf_file.h"

#include <QTimeZone>
#include <QtTest>

using namespace finescope;
using widgets::PdfFile;

namespace {

/// What Qt puts into a PDF of its own accord.
struct Circumstances {
    QByteArray date = "D:20260102030405Z", xmpDate = "2026-01-02T03:04:05+00:00";
    QByteArray uuid = "11325ef8-9155-4b42-8610-6000d27c87b3";
};

/// A PDF of these objects' contents, with its table and a trailer as QPdfWriter writes them.
QByteArray pdfOf(const QList<QByteArray>& objects, const QByteArray& inTrailer) {
    QByteArray bytes = "%PDF-1.4\n",
               table = "xref\n0 " + QByteArray::number(objects.size() + 1) + "\n0000000000 65535 f \n";
    for (qsizetype i = 0; i < objects.size(); ++i) {
        table += QByteArray::number(bytes.size()).rightJustified(10, '0') + " 00000 n \n";
        bytes += QByteArray::number(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const QByteArray start = QByteArray::number(bytes.size());
    return bytes + table + "trailer\n<<\n/Size 4\n/Info 1 0 R\n/Root 3 0 R\n" + inTrailer +
           ">>\nstartxref\n" + start + "\n%%EOF\n";
}

/// As Qt 6.4 writes them: one date, one box.
QByteArray plainPdf(const Circumstances& given, const QByteArray& drawing = "0 0 m") {
    return pdfOf({"<<\n/Title (T)\n/CreationDate (" + given.date + ")\n>>", drawing,
                  "<<\n/Type /Page\n/MediaBox [0 0 595.000000 842.000000]\n>>"},
                 {});
}

/// As Qt 6.8 writes them.
QByteArray newerPdf(const Circumstances& given, const QByteArray& drawing = "0 0 m") {
    const QByteArray xmp =
        "<x:xmpmeta>\n <rdf:Description rdf:about=\"\" xmp:CreatorTool=\"finescope\" xmp:CreateDate=\"" +
        given.xmpDate + "\" xmp:ModifyDate=\"" + given.xmpDate + "\" xmp:MetadataDate=\"" + given.xmpDate +
        "\"/>\n <rdf:Description xmpMM:DocumentID=\"uuid:" + given.uuid +
        "\" xmpMM:VersionID=\"1\"/>\n</x:xmpmeta>";
    return pdfOf(
        {"<<\n/Title (T)\n/CreationDate (" + given.date + ")\n/ModDate (" + given.date + ")\n>>",
         "<<\n/Type /Metadata /Subtype /XML\n/Length " + QByteArray::number(xmp.size()) + "\n>>\nstream\n" +
             xmp + "\nendstream",
         "<<\n/Type /Page\n/MediaBox [0 0 595.000000 842.000000]\n/TrimBox [0 0 595.000000 842.000000]\n>>",
         drawing},
        "/ID [ <" + given.uuid.toHex() + "> <" + given.uuid.toHex() + "> ]\n");
}

QByteArray mended(const QByteArray& pdf) {
    PdfFile file(pdf);
    file.setPageSize("200.5", "100");
    file.setDate(QDateTime({2025, 3, 1}, {12, 34, 56}, QTimeZone::utc()));
    file.addInformation("recipe", "<FEFF0041>");
    return file.bytes();
}

const Circumstances kTokyo{"D:20301231235959+09'00'", "2030-12-31T23:59:59+09:00",
                           "3fb81a2c-eccf-4701-83bf-3969c98d5d53"};
const Circumstances kShort{"D:20260102030405Z", "2026-01-02T03:04:05Z",
                           "00000000-eccf-4701-83bf-3969c98d5d53"};

void positionsAreRight(const QByteArray& pdf) {
    const QByteArray start = "startxref\n";
    const qsizetype at = pdf.lastIndexOf(start) + start.size();
    const qsizetype table = pdf.mid(at, pdf.indexOf('\n', at) - at).toLongLong();
    const QList<QByteArray> lines = pdf.mid(table).split('\n');
    QCOMPARE(lines[0], QByteArray("xref"));
    for (qsizetype i = 3; lines[i].endsWith(" n "); ++i) {
        const QByteArray object = QByteArray::number(i - 2) + " 0 obj\n";
        QCOMPARE(pdf.mid(lines[i].left(10).toLongLong(), object.size()), object);
    }
}

} // namespace

/// Small PDFs in the forms of Qt 6.4 and 6.8, so that both are tried whichever Qt is installed.
class TestPdfFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingOfTheMomentIsLeft() {
        for (const auto& write : {&plainPdf, &newerPdf}) {
            const QByteArray one = mended(write({}, "0 0 m"));
            QVERIFY(one == mended(write(kTokyo, "0 0 m")));
            QVERIFY(one == mended(write(kShort, "0 0 m")));
            QVERIFY(one.contains("/CreationDate (D:20250301123456Z)\n"));
            QVERIFY(one.contains("/MediaBox [0 0 200.5 100]\n"));
            positionsAreRight(one);
        }
        const QByteArray newer = mended(newerPdf({}));
        QVERIFY(newer.contains("/ModDate (D:20250301123456Z)\n"));
        QVERIFY(newer.contains("/TrimBox [0 0 200.5 100]\n"));
        QCOMPARE(newer.count("=\"2025-03-01T12:34:56Z\""), 3);
    }

    void theMetadataSayTheirLength() {
        for (const Circumstances& given : {Circumstances{}, kTokyo, kShort}) {
            const QByteArray pdf = mended(newerPdf(given));
            const qsizetype begin = pdf.indexOf("stream\n") + 7, end = pdf.indexOf("\nendstream");
            const QByteArray length = "/Length ";
            const qsizetype at = pdf.indexOf(length) + length.size();
            QCOMPARE(pdf.mid(at, pdf.indexOf('\n', at) - at).toLongLong(), end - begin);
        }
    }

    void otherContentsHaveAnotherName() {
        const auto named = [](const QByteArray& pdf) {
            const QByteArray mark = "DocumentID=\"uuid:";
            return pdf.mid(pdf.indexOf(mark) + mark.size(), 36);
        };
        const QByteArray one = mended(newerPdf({}, "0 0 m")), two = mended(newerPdf({}, "0 1 m"));
        QVERIFY(named(one) != named(two));
        QVERIFY(named(one) != Circumstances{}.uuid);
        QCOMPARE(one.count(named(one).toHex()), 2);
    }

    void anotherFormIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, PdfFile("%PDF-1.4\n1 0 obj\n"));
        QByteArray unknown = newerPdf({});
        unknown.replace("xmpMM:DocumentID", "xmpMM:InstanceID");
        QVERIFY_THROWS_EXCEPTION(Error, mended(unknown));
        unknown = newerPdf({});
        unknown.replace("/ID [ <313", "/ID [ <FFF");
        unknown.replace("> <313", "> <FFF");
        QVERIFY_THROWS_EXCEPTION(Error, mended(unknown));
    }
};

QTEST_APPLESS_MAIN(TestPdfFile)
#include "test_pdf_file.moc"
