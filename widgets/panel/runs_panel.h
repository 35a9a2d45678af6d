#pragma once

#include "widgets/model/run_tree_model.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QStackedLayout;
class QTreeView;

namespace finescope::widgets {

class RunFilter;

/// The open runs: a tree with check boxes, a filter over it and the buttons that open more. Rows in, intent
/// out.
class RunsPanel : public QWidget {
    Q_OBJECT

public:
    explicit RunsPanel(QWidget* parent = nullptr);

    void setRuns(const std::vector<RunRow>& rows);
    void setTheme(const FigureTheme& theme) { m_model->setTheme(theme); }
    void focusFilter();

Q_SIGNALS:
    void checkRequested(const QStringList& keys, bool checked);
    void closeRequested(const QStringList& keys);
    void openFilesRequested();
    void openFolderRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void showMenu(QPoint position);
    void showListOrSentence();
    void expandNew(const QModelIndex& parent, int first, int last);
    [[nodiscard]] QStringList selectedKeys() const;

    RunTreeModel* m_model;
    RunFilter* m_filter;
    QLineEdit* m_filterEdit;
    QTreeView* m_view;
    QLabel* m_empty;
    QStackedLayout* m_stack;
};

} // namespace finescope::widgets
