#include "widgets/page/page.h"

#include "core/figure/request/figure_kinds.h"
#include "widgets/page/empty_state.h"
#include "widgets/page/message_bar.h"
#include "widgets/panel/heading.h"
#include "widgets/plot/view/plot_view.h"

#include <QGraphicsOpacityEffect>
#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>
#include <utility>

namespace finescope::widgets {

namespace {

constexpr int kDimAfterMs = 150; // what is quicker than this would only flicker
constexpr double kDimmedOpacity = 0.4;

} // namespace

Page::Page(const QString& title, const QString& emptySentence, QWidget* parent)
    : QWidget(parent), m_title(title), m_emptySentence(emptySentence), m_options(new QWidget),
      m_runs(std::make_shared<const std::vector<record::Run>>()),
      m_theme(FigureTheme::load(QStringLiteral("light"))), m_error(new MessageBar(this)),
      m_empty(new EmptyState(this)), m_stack(new QStackedLayout), m_content(nullptr),
      m_optionRows(new QVBoxLayout(m_options)), m_dimmed(nullptr) {
    connect(m_empty, &EmptyState::demoRequested, this, &Page::demoRequested);
    connect(m_empty, &EmptyState::openRequested, this, &Page::openRequested);
    connect(m_empty, &EmptyState::showAllRequested, this, &Page::showAllRequested);
    auto* filled = new QWidget(this);
    m_content = new QVBoxLayout(filled);
    m_content->setContentsMargins(16, 16, 16, 16);
    m_content->setSpacing(8);
    m_dimmed = new QGraphicsOpacityEffect(filled);
    m_dimmed->setOpacity(kDimmedOpacity);
    m_dimmed->setEnabled(false);
    filled->setGraphicsEffect(m_dimmed);
    m_dimSoon.setSingleShot(true);
    m_dimSoon.setInterval(kDimAfterMs);
    connect(&m_dimSoon, &QTimer::timeout, this, [this] { m_dimmed->setEnabled(true); });
    m_stack->addWidget(m_empty);
    m_stack->addWidget(filled);
    m_optionRows->setContentsMargins(16, 8, 16, 16);
    m_optionRows->setSpacing(8);
    m_optionRows->addWidget(makeHeading(tr("Options"), m_options));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_error);
    layout->addLayout(m_stack, 1);
    showContentOrSentence();
}

Page::~Page() = default;

void Page::setRuns(const RunSet& runs) {
    m_runs = runs;
    showContentOrSentence();
    refreshWhenVisible();
}

void Page::setNoneChecked(bool noneChecked) {
    m_noneChecked = noneChecked;
    showContentOrSentence();
}

void Page::sayInstead(const QString& sentence) {
    m_instead = sentence;
    showContentOrSentence();
}

bool Page::showsNothing(const figure::Figure& figure) {
    return std::ranges::all_of(
        figure.panels, [](const figure::Panel& panel) { return panel.blank || !panel.emptyText.empty(); });
}

QString Page::notesOf(const figure::Figure& figure) {
    QStringList notes;
    for (const std::string& note : figure.notes) {
        notes.append(QString::fromStdString(note));
    }
    return notes.join(QLatin1Char(' '));
}

void Page::showContentOrSentence() {
    if (!m_runs->empty()) {
        m_empty->say(m_instead, EmptyState::Offer::open);
    } else if (m_noneChecked) {
        m_empty->say(tr("None of the open runs is checked. Check one in the list to see it here."),
                     EmptyState::Offer::check);
    } else {
        m_empty->say(m_emptySentence, EmptyState::Offer::open);
    }
    const bool focused = focusWidget() && focusWidget()->hasFocus();
    const int shown = m_runs->empty() || !m_instead.isEmpty() ? 0 : 1;
    const bool other = m_stack->currentIndex() != shown;
    m_stack->setCurrentIndex(shown);
    if (focused && other) {
        takeFocus(); // what had it is hidden now, and Qt gave it to whatever comes next
    }
}

void Page::setTheme(const FigureTheme& theme) {
    m_theme = theme;
    refreshWhenVisible();
}

void Page::takeFocus() {
    const bool content = m_stack->currentWidget() == m_content->parentWidget();
    (content && m_plot ? m_plot : m_stack->currentWidget())->setFocus();
}

void Page::setPlot(PlotView* plot) {
    m_plot = plot; // no focus proxy: with one, Tab would jump past the widgets in between
    connect(plot, &PlotView::exportRequested, this, &Page::exportRequested);
}

void Page::setDrawn(std::optional<figure::FigureRequest> request) {
    m_drawn = std::move(request);
    Q_EMIT contentChanged();
}

std::optional<PageFigure> Page::exportedFigure() const {
    if (!m_drawn) {
        return std::nullopt;
    }
    return pageFigure([figure = m_plot->shownFigure()](double) { return figure; }, *m_drawn);
}

void Page::copyFigure() const {
    m_plot->copyToClipboard();
}

void Page::resetView() {
    m_plot->resetView();
}

void Page::showError(const QString& message, const QString& details) {
    m_error->showMessage(message, details);
}

void Page::setLoading(bool loading) {
    if (!loading) {
        m_dimSoon.stop();
        m_dimmed->setEnabled(false);
    } else if (!m_dimmed->isEnabled() && !m_dimSoon.isActive()) {
        m_dimSoon.start();
    }
}

figure::FigureRequest Page::requestOf(const std::string& kind) const {
    figure::FigureRequest request{.kind = kind};
    for (const record::Run& run : *m_runs) {
        request.files.push_back(run.file.string());
    }
    return request;
}

PageFigure Page::pageFigure(std::function<figure::Figure(double widthMm)> figure,
                            figure::FigureRequest request) const {
    std::vector<record::Run> shown;
    std::ranges::copy_if(*m_runs, std::back_inserter(shown), [&](const record::Run& run) {
        return std::ranges::find(request.files, run.file.string()) != request.files.end();
    });
    return {std::move(figure), std::move(request), figure::dataDate(shown)};
}

void Page::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_stale) {
        refreshWhenVisible();
    }
}

void Page::refreshWhenVisible() {
    m_stale = !isVisible();
    if (!m_stale) {
        refresh();
    }
}

} // namespace finescope::widgets
