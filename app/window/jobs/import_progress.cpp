#include "app/window/jobs/import_progress.h"

#include "app/window/jobs/prediction_imports.h"

#include <QFileInfo>
#include <QFontMetrics>
#include <QLabel>
#include <QLayout>
#include <QProgressBar>
#include <QPushButton>

namespace finescope::window {

namespace {

constexpr int kBarWidth = 160, kMostNameWidth = 240;

QPushButton* makeCancel(const QString& text) {
    auto* button = new QPushButton(text);
    button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    return button;
}

} // namespace

ImportProgress::ImportProgress(PredictionImports& imports, QWidget* parent)
    : ProgressRow(Shape::wordsFirst, QStringLiteral("import"), makeCancel(tr("Cancel Import")), parent) {
    setObjectName(QStringLiteral("importProgress"));
    bar()->setObjectName(QStringLiteral("importBar"));
    bar()->setAccessibleName(tr("Progress of the import"));
    bar()->setFixedWidth(kBarWidth);
    words()->setObjectName(QStringLiteral("importText"));
    words()->setTextFormat(Qt::PlainText); // the name of a file may look like HTML
    layout()->setContentsMargins(0, 0, 8, 0);
    hide();
    connect(this, &ProgressRow::cancelRequested, &imports, &PredictionImports::cancelAll);
    connect(&imports, &PredictionImports::progressed, this,
            [this](const QString& path, double fraction, const std::optional<double>& secondsLeft) {
                const QString name =
                    fontMetrics().elidedText(QFileInfo(path).fileName(), Qt::ElideMiddle, kMostNameWidth);
                setWords(secondsLeft ? tr("Importing %1, %2").arg(name, widgets::timeLeftText(*secondsLeft))
                                     : tr("Importing %1").arg(name));
                setFraction(fraction);
                show();
            });
    connect(&imports, &PredictionImports::idle, this, &QWidget::hide);
}

} // namespace finescope::window
