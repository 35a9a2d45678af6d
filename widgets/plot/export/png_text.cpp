#include "widgets/plot/export/png_text.h"

#include "core/error.h"

#include <QtEndian>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace finescope::widgets {

namespace {

constexpr qsizetype kSignature = 8, kHead = 8, kChecksum = 4; // of the file, of a chunk. PNG 1.2, chapter 3

struct EndInflating {
    void operator()(z_stream* stream) const { inflateEnd(stream); }
};

QByteArray inflated(const QByteArray& bytes, qsizetype mostBytes) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) {
        throw Error(ErrorKind::internal, "zlib does not start");
    }
    const std::unique_ptr<z_stream, EndInflating> ending(&stream);
    QByteArray in = bytes;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    QByteArray result;
    std::array<char, 1 << 16> piece{};
    for (int state = Z_OK; state != Z_STREAM_END;) {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        state = inflate(&stream, Z_NO_FLUSH);
        if (state != Z_OK && state != Z_STREAM_END) {
            throw Error(ErrorKind::badFile, "the compressed text of the PNG is damaged");
        }
        result.append(piece.data(), static_cast<qsizetype>(piece.size() - stream.avail_out));
        if (result.size() > mostBytes) {
            throw Error(ErrorKind::badInput, "the compressed text of the PNG has more than the " +
                                                 std::to_string(mostBytes) + " bytes that are read");
        }
    }
    return result;
}

/// Takes what stands before the next NUL.
QByteArray takeToNul(QByteArray& rest) {
    const qsizetype end = rest.indexOf('\0');
    const QByteArray taken = end < 0 ? rest : rest.left(end);
    rest = end < 0 ? QByteArray() : rest.mid(end + 1);
    return taken;
}

/// What a chunk says behind its keyword.
QString textOf(const QByteArray& type, QByteArray rest, qsizetype mostBytes) {
    if (type == "tEXt") {
        return QString::fromLatin1(rest);
    }
    if (type == "zTXt") { // compression method, then the text
        return QString::fromLatin1(inflated(rest.mid(1), mostBytes));
    }
    const bool compressed = rest.startsWith('\1'); // then the method, a language, the keyword in it
    rest = rest.mid(2);
    takeToNul(rest);
    takeToNul(rest);
    return QString::fromUtf8(compressed ? inflated(rest, mostBytes) : rest);
}

} // namespace

std::optional<QString> pngText(const QByteArray& png, const QByteArray& keyword, qsizetype mostBytes) {
    const QByteArray wanted = keyword + '\0';
    for (qsizetype at = kSignature; at + kHead <= png.size();) {
        const auto length = static_cast<qsizetype>(qFromBigEndian<quint32>(png.constData() + at));
        const QByteArray type = png.mid(at + 4, 4);
        const qsizetype begin = at + kHead;
        if (length > png.size() - begin) {
            return std::nullopt; // cut short
        }
        const bool isText = type == "tEXt" || type == "zTXt" || type == "iTXt";
        if (isText && length >= wanted.size() &&
            std::equal(wanted.begin(), wanted.end(), png.constData() + begin)) {
            return textOf(type, png.mid(begin + wanted.size(), length - wanted.size()), mostBytes);
        }
        at = begin + length + kChecksum;
    }
    return std::nullopt;
}

} // namespace finescope::widgets
