#pragma once

#include "widgets/page/calibration/calibration_diagrams.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/prepared_run.h"
#include "widgets/page/common/run_results.h"
#include "widgets/page/common/shown_run.h"
#include "widgets/page/page.h"

#include <optional>
#include <string>
#include <vector>

class QLabel;
class QStackedWidget;

namespace finescope::widgets {

class CalibrationCurve;
class CalibrationDetails;
class CalibrationOptions;
class DiagramTable;
class ElidedLabel;
class NoteHeading;
class TemperatureSlider;

/// Reliability diagrams of all checked runs side by side, and the temperature that moves them: one for all,
/// or each run at the one fitted on its validation split. While the slider is dragged the numbers come from
/// SliderTable; on release, and for exports, from reliability().
class CalibrationPage : public Page {
    Q_OBJECT

public:
    explicit CalibrationPage(Background& background, QWidget* parent = nullptr);

    /// Exports and copies are of the diagrams, or of the curve while it has the keyboard.
    [[nodiscard]] figure::FigureRequest request() const override;
    [[nodiscard]] std::optional<PageFigure> exportedFigure() const override;
    void copyFigure() const override;
    void resetView() override;

Q_SIGNALS:
    /// The page shows it already.
    void temperatureChanged(double temperature);

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void addKeys();

    /// Reads and fits what is missing in the background, then draws.
    void prepare();
    void collectShown();
    [[nodiscard]] figure::FigureRequest diagramsRequest() const;
    [[nodiscard]] figure::FigureRequest curveRequest() const;
    [[nodiscard]] std::vector<std::string> shownFiles() const;
    void draw(Numbers numbers);
    void drawCurve(Numbers numbers);
    void tellNumbers(const std::vector<figure::ReliabilityEntry>& entries, const QStringList& cautions);
    void tellNorms(const figure::TemperatureChoice& temperature);
    [[nodiscard]] PageFigure exportedCurve() const;
    /// What the picked table needs; only when it changes, or on release.
    void askDetails();

    CalibrationOptions* m_options;
    NoteHeading* m_heading;
    CalibrationDiagrams* m_diagrams;
    TemperatureSlider* m_slider;
    CalibrationCurve* m_curve;
    NoteHeading* m_tableHeading;
    QStackedWidget* m_tables;
    DiagramTable* m_table;
    CalibrationDetails* m_details;
    QLabel* m_note;
    ElidedLabel* m_norms;
    RunResults<std::shared_ptr<const PreparedRun>> m_prepared;
    std::vector<ShownRun> m_shown;
    QStringList m_missing; ///< why runs are not among them
};

} // namespace finescope::widgets
