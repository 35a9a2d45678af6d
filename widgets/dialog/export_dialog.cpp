#include "widgets/dialog/export_dialog.h"

#include "core/error.h"
#include "core/figure/request/recipe.h"
#include "core/figure/request/venue_presets.h"
#include "widgets/dialog/prompts.h"
#include "widgets/page/common/option_rows.h"
#include "widgets/page/message_bar.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPixmap>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QTemporaryDir>
#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace finescope::widgets {

namespace {

constexpr int kPreviewDelayMs = 120; // typing a number should not draw every digit
constexpr int kControlsWidth = 200;
constexpr double kMmPerInch = 25.4;

/// Pixels per inch of the screen as it measures itself, unless that is plainly wrong.
double screenDpi(const QScreen& screen) {
    const double physical = screen.physicalDotsPerInch();
    return physical >= 60 && physical <= 400 ? physical : screen.logicalDotsPerInch();
}

QDoubleSpinBox* makeSpin(const QString& name, const figure::Range& range, int decimals, double step,
                         const QString& unit, QWidget* parent) {
    auto* spin = new QDoubleSpinBox(parent);
    spin->setObjectName(name);
    spin->setDecimals(decimals);
    spin->setRange(range.low, range.high);
    spin->setSingleStep(step);
    spin->setSuffix(unit);
    return spin;
}

} // namespace

ExportDialog::ExportDialog(PageFigure figure, const ExportSize& size, QString folder, Prompts& prompts,
                           QWidget* parent)
    : QDialog(parent), m_figure(std::move(figure)), m_folder(std::move(folder)), m_prompts(prompts),
      m_error(new MessageBar(this)), m_preview(new QLabel), m_caption(new QLabel(this)),
      m_preset(new QComboBox(this)),
      m_width(makeSpin(QStringLiteral("exportWidth"), figure::kWidthMm, 2, 1, tr(" mm"), this)),
      m_height(makeSpin(QStringLiteral("exportHeight"), figure::kHeightMm, 1, 1, tr(" mm"), this)),
      m_font(makeSpin(QStringLiteral("exportFont"), figure::kFontPt, 1, 0.5, tr(" pt"), this)),
      m_format(new QComboBox(this)), m_save(nullptr) {
    setObjectName(QStringLiteral("exportDialog"));
    setWindowTitle(tr("Export Figure"));
    m_preview->setObjectName(QStringLiteral("exportPreview"));
    m_preview->setAlignment(Qt::AlignCenter);
    m_caption->setObjectName(QStringLiteral("exportCaption"));

    m_preset->setObjectName(QStringLiteral("exportPreset"));
    m_preset->addItem(tr("Own size"), QString());
    for (const figure::VenuePreset& preset : figure::venuePresets()) {
        const QString name =
            QString::fromUtf8(preset.name.data(), static_cast<qsizetype>(preset.name.size()));
        m_preset->addItem(
            QString::fromUtf8(preset.description.data(), static_cast<qsizetype>(preset.description.size())),
            name);
    }
    m_preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_format->setObjectName(QStringLiteral("exportFormat"));
    for (const auto& suffix : {QStringLiteral("pdf"), QStringLiteral("svg"), QStringLiteral("png")}) {
        m_format->addItem(suffix.toUpper(), suffix);
    }
    m_width->setValue(size.widthMm);
    m_height->setValue(size.heightMm);
    m_font->setValue(size.fontPt);
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(size.preset)));
    m_preview->setAccessibleName(tr("Preview: %1").arg(QString::fromStdString(laidOut().title)));
    suggestHeight();

    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("exportPreviewScroll"));
    scroll->setAccessibleName(tr("Preview"));
    scroll->setBackgroundRole(QPalette::Mid);
    scroll->setAlignment(Qt::AlignCenter);
    scroll->setWidget(m_preview);
    auto* controls = new QWidget(this);
    controls->setFixedWidth(kControlsWidth);
    auto* rows = new QVBoxLayout(controls);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(8);
    addOption(rows, tr("Venue"), m_preset);
    addOption(rows, tr("Width"), m_width);
    addOption(rows, tr("Height"), m_height);
    addOption(rows, tr("Text size"), m_font);
    addOption(rows, tr("Format"), m_format);
    rows->addStretch(1);
    rows->addWidget(m_caption);
    m_caption->setWordWrap(true);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(16);
    middle->addWidget(scroll, 1);
    middle->addWidget(controls);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_save = buttons->addButton(tr("Save…"), QDialogButtonBox::AcceptRole);
    m_save->setObjectName(QStringLiteral("exportSave"));
    m_save->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &ExportDialog::save);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(16);
    layout->addWidget(m_error);
    layout->addLayout(middle, 1);
    layout->addWidget(buttons);
    resize(880, 560);

    m_previewSoon.setSingleShot(true);
    m_previewSoon.setInterval(kPreviewDelayMs);
    connect(&m_previewSoon, &QTimer::timeout, this, &ExportDialog::drawPreview);
    connect(m_preset, &QComboBox::activated, this, &ExportDialog::applyPreset);
    connect(m_height, &QDoubleSpinBox::valueChanged, this, [this] { m_ownHeight = !m_suggesting; });
    for (QDoubleSpinBox* spin : {m_width, m_font}) {
        connect(spin, &QDoubleSpinBox::valueChanged, this, [this] {
            if (!m_ownHeight) {
                suggestHeight();
            }
        });
    }
    for (QDoubleSpinBox* spin : {m_width, m_height, m_font}) {
        connect(spin, &QDoubleSpinBox::valueChanged, &m_previewSoon, qOverload<>(&QTimer::start));
    }
    drawPreview();
}

