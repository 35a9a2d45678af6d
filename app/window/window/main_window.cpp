#include "app/window/window/main_window.h"

#include "app/window/command/help_text.h"
#include "app/window/jobs/demo_study.h"
#include "app/window/jobs/import_progress.h"
#include "app/window/runs/run_rows.h"
#include "app/window/window/palette.h"
#include "app/window/window/window_pages.h"
#include "widgets/control/page_tabs.h"
#include "widgets/dialog/export_dialog.h"
#include "widgets/dialog/new_run_dialog.h"
#include "widgets/page/calibration/calibration_page.h"
#include "widgets/page/kernel/kernel_page.h"
#include "widgets/panel/jobs_panel.h"
#include "widgets/panel/runs_panel.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDropEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace finescope::window {

using widgets::Page;
using widgets::Prompts;

namespace {

constexpr int kMessageMs = 6000;

} // namespace

MainWindow::MainWindow(const Surroundings& surroundings)
    : m_around(surroundings), m_systemPalette(QApplication::palette()),
      m_session(surroundings.pollMs, surroundings.probe),
      m_jobs(surroundings.engine, surroundings.settings.integer(Setting::parallelJobs)),
      m_kernelJobs(surroundings.engine, m_session, m_jobs, surroundings.prompts),
      m_imports(surroundings.engine, surroundings.settings, surroundings.dataFolder),
      m_actions(buildMenus(*menuBar())), m_runs(new widgets::RunsPanel), m_jobsPanel(new widgets::JobsPanel),
      m_tabs(new widgets::PageTabs), m_pageStack(new QStackedWidget), m_optionStack(new QStackedWidget),
      m_optionPanel(nullptr), m_columns(new QSplitter(Qt::Horizontal)), m_rows(new QSplitter(Qt::Vertical)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("finescope"));
    setAcceptDrops(true);
    arrange();
    const auto [pages, kernel, calibration] = makePages(m_worker, m_longWorker);
    for (Page* page : pages) {
        addPage(page);
    }
    connect(calibration, &widgets::CalibrationPage::temperatureChanged, &m_session, &Session::setTemperature);
    connect(m_tabs, &QTabBar::currentChanged, this, &MainWindow::showPage);
    connect(kernel, &widgets::KernelPage::computeRequested, this,
            [this](const QStringList& files) { m_kernelJobs.ask(files, this); });
    connectActions();
    connectSession();
    connectJobs();
    listRecent();
    applyTheme();
    restoreLayout(layoutParts(), m_around.settings);
    showRememberedPage();
    currentPage()->takeFocus(); // else the filter of the runs has it and swallows the keys of the pages
}

MainWindow::~MainWindow() = default;

void MainWindow::arrange() {
    auto* centre = new QWidget;
    auto* pages = new QVBoxLayout(centre);
    pages->setContentsMargins(0, 0, 0, 0);
    pages->setSpacing(0);
    pages->addWidget(m_tabs);
    pages->addWidget(m_pageStack, 1);
    auto* options = new QScrollArea;
    options->setObjectName(QStringLiteral("optionPanel"));
    options->setAccessibleName(tr("Page options"));
    options->setFrameShape(QFrame::NoFrame);
    options->setFocusPolicy(Qt::NoFocus);
    options->setWidgetResizable(true);
    options->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    options->setWidget(m_optionStack);
    m_optionPanel = options;
    for (QWidget* column : {static_cast<QWidget*>(m_runs), centre, m_optionPanel}) {
        m_columns->addWidget(column);
    }
    m_columns->setObjectName(QStringLiteral("columns"));
    m_columns->setStretchFactor(1, 1);
    m_columns->setChildrenCollapsible(false);
    m_columns->setHandleWidth(1);
    m_rows->setObjectName(QStringLiteral("rows"));
    m_rows->addWidget(m_columns);
    m_rows->addWidget(m_jobsPanel);
    m_rows->setStretchFactor(0, 1);
    m_rows->setChildrenCollapsible(false);
    m_rows->setHandleWidth(1);
    m_jobsPanel->hide();
    setCentralWidget(m_rows);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addPermanentWidget(new ImportProgress(m_imports, this));
}

