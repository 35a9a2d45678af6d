#pragma once

#include "app/window/command/open_failures.h"
#include "app/window/jobs/analysis_worker.h"
#include "app/window/jobs/job_queue.h"
#include "app/window/jobs/kernel_jobs.h"
#include "app/window/jobs/prediction_imports.h"
#include "app/window/runs/session.h"
#include "app/window/runs/settings.h"
#include "app/window/window/window_actions.h"
#include "app/window/window/window_layout.h"
#include "widgets/dialog/prompts.h"

#include <QMainWindow>
#include <QPalette>

#include <vector>

class QSplitter;
class QStackedWidget;

namespace finescope::widgets {
class JobsPanel;
class Page;
class PageTabs;
class RunsPanel;
} // namespace finescope::widgets

namespace finescope::window {

/// What the window stands on; whoever makes the window owns it and outlives it.
struct Surroundings {
    Settings& settings;
    widgets::Prompts& prompts;
    QString engine;     ///< the program that computes
    QString demo;       ///< folder of the demo study, "" if there is none
    QString dataFolder; ///< where results go unless the person says otherwise
    int pollMs = Session::kPollMs;
    std::vector<std::string> probe = {}; ///< what looks at run files first (RunFollower)
};

/// The main window: wires session, worker, jobs, panels, pages and dialogs. It decides nothing about runs or
/// figures.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(const Surroundings& surroundings);
    ~MainWindow() override;

    /// Opens run files and folders, and files of predictions by importing them.
    void open(const QStringList& paths);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void addPage(widgets::Page* page);
    void arrange();
    void connectActions();
    void connectSession();
    void connectJobs();
    void showPage(int index);
    [[nodiscard]] widgets::Page* currentPage() const;
    void updateFigureActions();
    /// Beside the files that were not opened before it.
    void sayNotOpened(const QString& path, const QString& message);

    void openFiles();
    void openFolder();
    void openDemo();
    void runDemo();
    void newRun();
    void exportFigure();
    void listRecent();

    void applyTheme();
    void showRememberedPage();
    [[nodiscard]] WindowLayout layoutParts() { return {*this, *m_columns, *m_rows}; }

    Surroundings m_around;
    QPalette m_systemPalette;
    Session m_session;
    AnalysisWorker m_worker;
    AnalysisWorker m_longWorker; ///< of work that would keep the other pages waiting
    JobQueue m_jobs;
    KernelJobs m_kernelJobs;
    PredictionImports m_imports;
    OpenFailures m_openFailures;
    WindowActions m_actions;
    widgets::RunsPanel* m_runs;
    widgets::JobsPanel* m_jobsPanel;
    widgets::PageTabs* m_tabs;
    QStackedWidget* m_pageStack;
    QStackedWidget* m_optionStack;
    QWidget* m_optionPanel;
    QSplitter* m_columns;
    QSplitter* m_rows;
    std::vector<widgets::Page*> m_pages;
};

} // namespace finescope::window
