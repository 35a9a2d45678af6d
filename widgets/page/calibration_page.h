#pragma once

#include "core/figure/calibration_figures.h"
#include "widgets/page/background.h"
#include "widgets/page/page.h"
#include "widgets/page/prepared_run.h"

#include <QHash>
#include <QLabel>

class QComboBox;
class QSpinBox;
class QStackedWidget;

namespace finescope::widgets {

class CalibrationDetails;
class CalibrationTable;
class DiagramArea;
class ElidedLabel;
class EpochPlayer;
class PlotView;
class TemperatureSlider;

/// Reliability diagrams of all checked runs side by side, and the temperature that moves them: one for all,
/// or each run at the one fitted on its validation split. While the slider is dragged the numbers come from
/// SliderTable; on release, and for exports, from reliability().
class CalibrationPage : public Page {
    Q_OBJECT

public:
    explicit CalibrationPage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<PageFigure> exportedFigure() const override;
    void copyFigure() const override;
    void resetView() override;
    void setTemperature(double temperature);

Q_SIGNALS:
    void temperatureChanged(double temperature);

protected:
    void refresh() override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    enum class Numbers { quick, exact };
    using Prepared = QHash<QString, std::shared_ptr<const PreparedRun>>;

    /// A run that has what is chosen.
    struct Shown {
        record::Run run;
        std::string name;
        figure::Style style;
        std::shared_ptr<const PreparedRun> prepared;
    };

    void buildOptions();
    void listSplits();
    void listEpochs();
    [[nodiscard]] CalibrationChoice choice() const;
    [[nodiscard]] bool eachFitted() const;
    void collectShown();
    /// As many side by side as leave the numbers above each of them in one line.
    [[nodiscard]] int diagramColumns() const;
    /// After what is shown has changed, not only its temperature.
    void drawAnew();
    void draw(Numbers numbers);
    [[nodiscard]] std::vector<figure::ReliabilityEntry> entries(Numbers numbers) const;
    [[nodiscard]] figure::ReliabilityOptions reliabilityOptions() const;
    void drawCurve(Numbers numbers);
    void tellNorms(const std::vector<figure::ReliabilityEntry>& entries);
    /// ECE over the number of bins, in place of a curve over temperature.
    void drawBinStability();
    [[nodiscard]] bool showsBinStability() const;
    /// What the picked table needs; only when it changes, or on release.
    void askDetails(const std::vector<figure::ReliabilityEntry>& entries);

    Background& m_background;
    PlotView* m_diagrams;
    DiagramArea* m_diagramArea;
    TemperatureSlider* m_slider;
    PlotView* m_curve;
    QStackedWidget* m_tables;
    CalibrationTable* m_table;
    CalibrationDetails* m_details;
    QLabel* m_note;
    ElidedLabel* m_norms;
    QComboBox* m_mode;
    QComboBox* m_split;
    QComboBox* m_epoch;
    EpochPlayer* m_player;
    QSpinBox* m_bins;
    QComboBox* m_curveQuantity;
    QComboBox* m_tableView;
    Prepared m_prepared; ///< only what is shown, so that closed runs give their memory back
    std::vector<Shown> m_shown;
    int m_columns = 0; ///< of the diagrams when the page had its present size
};

} // namespace finescope::widgets
