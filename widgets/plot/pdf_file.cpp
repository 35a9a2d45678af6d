#include "widgets/plot/pdf_file.h"

#include "core/error.h"

#include <QList>
#include <QString>

namespace finescope::widgets {

namespace {

[[noreturn]] void unexpected(const QByteArray& what) {
    throw Error(ErrorKind::internal, "the PDF that Qt wrote has no " + what.toStdString() +
                                         "; this version of Qt is not known to the export");
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
    QByteArray bytes = m_bytes;
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

QByteArray pdfText(const QString& text) {
    QByteArray hex = "<FEFF";
    for (const QChar unit : text) {
        hex += QByteArray::number(unit.unicode(), 16).rightJustified(4, '0').toUpper();
    }
    return hex + ">";
}

} // namespace finescope::widgets
