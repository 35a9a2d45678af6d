#include "widgets/panel/runs_panel.h"

#include "widgets/control/icon.h"
#include "widgets/model/run_filter.h"
#include "widgets/model/sample_icon.h"
#include "widgets/panel/heading.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

namespace finescope::widgets {

RunsPanel::RunsPanel(QWidget* parent)
    : QWidget(parent), m_model(new RunTreeModel(this)), m_filter(new RunFilter(this)),
      m_filterEdit(new QLineEdit(this)), m_view(new QTreeView(this)), m_empty(new QLabel(this)),
      m_stack(new QStackedLayout) {
    setObjectName(QStringLiteral("runsPanel"));
    m_filter->setSourceModel(m_model);
    connect(m_model, &RunTreeModel::checkRequested, this, &RunsPanel::checkRequested);

    m_filterEdit->setObjectName(QStringLiteral("runFilter"));
    m_filterEdit->setPlaceholderText(tr("Filter"));
    m_filterEdit->setAccessibleName(tr("Filter runs"));
    m_filterEdit->setToolTip(
        tr("Show runs whose task, method, model, name or seed contain these words (Ctrl+F)"));
    m_filterEdit->setClearButtonEnabled(true);
    m_filterEdit->addAction(themedIcon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    connect(m_filterEdit, &QLineEdit::textChanged, m_filter, [this](const QString& text) {
        m_filter->setWords(text);
        m_view->expandAll();
        showListOrSentence();
    });

    m_view->setObjectName(QStringLiteral("runTree"));
    m_view->setAccessibleName(tr("Runs"));
    m_view->setModel(m_filter);
    m_view->setHeaderHidden(true);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setUniformRowHeights(true);
    m_view->setIconSize(QSize(kSampleWidth, kBadgeSize));
    m_view->setIndentation(16);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setTextElideMode(Qt::ElideRight);
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(RunTreeModel::nameColumn, QHeaderView::Stretch);
    m_view->header()->setSectionResizeMode(RunTreeModel::stateColumn, QHeaderView::ResizeToContents);
    connect(m_view, &QWidget::customContextMenuRequested, this, &RunsPanel::showMenu);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &RunsPanel::expandNew);

    m_empty->setObjectName(QStringLiteral("runsEmpty"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setContentsMargins(24, 24, 24, 24);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_view);

    auto* files = new QPushButton(themedIcon(QStringLiteral("open")), tr("Open files…"), this);
    files->setObjectName(QStringLiteral("panelOpenFiles"));
    connect(files, &QPushButton::clicked, this, &RunsPanel::openFilesRequested);
    auto* folder = new QPushButton(themedIcon(QStringLiteral("add-folder")), tr("Open folder…"), this);
    folder->setObjectName(QStringLiteral("panelOpenFolder"));
    connect(folder, &QPushButton::clicked, this, &RunsPanel::openFolderRequested);

    auto* top = new QHBoxLayout;
    top->setContentsMargins(16, 8, 8, 8);
    top->setSpacing(16);
    top->addWidget(makeHeading(tr("Runs"), this));
    top->addWidget(m_filterEdit, 1);
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(8, 8, 8, 8);
    bottom->setSpacing(8);
    bottom->addWidget(files, 1);
    bottom->addWidget(folder, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addLayout(m_stack, 1);
    layout->addLayout(bottom);
    showListOrSentence();
}

void RunsPanel::setRuns(const std::vector<RunRow>& rows) {
    m_model->setRuns(rows);
    showListOrSentence();
}

void RunsPanel::showListOrSentence() {
    m_empty->setText(m_model->rowCount() == 0
                         ? tr("No runs are open. Drop run files or folders here.")
                         : tr("No run contains these words. Press Esc to clear the filter."));
    m_stack->setCurrentIndex(m_filter->rowCount() == 0 ? 0 : 1);
}

void RunsPanel::focusFilter() {
    m_filterEdit->setFocus(Qt::ShortcutFocusReason);
    m_filterEdit->selectAll();
}

void RunsPanel::expandNew(const QModelIndex& parent, int first, int last) {
    m_view->expand(parent);
    for (int row = first; row <= last; ++row) {
        m_view->expandRecursively(m_filter->index(row, 0, parent));
    }
}

QStringList RunsPanel::selectedKeys() const {
    QStringList keys;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) {
        keys += m_model->keysBelow(m_filter->mapToSource(index));
    }
    keys.removeDuplicates();
    return keys;
}

void RunsPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete && m_view->hasFocus()) {
        Q_EMIT closeRequested(selectedKeys());
        return;
    }
    if (event->key() == Qt::Key_Escape && !m_filterEdit->text().isEmpty()) {
        m_filterEdit->clear();
        return;
    }
    QWidget::keyPressEvent(event);
}

void RunsPanel::showMenu(QPoint position) {
    const QStringList keys = selectedKeys();
    const QStringList all = m_model->keysBelow({});
    QStringList others = all;
    others.removeIf([&keys](const QString& key) { return keys.contains(key); });
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Check only these"), this,
                    [this, keys, others] {
                        Q_EMIT checkRequested(others, false);
                        Q_EMIT checkRequested(keys, true);
                    })
        ->setEnabled(!keys.isEmpty());
    menu->addAction(tr("Check all"), this, [this, all] { Q_EMIT checkRequested(all, true); });
    menu->addAction(tr("Uncheck all"), this, [this, all] { Q_EMIT checkRequested(all, false); });
    menu->addSeparator();
    menu->addAction(tr("Close"), this, [this, keys] { Q_EMIT closeRequested(keys); })
        ->setEnabled(!keys.isEmpty());
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

} // namespace finescope::widgets
