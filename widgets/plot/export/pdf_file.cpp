#include "widgets/plot/export/pdf_file.h"

#include "core/error.h"

#include <QList>
#include <QString>
#include <QUuid>

namespace finescope::widgets {

namespace {

[[noreturn]] void unexpected(const QByteArray& what) {
    throw Error(ErrorKind::internal, "the PDF that Qt wrote has no " + what.toStdString() +
                                         "; the export does not support this version of Qt");
}

QByteArray withMendedTable(QByteArray bytes) {
    const qsizetype table = bytes.lastIndexOf("\nxref\n") + 1;
    // "xref\n0 N\n", then N entries of exactly 20 bytes: "0000000015 00000 n \n". ISO 32000-1, 7.5.4.
    const qsizetype header = bytes.indexOf('\n', table) + 1;
    const qsizetype entries = bytes.indexOf('\n', header) + 1;
    const int count = bytes.mid(header, entries - header).trimmed().split(' ').value(1).toInt();
    for (int object = 1; object < count; ++object) {
        const QByteArray mark = "\n" + QByteArray::number(object) + " 0 obj";
        const qsizetype at = bytes.indexOf(mark);
        if (at < 0) {
            unexpected("object " + QByteArray::number(object));
        }
        bytes.replace(entries + 20 * object, 10, QByteArray::number(at + 1).rightJustified(10, '0'));
    }
    const QByteArray start = "startxref\n";
    const qsizetype at = bytes.lastIndexOf(start) + start.size();
    bytes.replace(at, bytes.indexOf('\n', at) - at, QByteArray::number(table));
    return bytes;
}

QByteArray uuidText(const QUuid& uuid) {
    return uuid.toByteArray(QUuid::WithoutBraces);
}

/// The identifier stands in the metadata as text, and twice in the trailer as the hexadecimal digits of that
/// text. As long as the random one: nothing moves.
QByteArray namedByContents(QByteArray bytes) {
    const QByteArray mark = "xmpMM:DocumentID=\"uuid:";
    const qsizetype at = bytes.indexOf(mark);
    const qsizetype trailer = bytes.lastIndexOf("\ntrailer\n"), named = bytes.indexOf("\n/ID [", trailer);
    if (at < 0 && named < 0) {
        return bytes;
    }
    QByteArray now = bytes.mid(at + mark.size(), uuidText({}).size());
    if (at < 0 || bytes.indexOf(now.toHex(), named) < 0) {
        unexpected("identifier that is the same in the metadata and the trailer");
    }
    const auto rename = [&bytes, &now](const QByteArray& name) {
        bytes.replace(now, name).replace(now.toHex(), name.toHex());
        now = name;
    };
    rename(uuidText({}));
    rename(uuidText(QUuid::createUuidV5(QUuid(), bytes)));
    return bytes;
}

} // namespace

PdfFile::PdfFile(QByteArray bytes) : m_bytes(std::move(bytes)) {
    if (!m_bytes.startsWith("%PDF-") || m_bytes.lastIndexOf("\nxref\n") < 0) {
        unexpected("cross-reference table");
    }
}

void PdfFile::replaceBetween(const QByteArray& before, const QByteArray& after, const QByteArray& text) {
    const qsizetype begin = m_bytes.indexOf(before);
    const qsizetype end = begin < 0 ? -1 : m_bytes.indexOf(after, begin + before.size());
    if (end < 0) {
        unexpected(before);
    }
    splice(begin + before.size(), end - begin - before.size(), text);
}

void PdfFile::setPageSize(const QByteArray& width, const QByteArray& height) {
    const QByteArray box = "0 0 " + width + " " + height;
    replaceBetween("/MediaBox [", "]", box);
    if (m_bytes.contains("\n/TrimBox [")) {
        replaceBetween("\n/TrimBox [", "]", box);
    }
}

void PdfFile::setTitle(const QString& title) {
    replaceBetween("/Title ", "\n/Creator ", pdfText(title));
}

void PdfFile::setDate(const QDateTime& date) {
    const QDateTime utc = date.toUTC();
    const QByteArray text = "D:" + utc.toString(QStringLiteral("yyyyMMddhhmmss")).toLatin1() + "Z";
    replaceBetween("/CreationDate (", ")", text);
    if (m_bytes.contains("\n/ModDate (")) {
        replaceBetween("\n/ModDate (", ")", text);
    }
    const QByteArray attribute = utc.toString(QStringLiteral("yyyy-MM-ddThh:mm:ss")).toLatin1() + "Z";
    for (const char* name : {"xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"}) {
        setAttribute(name, attribute);
    }
}

/// Sets an attribute in the XMP metadata, if it is there; their object says its length in bytes itself.
void PdfFile::setAttribute(const QByteArray& name, const QByteArray& value) {
    const QByteArray before = " " + name + "=\"";
    const qsizetype object = m_bytes.indexOf("\n/Type /Metadata");
    if (object < 0 || m_bytes.indexOf(before, object) < 0) {
        return;
    }
    const qsizetype was = m_bytes.size();
    replaceBetween(before, "\"", value);
    const qsizetype grown = m_bytes.size() - was;
    const QByteArray key = "\n/Length ";
    const qsizetype at = m_bytes.indexOf(key, object) + key.size(), end = m_bytes.indexOf('\n', at);
    splice(at, end - at, QByteArray::number(m_bytes.mid(at, end - at).toLongLong() + grown));
}

void PdfFile::addInformation(const QByteArray& key, const QByteArray& value) {
    const QByteArray place = "/CreationDate ";
    const qsizetype at = m_bytes.indexOf(place);
    if (at < 0) {
        unexpected(place);
    }
    splice(at, 0, "/" + key + " " + value + "\n");
}

void PdfFile::splice(qsizetype at, qsizetype length, const QByteArray& text) {
    m_bytes.replace(at, length, text);
}

QByteArray PdfFile::bytes() const {
    return namedByContents(withMendedTable(m_bytes));
}

QByteArray pdfText(const QString& text) {
    QByteArray hex = "<FEFF";
    for (const QChar unit : text) {
        hex += QByteArray::number(unit.unicode(), 16).rightJustified(4, '0').toUpper();
    }
    return hex + ">";
}

} // namespace finescope::widgets
