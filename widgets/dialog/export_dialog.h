#pragma once

#include "widgets/page/page.h"
#include "widgets/plot/export/figure_export.h"

#include <QDialog>
#include <QTimer>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace finescope::widgets {

class MessageBar;
class Prompts;

/// Physical size of an exported figure.
struct ExportSize {
    QString preset; ///< name of a venue, "" = one's own size
    double widthMm = 139.7, heightMm = 70, fontPt = 8;
};

/// Shows a figure as it will be printed, at its true size where the screen tells its own, and writes it as
/// PDF, SVG or PNG.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    /// `folder` is where the save dialog starts.
    ExportDialog(PageFigure figure, const ExportSize& size, QString folder, Prompts& prompts,
                 QWidget* parent = nullptr);

    [[nodiscard]] ExportSize exportSize() const;

Q_SIGNALS:
    /// The file is written.
    void exported(const QString& path);

private:
    void applyPreset();
    void suggestHeight();
    /// The figure at the chosen width.
    [[nodiscard]] figure::Figure laidOut() const;
    [[nodiscard]] ExportOptions exportOptions() const;
    void drawPreview();
    void save();

    PageFigure m_figure;
    QString m_folder;
    Prompts& m_prompts;
    MessageBar* m_error;
    QLabel* m_preview;
    QLabel* m_caption;
    QComboBox* m_preset;
    QDoubleSpinBox* m_width;
    QDoubleSpinBox* m_height;
    QDoubleSpinBox* m_font;
    QComboBox* m_format;
    QPushButton* m_save;
    bool m_ownHeight = false;  ///< typed by hand: it stays when the width changes
    bool m_suggesting = false; ///< the height that is being set is no hand's
    QTimer m_previewSoon;
};

} // namespace finescope::widgets
