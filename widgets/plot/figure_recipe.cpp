#include "widgets/plot/figure_recipe.h"

#include "core/error.h"
#include "widgets/plot/paper_formats.h"

#include <QBuffer>
#include <QFile>
#include <QImageReader>
#include <QString>
#include <QXmlStreamReader>

#include <optional>

namespace finescope::widgets {

namespace {

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
    QString text;
    for (qsizetype at = 0; at + 4 <= hex->size(); at += 4) {
        text += QChar(hex->mid(at, 4).toUShort(nullptr, 16));
    }
    return text;
}

std::optional<QString> fromSvg(const QByteArray& bytes) {
    QXmlStreamReader reader(bytes);
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == u"metadata" &&
            reader.attributes().value(QStringLiteral("id")) == QLatin1String(kRecipeName)) {
            return reader.readElementText();
        }
    }
    return std::nullopt;
}

std::optional<QString> fromPng(QByteArray bytes) {
    QBuffer buffer(&bytes);
    const QString text = QImageReader(&buffer, "png").text(QLatin1String(kRecipeName));
    return text.isEmpty() ? std::nullopt : std::optional(text);
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
        return fromPng(bytes);
    }
    if (bytes.startsWith('<')) {
        return fromSvg(bytes);
    }
    return bytes.startsWith('%') ? fromTex(bytes) : QString::fromUtf8(bytes);
}

} // namespace

std::string readRecipe(const std::filesystem::path& file) {
    QFile stream(QString::fromStdString(file.string()));
    if (!stream.open(QIODevice::ReadOnly)) {
        throw Error(ErrorKind::badFile,
                    file.string() + ": cannot be opened: " + stream.errorString().toStdString());
    }
    const auto recipe = recipeOf(stream.readAll());
    if (!recipe) {
        throw Error(ErrorKind::badInput, file.string() + ": holds no recipe; only figures that finescope "
                                                         "wrote, and no other program changed, do");
    }
    return recipe->toStdString();
}

} // namespace finescope::widgets
