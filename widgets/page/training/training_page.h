#pragma once

#include "widgets/page/page.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;

namespace finescope::widgets {

/// Loss, accuracy and the norms of the classifier over training: linear probing, then fine-tuning, on one
/// axis.
class TrainingPage : public Page {
    Q_OBJECT

public:
    explicit TrainingPage(QWidget* parent = nullptr);

    [[nodiscard]] figure::FigureRequest request() const override;

protected:
    void refresh() override;

private:
    void enableOptions(const figure::FigureRequest& request);

    QLabel* m_notes; ///< of the figure: what lines are, what is not finite, which runs were resumed
    QComboBox* m_quantity;
    QComboBox* m_xAxis;
    QComboBox* m_origin;
    QComboBox* m_grouping;
    QComboBox* m_spread;
    QCheckBox* m_logX;
    QCheckBox* m_logY;
    QCheckBox* m_accuracy;
    QDoubleSpinBox* m_smoothing;
};

} // namespace finescope::widgets