void MainWindow::addPage(Page* page) {
    m_pages.push_back(page);
    m_pageStack->addWidget(page);
    m_optionStack->addWidget(page->options());
    m_tabs->addTab(page->title());
    m_tabs->updateGeometry(); // a hidden QTabBar keeps quiet about the height that its first tab gives it
    connect(page, &Page::demoRequested, this, &MainWindow::openDemo);
    connect(page, &Page::openRequested, this, &MainWindow::openFiles);
    connect(page, &Page::showAllRequested, this, [this] {
        QStringList all;
        for (const OpenRun& open : m_session.runs()) {
            all.append(open.path);
        }
        m_session.setChecked(all, true);
    });
    connect(page, &Page::exportRequested, this, &MainWindow::exportFigure);
    connect(page, &Page::contentChanged, this, &MainWindow::updateFigureActions);
}

Page* MainWindow::currentPage() const {
    return m_pages[static_cast<std::size_t>(m_tabs->currentIndex())];
}

void MainWindow::showPage(int index) {
    m_pageStack->setCurrentIndex(index);
    m_optionStack->setCurrentIndex(index);
    if (!m_tabs->hasFocus()) {
        currentPage()->takeFocus();
    }
    m_around.settings.set(Setting::currentPage, currentPage()->objectName());
    updateFigureActions();
}

void MainWindow::updateFigureActions() {
    const bool shown = !m_session.checkedRuns()->empty();
    for (QAction* action : {m_actions.exportFigure, m_actions.copyFigure, m_actions.resetView}) {
        action->setEnabled(shown);
    }
}

void MainWindow::connectActions() {
    connect(m_actions.openFiles, &QAction::triggered, this, &MainWindow::openFiles);
    connect(m_actions.openFolder, &QAction::triggered, this, &MainWindow::openFolder);
    connect(m_actions.openDemo, &QAction::triggered, this, &MainWindow::openDemo);
    connect(m_actions.quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions.copyFigure, &QAction::triggered, this, [this] { currentPage()->copyFigure(); });
    connect(m_actions.filterRuns, &QAction::triggered, m_runs, &widgets::RunsPanel::focusFilter);
    connect(m_actions.resetView, &QAction::triggered, this, [this] { currentPage()->resetView(); });
    connect(m_actions.resetLayout, &QAction::triggered, this, [this] {
        m_actions.showRuns->setChecked(true);
        m_actions.showOptions->setChecked(true);
        resetLayout(layoutParts());
    });
    connect(m_actions.newRun, &QAction::triggered, this, &MainWindow::newRun);
    connect(m_actions.runDemo, &QAction::triggered, this, &MainWindow::runDemo);
    connect(m_actions.computeKernel, &QAction::triggered, this, [this] { m_kernelJobs.ask({}, this); });
    connect(m_actions.cancelJobs, &QAction::triggered, &m_jobs, &JobQueue::cancelAll);
    connect(m_actions.exportFigure, &QAction::triggered, this, &MainWindow::exportFigure);
    connect(m_actions.keys, &QAction::triggered, this,
            [this] { showHelp(*this, tr("Keyboard Shortcuts"), keysText()); });
    connect(m_actions.about, &QAction::triggered, this,
            [this] { showHelp(*this, tr("About finescope"), aboutText()); });
    const std::pair<QAction*, QString> themes[] = {{m_actions.themeSystem, QStringLiteral("system")},
                                                   {m_actions.themeLight, QStringLiteral("light")},
                                                   {m_actions.themeDark, QStringLiteral("dark")}};
    for (const auto& [action, name] : themes) {
        action->setChecked(m_around.settings.text(Setting::theme) == name);
        connect(action, &QAction::triggered, this, [this, name = name] {
            m_around.settings.set(Setting::theme, name);
            applyTheme();
        });
    }
    const std::pair<QAction*, QWidget*> panels[] = {{m_actions.showRuns, m_runs},
                                                    {m_actions.showOptions, m_optionPanel},
                                                    {m_actions.showJobs, m_jobsPanel}};
    for (const auto& [action, panel] : panels) {
        action->setChecked(panel != m_jobsPanel);
        connect(action, &QAction::toggled, panel, &QWidget::setVisible);
    }
    for (int i = 0; i < m_tabs->count(); ++i) {
        auto* action = m_actions.view->addAction(m_pages[static_cast<std::size_t>(i)]->title());
        action->setShortcut(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + i));
        connect(action, &QAction::triggered, this, [this, i] {
            m_tabs->setCurrentIndex(i);
            currentPage()->takeFocus();
        });
    }
    for (auto* field : findChildren<QLineEdit*>()) { // of spin boxes too
        field->installEventFilter(this);
    }
    m_actions.openDemo->setEnabled(!demoRuns(m_around.demo).isEmpty());
    m_actions.runDemo->setEnabled(!m_around.demo.isEmpty());
}

