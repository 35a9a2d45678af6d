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

/// The rows of the classifier, one for each class: norms, angles and the derivative of the loss by each norm
/// over training, and what became of them. Snapshots and logits are read in the background, once each.
class ClassifierPage : public Page {
    Q_OBJECT

public:
    explicit ClassifierPage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] figure::FigureRequest request() const override;

protected:
    void refresh() override;

private:
    void makeOptions();
    void enableOptions(const figure::FigureRequest& request);
    void finish(const std::optional<Failure>& failure);
    /// Shows what was read. Returns the request that it shows.
    figure::FigureRequest draw();
    void sayProbes();
    /// Asks for the norm derivatives of the request's split.
    void askDerivatives(const figure::FigureRequest& request);

    RunEntries<figure::ClassifierEntry> m_rows;
    RunEntries<figure::NormDerivativeEntry> m_derivatives;
    NoteHeading* m_heading;
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
};

} // namespace finescope::widgets