void ExportDialog::applyPreset() {
    const std::string name = m_preset->currentData().toString().toStdString();
    if (name.empty()) {
        return;
    }
    const figure::VenuePreset& preset = figure::venuePreset(name);
    m_ownHeight = false;
    m_width->setValue(preset.widthMm);
    m_font->setValue(preset.fontPt);
    suggestHeight();
}

void ExportDialog::suggestHeight() {
    m_suggesting = true;
    m_height->setValue(suitableHeightMm(laidOut(), m_width->value(), m_font->value()));
    m_suggesting = false;
}

ExportSize ExportDialog::exportSize() const {
    return {m_preset->currentData().toString(), m_width->value(), m_height->value(), m_font->value()};
}

figure::Figure ExportDialog::laidOut() const {
    return m_figure.figure(m_width->value());
}

ExportOptions ExportDialog::exportOptions() const {
    figure::FigureRequest request = m_figure.request;
    request.widthMm = m_width->value();
    request.heightMm = m_height->value();
    request.fontPt = m_font->value();
    return {.widthMm = request.widthMm,
            .heightMm = *request.heightMm,
            .fontPt = request.fontPt,
            .dpi = request.dpi,
            .recipe = figure::requestToJson(request),
            .created = m_figure.created};
}

void ExportDialog::drawPreview() {
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("preview.png"));
    const double dpi = screenDpi(*screen());
    ExportOptions options = exportOptions();
    options.dpi = static_cast<int>(std::lround(dpi * devicePixelRatioF()));
    try {
        exportFigure(laidOut(), file.toStdU16String(), options);
    } catch (const Error& error) {
        m_save->setEnabled(false);
        m_error->showMessage(tr("The figure cannot be drawn at this size."), QString::fromUtf8(error.what()));
        return;
    }
    QPixmap picture(file);
    picture.setDevicePixelRatio(devicePixelRatioF());
    m_preview->setPixmap(picture);
    m_preview->resize(picture.deviceIndependentSize().toSize());
    m_save->setEnabled(true);
    m_error->hide();
    m_caption->setText(tr("True size at %1 pixels per inch: %2 × %3 in.")
                           .arg(dpi, 0, 'f', 0)
                           .arg(m_width->value() / kMmPerInch, 0, 'f', 2)
                           .arg(m_height->value() / kMmPerInch, 0, 'f', 2));
}

void ExportDialog::save() {
    const QString suffix = m_format->currentData().toString();
    const QString suggested =
        QDir(m_folder).filePath(QString::fromStdString(m_figure.request.kind) + QLatin1Char('.') + suffix);
    QString path = m_prompts.saveFile(this, windowTitle(), suggested,
                                      tr("%1 files (*.%2)").arg(suffix.toUpper(), suffix));
    if (path.isEmpty()) {
        return;
    }
    if (QFileInfo(path).suffix().isEmpty()) {
        path += QLatin1Char('.') + suffix;
    }
    try {
        exportFigure(laidOut(), path.toStdU16String(), exportOptions());
    } catch (const Error& error) {
        m_error->showMessage(tr("The figure was not written: %1").arg(QString::fromUtf8(error.what())), {});
        return;
    }
    Q_EMIT exported(path);
    accept();
}

} // namespace finescope::widgets
