#include "widgets/plot/scene/figure_plot.h"

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

FigurePlot::FigurePlot(const PaintStyle& style, QWidget* parent) : QCustomPlot(parent) {
    setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    setAutoAddPlottableToLegend(false);
    setInteractions({});
    plotLayout()->clear();
    setPaintStyle(style);
    connect(this, &QCustomPlot::afterReplot, this, [this] { m_drawn = !m_figure.panels.empty(); });
}

FigurePlot::~FigurePlot() {
    m_panels.clear();
} // before QCustomPlot takes their axes away

void FigurePlot::setPaintStyle(const PaintStyle& style) {
    m_style = style;
    setBackground(QBrush(style.theme.background));
    for (const auto& panel : m_panels) {
        panel->restyle();
    }
    m_layoutStale = true;
}

bool FigurePlot::setFigure(const figure::Figure& figure) {
    const bool inPlace = m_layout && figure.kind == m_figure.kind &&
                         figure.panels.size() == m_figure.panels.size() && figure.columns == m_figure.columns;
    m_figure = figure;
    if (!inPlace) {
        m_panels.clear();
        m_hidden.clear();
        plotLayout()->clear();
        m_layout = new FigureLayout(m_style, m_hidden);
        plotLayout()->addElement(0, 0, m_layout);
        m_layout->setLayer(QStringLiteral("main"));
        const int margin =
            m_style.paper ? static_cast<int>(kUnitsPerPoint) : static_cast<int>(m_style.gap) / 2;
        m_layout->setMargins({margin, margin, margin, margin});
        std::vector<QCPAxisRect*> rects;
        for (std::size_t i = 0; i < figure.panels.size(); ++i) {
            rects.push_back(new QCPAxisRect(this));
        }
        m_layout->adopt(rects);
        for (QCPAxisRect* rect : rects) {
            m_panels.push_back(std::make_unique<PanelItem>(rect, m_style, m_hidden));
        }
        m_layoutStale = true;
    }
    for (std::size_t i = 0; i < m_panels.size(); ++i) {
        m_panels[i]->setPanel(m_figure.panels[i]);
    }
    for (const auto& panel : m_panels) {
        const PanelItem* map = mapOf(*panel);
        if (map && panel->hasOwnColours() && !map->hasOwnColours()) {
            panel->forgetColours();
        }
    }
    m_layout->setFigure(m_figure);
    return inPlace;
}

void FigurePlot::updateLayout() {
    // Ticks and broken labels are chosen for the size of the last layout, and margins follow from them:
    // settle when the size changes. Labels of one axis that break make the other axis of a square panel
    // shorter.
    if (m_layout && (m_layoutStale || viewport().size() != m_layoutSize)) {
        m_layout->forgetHeaderHeights();
        m_layoutStale = false;
        m_layoutSize = viewport().size();
        for (int pass = 0; pass < 3; ++pass) {
            QCustomPlot::updateLayout();
            for (const auto& panel : m_panels) {
                panel->fitToRoom();
                panel->forgetLegendPlace();
            }
        }
    }
    QCustomPlot::updateLayout();
}

void FigurePlot::paintEvent(QPaintEvent* event) {
    QCustomPlot::paintEvent(event);
    if (m_drawn) {
        Q_EMIT painted();
    }
}

PanelItem* FigurePlot::panelAt(QPointF position) const {
    const auto found = std::ranges::find_if(
        m_panels, [&](const auto& panel) { return panel->axisRect()->rect().contains(position.toPoint()); });
    return found == m_panels.end() ? nullptr : found->get();
}

std::vector<PanelItem*> FigurePlot::linked(const PanelItem* panel) const {
    std::vector<PanelItem*> same;
    const auto columns = static_cast<std::size_t>(std::max(1, m_figure.columns));
    std::size_t own = 0;
    while (own < m_panels.size() && m_panels[own].get() != panel) {
        ++own;
    }
    for (std::size_t i = 0; i < m_panels.size(); ++i) {
        const bool column = m_figure.sharedColumns && i % columns == own % columns;
        if (i == own || column) {
            same.push_back(m_panels[i].get());
        }
    }
    return same;
}

PanelItem* FigurePlot::mapOf(const PanelItem& scale) const {
    const auto own = static_cast<std::size_t>(
        std::ranges::find(m_panels, &scale, &std::unique_ptr<PanelItem>::get) - m_panels.begin());
    const auto columns = static_cast<std::size_t>(std::max(1, m_figure.columns));
    return scale.isColourScale() && own >= columns && own < m_panels.size() ? m_panels[own - columns].get()
                                                                            : nullptr;
}

void FigurePlot::goHome() {
    for (const auto& panel : m_panels) {
        panel->goHome();
    }
}

figure::Figure FigurePlot::shownFigure() const {
    figure::Figure shown = m_figure;
    const auto isHidden = [&](const auto& mark) { return m_hidden.contains(mark.name); };
    for (std::size_t i = 0; i < m_panels.size(); ++i) {
        figure::Panel& panel = shown.panels[i];
        m_panels[i]->writeView(panel);
        std::erase_if(panel.curves, isHidden);
        std::erase_if(panel.bands, isHidden);
        std::erase_if(panel.bars, isHidden);
        std::erase_if(panel.scatters, isHidden);
    }
    return shown;
}

QString FigurePlot::legendEntryAt(QPointF position) const {
    for (const auto& panel : m_panels) {
        const QString name = panel->legendEntryAt(position);
        if (!name.isEmpty()) {
            return name;
        }
    }
    return m_layout ? m_layout->legendEntryAt(position) : QString();
}

void FigurePlot::toggleHidden(const QString& name) {
    const std::string key = name.toStdString();
    if (m_hidden.erase(key) == 0) {
        m_hidden.insert(key);
    }
}

double FigurePlot::suitableHeight(int width) {
    constexpr int kPasses = 3; // axis margins follow from ticks, ticks from heights
    int height = width;
    for (int pass = 0; pass < kPasses; ++pass) {
        setViewport(QRect(0, 0, width, height));
        updateLayout();
        height = static_cast<int>(std::lround(m_layout->suitableHeight()));
    }
    return height;
}

void FigurePlot::paintOn(QCPPainter& painter, QSize size) {
    toPainter(&painter, size.width(), size.height());
}

} // namespace finescope::widgets
