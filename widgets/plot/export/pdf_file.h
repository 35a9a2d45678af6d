#pragma once

#include <QByteArray>
#include <QDateTime>

namespace finescope::widgets {

/// Corrections of a PDF that QPdfWriter wrote (classic cross-reference table, one revision). Since Qt 6.8 it
/// holds XMP metadata, a date of modification, a trim box and a random identifier besides what Qt 6.4 writes.
class PdfFile {
public:
    /// Throws Error{internal} if the bytes do not have that form.
    explicit PdfFile(QByteArray bytes);

    /// The size of its one page in points, written as PDF writes numbers. Throws Error{internal}, as setDate
    /// does, if the file has no place for it.
    void setPageSize(const QByteArray& width, const QByteArray& height);

    /// The title in the document information. Qt's own is a literal string, in which readers take the second
    /// byte of some letters for the end of a line.
    void setTitle(const QString& title);

    /// Gives every date in the file this value, in UTC and to the second.
    void setDate(const QDateTime& date);

    /// Adds `/key value` to the document information.
    void addInformation(const QByteArray& key, const QByteArray& value);

    /// The file with its table of object positions mended and, if Qt gave it a random identifier, with one
    /// made of its contents (a UUID of version 5, RFC 4122) instead: the same contents give the same bytes.
    [[nodiscard]] QByteArray bytes() const;

private:
    /// Replaces what stands between `before` and `after` (the first place where both occur in this order) by
    /// `text`. Throws Error{internal} if there is no such place.
    void replaceBetween(const QByteArray& before, const QByteArray& after, const QByteArray& text);
    void splice(qsizetype at, qsizetype length, const QByteArray& text);
    void setAttribute(const QByteArray& name, const QByteArray& value);

    QByteArray m_bytes;
};

/// A text string of PDF: UTF-16 in hexadecimal digits.
[[nodiscard]] QByteArray pdfText(const QString& text);

} // namespace finescope::widgets
