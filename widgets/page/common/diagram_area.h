#pragma once

#include <QScrollArea>

namespace finescope::widgets {

class PlotView;

/// Shows diagrams as large as the width allows and no higher than they need: one row of them takes the height
/// it can fill and leaves the rest to its neighbours, several rows scroll.
class DiagramArea : public QScrollArea {
    Q_OBJECT

public:
    /// `view` becomes the content.
    explicit DiagramArea(PlotView* view, QWidget* parent = nullptr);

    /// After the figure changed its number of diagrams, or what stands above them. `rows` of diagrams, from
    /// 1.
    void fit(int rows);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    PlotView* m_view;
    int m_rows = 1;
};

} // namespace finescope::widgets