void MainWindow::connectSession() {
    connect(&m_session, &Session::runsChanged, this, [this] {
        const auto& runs = m_session.runs();
        m_runs->setRuns(runRows(m_session));
        const bool noneChecked = !runs.empty() && std::ranges::none_of(runs, &OpenRun::checked);
        for (Page* page : m_pages) {
            page->setNoneChecked(noneChecked);
        }
    });
    connect(&m_session, &Session::checkedRunsChanged, this, [this] {
        const auto runs = m_session.checkedRuns();
        for (Page* page : m_pages) {
            page->setRuns(runs);
        }
        if (const QString copies = copiesText(m_session); !copies.isEmpty()) {
            statusBar()->showMessage(copies);
        }
        updateFigureActions();
    });
    connect(&m_session, &Session::openFailed, this, &MainWindow::sayNotOpened);
    connect(&m_session, &Session::folderOpened, this, [this](const QString& path, int found) {
        statusBar()->showMessage(folderText(path, found, m_session.runs()));
    });
    connect(m_runs, &widgets::RunsPanel::checkRequested, &m_session, &Session::setChecked);
    connect(m_runs, &widgets::RunsPanel::checkRequested, statusBar(), &QStatusBar::clearMessage);
    connect(m_runs, &widgets::RunsPanel::openFilesRequested, this, &MainWindow::openFiles);
    connect(m_runs, &widgets::RunsPanel::openFolderRequested, this, &MainWindow::openFolder);
    connect(m_runs, &widgets::RunsPanel::closeRequested, this, [this](const QStringList& keys) {
        for (const QString& key : keys) {
            m_session.close(key);
        }
    });
}

void MainWindow::connectJobs() {
    connect(&m_jobs, &JobQueue::jobsChanged, this, [this] {
        const auto jobs = m_jobs.jobs();
        m_jobsPanel->setJobs(jobs);
        m_actions.showJobs->setChecked(!jobs.empty());
        m_actions.cancelJobs->setEnabled(m_jobs.busy());
    });
    connect(&m_jobs, &JobQueue::started, &m_session, &Session::await);
    connect(&m_jobs, &JobQueue::failed, this,
            [this](const QString& title, const QString& message, const QString& output) {
                const QString failed = QFileInfo::exists(output)
                                           ? tr("%1 failed. Everything recorded so far is kept.")
                                           : tr("%1 failed.");
                currentPage()->showError(failed.arg(title), message);
            });
    const auto say = [this](const QString& message) { currentPage()->showError(message, {}); };
    connect(&m_kernelJobs, &KernelJobs::refused, this, say);
    connect(&m_imports, &PredictionImports::failed, this, &MainWindow::sayNotOpened);
    connect(&m_imports, &PredictionImports::imported, this,
            [this](const QString& file, const QString& notes) {
                m_session.open({file});
                statusBar()->showMessage(notes);
            });
    connect(m_jobsPanel, &widgets::JobsPanel::pauseRequested, &m_jobs, &JobQueue::pause);
    connect(m_jobsPanel, &widgets::JobsPanel::resumeRequested, &m_jobs, &JobQueue::resume);
    connect(m_jobsPanel, &widgets::JobsPanel::cancelRequested, &m_jobs, &JobQueue::cancel);
    connect(m_jobsPanel, &widgets::JobsPanel::dismissRequested, &m_jobs, &JobQueue::dismiss);
    m_actions.cancelJobs->setEnabled(false);
}

void MainWindow::open(const QStringList& paths) {
    m_openFailures.clear();
    m_session.open(m_imports.take(paths));
    m_around.settings.rememberFiles(paths);
    listRecent();
}

void MainWindow::openFiles() {
    const QStringList files = m_around.prompts.openFiles(
        this, tr("Open Run Files"), m_around.settings.text(Setting::openFolder),
        tr("Run files and predictions (*.h5 %1);;All files (*)").arg(PredictionImports::patterns()));
    if (!files.isEmpty()) {
        m_around.settings.set(Setting::openFolder, QFileInfo(files.front()).absolutePath());
        open(files);
    }
}

void MainWindow::openFolder() {
    const QString folder =
        m_around.prompts.openFolder(this, tr("Open Folder"), m_around.settings.text(Setting::openFolder));
    if (!folder.isEmpty()) {
        m_around.settings.set(Setting::openFolder, folder);
        open({folder});
    }
}

void MainWindow::openDemo() {
    const QString runs = demoRuns(m_around.demo);
    if (runs.isEmpty()) {
        currentPage()->showError(
            tr("The recorded runs of the demo study are not installed. Install them, or open run "
               "files of your own."),
            m_around.demo);
        return;
    }
    m_session.open({runs});
}

