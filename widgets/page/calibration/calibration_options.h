#pragma once

#include "core/figure/figure_request.h"
#include "core/record/run.h"
#include "widgets/page/calibration/calibration_details.h"

#include <QObject>

#include <optional>
#include <vector>

class QComboBox;
class QSpinBox;
class QVBoxLayout;

namespace finescope::widgets {

class EpochPlayer;

/// What is chosen beside the Calibration page.
class CalibrationOptions : public QObject {
    Q_OBJECT

public:
    /// Adds its controls to `rows` of `parent`.
    CalibrationOptions(QWidget* parent, QVBoxLayout* rows);

    /// Splits, evaluations and classes that there are; what was chosen stays where it can.
    void list(const std::vector<record::Run>& runs);
    void setFitted(bool fitted);
    /// The player waits for the page.
    void setBusy(bool busy);

    /// Adds what is chosen for the diagrams: all of a request but its runs and its temperature.
    void addTo(figure::FigureRequest& request) const;
    /// Makes the request one for the curve that is chosen.
    void addCurveTo(figure::FigureRequest& request) const;
    /// nullopt: the numbers of the diagrams.
    [[nodiscard]] std::optional<CalibrationDetails::View> details() const;

Q_SIGNALS:
    /// Runs have to be made ready anew.
    void choiceChanged();
    void fittedChanged();
    void diagramsChanged();
    void curveChanged();
    void detailsChanged();

private:
    void listBinnings();
    void listSplits(const std::vector<record::Run>& runs);
    void listEpochs(const std::vector<record::Run>& runs);
    void listClasses(const std::vector<record::Run>& runs);
    /// Whiskers that the bins can have.
    void fitIntervals();

    QComboBox* m_mode;
    QComboBox* m_fitOn;
    QComboBox* m_split;
    QComboBox* m_epoch;
    EpochPlayer* m_player;
    QSpinBox* m_bins;
    QComboBox* m_binning;
    QComboBox* m_class;
    QComboBox* m_intervals;
    QComboBox* m_curve;
    QComboBox* m_details;
};

} // namespace finescope::widgets
