#include "widgets/plot/export/figure_recipe.h"

#include "core/error.h"
#include "core/figure/request/recipe.h"
#include "core/text/whole_file.h"
#include "widgets/plot/export/paper_formats.h"
#include "widgets/plot/export/png_text.h"

#include <QString>
#include <QtEndian>

#include <cstdint>
#include <optional>

namespace finescope::widgets {

namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{256} << 20U; // of a picture

/// What stands between `before` and `after`; nullopt if there is no such place.
std::optional<QByteArray> between(const QByteArray& bytes, const QByteArray& before,
                                  const QByteArray& after) {
    const qsizetype mark = bytes.indexOf(before);
    const qsizetype end = mark < 0 ? -1 : bytes.indexOf(after, mark + before.size());
    return end < 0 ? std::nullopt
                   : std::optional(bytes.mid(mark + before.size(), end - mark - before.size()));
}

/// A text string of PDF as pdfText writes it, without its brackets.
std::optional<QString> fromPdf(const QByteArray& bytes) {
    const auto hex = between(bytes, "/" + QByteArray(kPdfRecipeKey) + " <FEFF", ">");
    if (!hex) {
        return std::nullopt;
    }
    const QByteArray units = QByteArray::fromHex(*hex);
    QString text;
    text.reserve(units.size() / 2);
    for (qsizetype at = 0; at + 2 <= units.size(); at += 2) {
        text += QChar(qFromBigEndian<quint16>(units.constData() + at));
    }
    return text;
}

/// Found by its bytes and not by an XML reader: what we write needs none, and the time and memory of one are
/// what entities and attributes of a stranger's file want.
std::optional<QString> fromSvg(const QByteArray& bytes) {
    const auto escaped = between(bytes, "<metadata id=\"" + QByteArray(kRecipeName) + "\">", "</metadata>");
    return escaped ? std::optional(QString::fromUtf8(*escaped)
                                       .replace(QLatin1String("&lt;"), QLatin1String("<"))
                                       .replace(QLatin1String("&gt;"), QLatin1String(">"))
                                       .replace(QLatin1String("&quot;"), QLatin1String("\""))
                                       .replace(QLatin1String("&amp;"), QLatin1String("&")))
                   : std::nullopt;
}

std::optional<QString> fromTex(const QByteArray& bytes) {
    const auto line = between(bytes, "\n% recipe: ", "\n");
    return line ? std::optional(QString::fromUtf8(*line)) : std::nullopt;
}

std::optional<QString> recipeOf(const QByteArray& bytes) {
    if (bytes.startsWith("%PDF-")) {
        return fromPdf(bytes);
    }
    if (bytes.startsWith("\x89PNG")) {
        return pngText(bytes, kRecipeName, figure::kMostRecipeBytes);
    }
    if (bytes.startsWith('<')) {
        return fromSvg(bytes);
    }
    return bytes.startsWith('%') ? fromTex(bytes) : QString::fromUtf8(bytes);
}

} // namespace

std::string readRecipe(const std::filesystem::path& file) {
    const std::string bytes = text::readWhole(file, kMostFileBytes);
    std::optional<QString> recipe;
    try {
        recipe = recipeOf(QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size())));
    } catch (const Error& error) {
        throw Error(error.kind(), file.string() + ": " + error.what());
    }
    if (!recipe) {
        throw Error(ErrorKind::badInput, file.string() + ": contains no recipe; only figures that finescope "
                                                         "wrote and no other program changed have one");
    }
    return recipe->toStdString();
}

} // namespace finescope::widgets
