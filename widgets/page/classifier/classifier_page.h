#pragma once

#include "core/figure/classifier/classifier_figures.h"
#include "core/figure/classifier/classifier_rows.h"
#include "widgets/page/common/run_results.h"
#include "widgets/page/page.h"

#include <string>

class QCheckBox;
class QComboBox;
class QLabel;

namespace finescope::widgets {

class NoteHeading;
class NumbersTable;
class PlotView;

/// The rows of the classifier, one for each class: norms, angles and the derivative of the loss by each norm
/// over training, and what became of them. Snapshots and logits are read in the background, once each.
class ClassifierPage : public Page {
    Q_OBJECT

public:
    explicit ClassifierPage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<PageFigure> exportedFigure() const override;
    void copyFigure() const override;
    void resetView() override;

protected:
    void refresh() override;

private:
    enum View { normsView, anglesView, derivativeView, rowsView };

    void makeOptions();
    void enableOptions();
    void finish(const std::optional<Failure>& failure);
    void draw();
    void sayProbes();
    [[nodiscard]] View view() const;
    [[nodiscard]] std::string split() const;
    [[nodiscard]] figure::ClassifierCurveOptions curveOptions() const;
    [[nodiscard]] figure::ClassifierRowsOptions rowsOptions() const;
    [[nodiscard]] figure::FigureRequest requestNow() const;
    /// Of the split that is chosen.
    void askDerivatives();

    RunEntries<figure::ClassifierEntry> m_rows;
    RunEntries<figure::NormDerivativeEntry> m_derivatives;
    NoteHeading* m_heading;
    PlotView* m_plot;
    QLabel* m_probe; ///< what linear probing chose
    NumbersTable* m_table;
    QComboBox* m_view;
    QComboBox* m_class;
    QComboBox* m_split;
    QComboBox* m_xAxis;
    QComboBox* m_origin;
    QCheckBox* m_logarithmic;
    QComboBox* m_grouping;
    QComboBox* m_spread;
    std::optional<figure::FigureRequest> m_shown; ///< what makes the figure that is shown
};

} // namespace finescope::widgets
