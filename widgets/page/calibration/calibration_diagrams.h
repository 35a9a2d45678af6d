#pragma once

#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/figure_request.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/diagram_area.h"
#include "widgets/page/common/shown_run.h"

#include <functional>
#include <vector>

namespace finescope::widgets {

class PlotView;

/// What reliability diagrams are asked to show.
struct DiagramsQuestion {
    std::vector<ShownRun> runs{};
    figure::FigureRequest request{};
};

/// How good the numbers have to be.
enum class Numbers {
    quick, ///< under the slider: SliderTable's, without intervals that take thousands of draws
    exact, ///< as core/analysis defines them
};

/// The reliability diagrams of the Calibration page, side by side. What SliderTable gives is shown at once;
/// other bins, one class and drawn intervals are computed in the background, the newest question first.
class CalibrationDiagrams : public DiagramArea {
    Q_OBJECT

public:
    explicit CalibrationDiagrams(Background& background, QWidget* parent = nullptr);

    /// Of at least one run.
    void show(DiagramsQuestion question, Numbers numbers);
    /// Forgets what it was asked.
    void clear();
    /// Lays out anew where the rows of diagrams and their numbers are others, as after a change of size.
    void fitColumns();

    /// The plot itself, for focus, themes and the clipboard.
    [[nodiscard]] PlotView& plot() const { return *m_plot; }
    /// What the diagrams show now, with quick or exact numbers.
    [[nodiscard]] const figure::FigureRequest& request() const { return m_question.request; }
    /// What is shown. With exact numbers, computed now if they are still on their way.
    [[nodiscard]] std::vector<figure::ReliabilityEntry> exactEntries() const;
    [[nodiscard]] std::function<figure::Figure(double widthMm)> exactFigure() const;

Q_SIGNALS:
    /// The diagrams show these, with what makes them say less than they seem to.
    void shown(const std::vector<figure::ReliabilityEntry>& entries, const QStringList& cautions);
    /// Of what was asked last.
    void failed(const QString& message);

private:
    [[nodiscard]] int columns() const;
    /// Pixels of a column whose numbers stay in one line.
    [[nodiscard]] int neededFor(const QString& numbers) const;
    [[nodiscard]] figure::ReliabilityOptions options() const;
    void draw(std::vector<figure::ReliabilityEntry> entries);

    Background& m_background;
    PlotView* m_plot;
    DiagramsQuestion m_question;
    std::vector<figure::ReliabilityEntry> m_entries; ///< on the screen
    bool m_exact = false;                            ///< they are
    int m_columns = 0, m_rows = 0;                   ///< they are laid out in
    int m_lines = 0;                                 ///< of numbers above each
};

} // namespace finescope::widgets
