#pragma once

#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/record/run.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QGraphicsOpacityEffect;
class QStackedLayout;
class QVBoxLayout;

namespace finescope::widgets {

class EmptyState;
class MessageBar;
class PlotView;

/// The checked runs in the order of legends, shared with whoever computes from them.
using RunSet = std::shared_ptr<const std::vector<record::Run>>;

/// A figure for export, and the request that makes it again, which is embedded in every exported file.
struct PageFigure {
    std::function<figure::Figure(double widthMm)> figure; ///< as it is laid out at this width
    figure::FigureRequest request;                        ///< but its sizes
    std::string created;                                  ///< date of the data, ISO 8601
};

/// One view of the checked runs. Runs come in, Figures are shown, intent goes out as signals. A page builds
/// nothing while it is hidden: it catches up when it is shown.
class Page : public QWidget {
    Q_OBJECT

public:
    ~Page() override;

    [[nodiscard]] QString title() const { return m_title; }
    /// What stands to the right of the page; owned by whoever shows it.
    [[nodiscard]] QWidget* options() const { return m_options; }

    void setRuns(const RunSet& runs);
    /// Whether runs are open of which none is checked: what an empty page offers.
    void setNoneChecked(bool noneChecked);
    void setTheme(const FigureTheme& theme);
    /// Gives the keyboard to what the page is about: its plot, or the first button while it is empty.
    void takeFocus();
    void showError(const QString& message, const QString& details);

    /// What the controls ask to show of the runs: the one place that reads them for what is shown.
    [[nodiscard]] virtual figure::FigureRequest request() const = 0;

    /// What "Export figure" writes, as it is zoomed now, with the request that it was drawn for; nullopt
    /// while there is nothing to show.
    [[nodiscard]] virtual std::optional<PageFigure> exportedFigure() const;
    /// Puts the figure on the clipboard.
    virtual void copyFigure() const;
    /// Back to the whole range of the data.
    virtual void resetView();

Q_SIGNALS:
    void demoRequested();
    void openRequested();
    void showAllRequested();
    void exportRequested();
    /// What exportedFigure() gives may have changed.
    void contentChanged();

protected:
    /// `emptySentence` says what will be here.
    Page(const QString& title, const QString& emptySentence, QWidget* parent);

    [[nodiscard]] const std::vector<record::Run>& runs() const { return *m_runs; }
    [[nodiscard]] const RunSet& runSet() const { return m_runs; }
    [[nodiscard]] const FigureTheme& theme() const { return m_theme; }
    /// Where the page's own widgets go, and where its options go.
    [[nodiscard]] QVBoxLayout* content() const { return m_content; }
    [[nodiscard]] QVBoxLayout* optionRows() const { return m_optionRows; }
    /// The plot that the page is about: it gets the keyboard when the page does, and is what is exported,
    /// copied and reset. To be set in the constructor.
    void setPlot(PlotView* plot);
    [[nodiscard]] PlotView* plot() const { return m_plot; }
    /// Says which request the plot shows now; nullopt: nothing that could be exported.
    void setDrawn(std::optional<figure::FigureRequest> request);
    [[nodiscard]] const std::optional<figure::FigureRequest>& drawn() const { return m_drawn; }
    /// Shows this sentence instead of the content, for runs that have nothing to show here; "" shows the
    /// content again.
    void sayInstead(const QString& sentence);
    /// The notes of a figure as one text: conventions, statistics, what is left out.
    [[nodiscard]] static QString notesOf(const figure::Figure& figure);
    /// Whether every panel has words instead of data.
    [[nodiscard]] static bool showsNothing(const figure::Figure& figure);
    /// Dims what is shown while its successor is on the way.
    void setLoading(bool loading);
    /// A figure for export whose data are those of the request's files.
    [[nodiscard]] PageFigure pageFigure(std::function<figure::Figure(double widthMm)> figure,
                                        figure::FigureRequest request) const;
    /// A request of this kind for the runs shown.
    [[nodiscard]] figure::FigureRequest requestOf(const std::string& kind) const;

    /// Shows what the runs hold now: called when runs or theme changed and the page is visible, and by the
    /// page itself when an option changed.
    virtual void refresh() = 0;
    void showEvent(QShowEvent* event) override;
    /// refresh(), now if visible, else when shown.
    void refreshWhenVisible();

private:
    void showContentOrSentence();

    QString m_title;
    QString m_emptySentence; ///< while no run is open
    QString m_instead;       ///< while the runs that are checked have nothing to show
    bool m_noneChecked = false;
    QWidget* m_options;
    RunSet m_runs;
    FigureTheme m_theme;
    MessageBar* m_error;
    EmptyState* m_empty;
    QStackedLayout* m_stack;
    PlotView* m_plot = nullptr;
    std::optional<figure::FigureRequest> m_drawn; ///< what the plot shows
    QVBoxLayout* m_content;
    QVBoxLayout* m_optionRows;
    QGraphicsOpacityEffect* m_dimmed;
    QTimer m_dimSoon;
    bool m_stale = true;
};

} // namespace finescope::widgets
