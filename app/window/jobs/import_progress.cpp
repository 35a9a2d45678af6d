#include "app/window/jobs/import_progress.h"

#include "app/window/jobs/prediction_imports.h"
#include "widgets/panel/jobs_panel.h"

#include <QFileInfo>
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace finescope::window {

namespace {

constexpr int kBarWidth = 160, kMostNameWidth = 240;

} // namespace

ImportProgress::ImportProgress(PredictionImports& imports, QWidget* parent)
    : QWidget(parent), m_text(new QLabel(this)), m_bar(new QProgressBar(this)) {
    setObjectName(QStringLiteral("importProgress"));
    auto* cancel = new QPushButton(tr("Cancel Import"), this);
    cancel->setObjectName(QStringLiteral("importCancel"));
    cancel->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_text->setObjectName(QStringLiteral("importText"));
    m_text->setTextFormat(Qt::PlainText); // the name of a file may look like HTML
    m_bar->setObjectName(QStringLiteral("importBar"));
    m_bar->setAccessibleName(tr("Progress of the import"));
    m_bar->setRange(0, 100);
    m_bar->setFixedWidth(kBarWidth);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 8, 0);
    layout->setSpacing(8);
    for (QWidget* each : std::initializer_list<QWidget*>{m_text, m_bar, cancel}) {
        layout->addWidget(each);
    }
    hide();
    connect(cancel, &QPushButton::clicked, &imports, &PredictionImports::cancelAll);
    connect(&imports, &PredictionImports::progressed, this,
            [this](const QString& path, double fraction, const std::optional<double>& secondsLeft) {
                const QString name =
                    fontMetrics().elidedText(QFileInfo(path).fileName(), Qt::ElideMiddle, kMostNameWidth);
                m_text->setText(secondsLeft
                                    ? tr("Importing %1, %2").arg(name, widgets::timeLeftText(*secondsLeft))
                                    : tr("Importing %1").arg(name));
                m_bar->setValue(static_cast<int>(100 * fraction));
                show();
            });
    connect(&imports, &PredictionImports::idle, this, &QWidget::hide);
}

} // namespace finescope::window