void MainWindow::runDemo() {
    const QString parent =
        m_around.prompts.openFolder(this, tr("Folder for the Demo's Runs"), m_around.dataFolder);
    if (parent.isEmpty()) {
        return;
    }
    const QString folder = makeDemoFolder(parent);
    if (folder.isEmpty()) {
        currentPage()->showError(tr("Cannot create a folder in %1. Choose another location.").arg(parent),
                                 {});
        return;
    }
    for (const JobRequest& job : demoJobs(m_around.demo, folder)) {
        m_jobs.add(job);
    }
}

void MainWindow::newRun() {
    const QString folder = m_around.settings.text(Setting::outputFolder);
    auto* dialog = new widgets::NewRunDialog(
        {.model = m_around.settings.text(Setting::modelFolder),
         .data = m_around.settings.text(Setting::dataFolder),
         .output = QDir(folder.isEmpty() ? m_around.dataFolder : folder).filePath(QStringLiteral("run.h5"))},
        m_around.prompts, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &widgets::NewRunDialog::startRequested, this, [this](const widgets::NewRun& run) {
        m_around.settings.set(Setting::modelFolder, run.model);
        m_around.settings.set(Setting::dataFolder, run.data);
        m_around.settings.set(Setting::outputFolder, QFileInfo(run.output).path());
        m_jobs.add({.title = run.title(), .arguments = run.arguments(), .output = run.output});
    });
    dialog->open();
}

void MainWindow::exportFigure() {
    auto figure = currentPage()->exportedFigure();
    if (!figure) {
        return;
    }
    auto* dialog =
        new widgets::ExportDialog(std::move(*figure),
                                  {.preset = m_around.settings.text(Setting::exportPreset),
                                   .widthMm = m_around.settings.number(Setting::exportWidthMm),
                                   .fontPt = m_around.settings.number(Setting::exportFontPt)},
                                  m_around.settings.text(Setting::exportFolder), m_around.prompts, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &widgets::ExportDialog::exported, this, [this, dialog](const QString& path) {
        const widgets::ExportSize size = dialog->exportSize();
        m_around.settings.set(Setting::exportPreset, size.preset);
        m_around.settings.set(Setting::exportWidthMm, size.widthMm);
        m_around.settings.set(Setting::exportFontPt, size.fontPt);
        m_around.settings.set(Setting::exportFolder, QFileInfo(path).absolutePath());
        statusBar()->showMessage(tr("Saved: %1").arg(path), kMessageMs);
    });
    dialog->open();
}

void MainWindow::listRecent() {
    m_actions.recent->clear();
    for (const QString& path : m_around.settings.texts(Setting::recentFiles)) {
        m_actions.recent->addAction(QDir::toNativeSeparators(path), this, [this, path] { open({path}); });
    }
    m_actions.recent->setEnabled(!m_actions.recent->isEmpty());
}

void MainWindow::applyTheme() {
    const QString name = m_around.settings.text(Setting::theme);
    const bool dark =
        name == QLatin1String("dark") || (name != QLatin1String("light") && isDark(m_systemPalette));
    QApplication::setPalette(dark ? darkPalette() : lightPalette());
    const auto theme = widgets::FigureTheme::load(dark ? QStringLiteral("dark") : QStringLiteral("light"));
    m_runs->setTheme(theme);
    for (Page* page : m_pages) {
        page->setTheme(theme);
    }
}

void MainWindow::showRememberedPage() {
    for (std::size_t i = 0; i < m_pages.size(); ++i) {
        if (m_pages[i]->objectName() == m_around.settings.text(Setting::currentPage)) {
            m_tabs->setCurrentIndex(static_cast<int>(i));
        }
    }
}

void MainWindow::sayNotOpened(const QString& path, const QString& message) {
    m_openFailures.add(path, message);
    currentPage()->showError(m_openFailures.message(), m_openFailures.details());
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (QKeySequence(key->keyCombination()) == m_actions.exportFigure->shortcut()) {
            event->ignore(); // a text field would take it for the end of its line
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_jobs.busy()) {
        const auto answer = m_around.prompts.ask(this, closingQuestion());
        if (answer == Prompts::Answer::stay) {
            event->ignore();
            return;
        }
        if (answer == Prompts::Answer::second) {
            m_jobs.cancelAll();
        }
    }
    saveLayout(layoutParts(), m_around.settings);
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    open(paths);
    event->acceptProposedAction();
}

} // namespace finescope::window
