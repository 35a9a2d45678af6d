#pragma once

#include <QByteArray>

namespace finescope::widgets {

/// Corrections of a PDF that QPdfWriter wrote (classic cross-reference table, one revision).
class PdfFile {
public:
    /// Throws Error{internal} if the bytes do not have that form.
    explicit PdfFile(QByteArray bytes);

    /// Replaces what stands between `before` and `after` (the first place where both occur in this order) by
    /// `text`. Throws Error{internal} if there is no such place.
    void replaceBetween(const QByteArray& before, const QByteArray& after, const QByteArray& text);

    /// Adds `/key value` to the document information.
    void addInformation(const QByteArray& key, const QByteArray& value);

    /// The file with its table of object positions mended.
    [[nodiscard]] QByteArray bytes() const;

private:
    void splice(qsizetype at, qsizetype length, const QByteArray& text);

    QByteArray m_bytes;
};

/// A text string of PDF: UTF-16 in hexadecimal digits.
[[nodiscard]] QByteArray pdfText(const QString& text);

} // namespace finescope::widgets
