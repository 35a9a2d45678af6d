#include "app/window/window/main_window.h"
#include "core/error.h"
#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/near.h"
#include "tests/support/scripted_prompts.h"
#include "tests/support/warnings.h"
#include "widgets/page/calibration/diagram_table.h"
#include "widgets/plot/view/plot_view.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTabBar>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QTreeView>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <csignal>

using namespace finescope;
using tests::ScriptedPrompts;
using widgets::PlotView;
using window::MainWindow;

namespace {

constexpr int kPollMs = 50;
constexpr int kTrainingMs = 120'000; // the longest run takes seconds, unless the machine is busy

/// Waits for it as long as training may take. Not by QTRY_VERIFY_WITH_TIMEOUT: with Qt 6.8, GCC 14 warns that
/// it narrows this timeout.
template <typename Condition>
bool comesTrue(Condition condition) {
    return QTest::qWaitFor(condition, kTrainingMs);
}

/// What a run file says of itself; nullopt while it cannot be opened.
std::optional<record::Run> readable(const QString& file) {
    try {
        return record::readRun(file.toStdU16String());
    } catch (const Error&) {
        return std::nullopt;
    }
}

bool hasStatus(const QString& file, record::Status status) {
    const auto run = readable(file);
    return run && run->progress.status == status;
}

bool isBeingTrained(const QString& file) {
    const auto run = readable(file);
    return run && run->progress.status == record::Status::running && run->steps.rows() > 0;
}

/// The first `rows` lines of each of the demo's data files.
void copyDemoData(const QString& to, int rows) {
    QVERIFY(QDir().mkpath(to));
    const QDir from(QString::fromStdU16String((tests::sourceRoot() / "resources/demo/data").u16string()));
    for (const QString& name : from.entryList({QStringLiteral("*.jsonl")})) {
        QFile source(from.filePath(name)), copy(QDir(to).filePath(name));
        QVERIFY(source.open(QIODevice::ReadOnly) && copy.open(QIODevice::WriteOnly));
        for (int row = 0; row < rows; ++row) {
            copy.write(source.readLine());
        }
    }
}

} // namespace

/// The real window with the real finescope-engine, on the demo's encoder and a part of its data.
class TestRealEngine : public QObject {
    Q_OBJECT

    std::unique_ptr<tests::WarningWatch> m_warnings;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_store;
    std::unique_ptr<window::Settings> m_settings;
    ScriptedPrompts m_prompts;
    std::unique_ptr<MainWindow> m_window;

    [[nodiscard]] QString path(const char* name) const { return m_folder->filePath(QLatin1String(name)); }

    template <class T>
    T* find(const char* name) {
        T* found = m_window->findChild<T*>(QLatin1String(name));
        if (!found) {
            QTest::qFail(name, __FILE__, __LINE__);
        }
        return found;
    }

    void trigger(const char* action) { find<QAction>(action)->trigger(); }

    /// Types over what a field of the form holds.
    void enter(const char* field, const QString& text) {
        auto* widget = find<QWidget>(field);
        widget->setFocus();
        if (!qobject_cast<QComboBox*>(widget) || qobject_cast<QComboBox*>(widget)->isEditable()) {
            QTest::keyClick(widget, Qt::Key_A, Qt::ControlModifier);
        }
        QTest::keyClicks(widget, text);
    }

    void fillForm(const QString& data, const QString& epochs, const QString& output) {
        trigger("actionNewRun");
        QVERIFY(QTest::qWaitForWindowActive(find<QDialog>("newRunDialog")));
        enter("newRunModel", path("demo/model"));
        enter("newRunTask", QStringLiteral("demo"));
        enter("newRunData", data);
        enter("newRunMethod", QStringLiteral("F"));
        enter("newRunEpochs", epochs);
        enter("newRunLearningRate", QStringLiteral("1e-3"));
        enter("newRunOutput", output);
    }

    void startRun(const QString& data, const QString& epochs, const QString& output) {
        fillForm(data, epochs, output);
        QTRY_VERIFY2(find<QPushButton>("newRunStart")->isEnabled(),
                     qPrintable(find<QLabel>("newRunProblem")->text()));
        QTest::keyClick(find<QWidget>("newRunOutput"), Qt::Key_Return);
        QTRY_VERIFY(!m_window->findChild<QDialog*>(QStringLiteral("newRunDialog")));
    }

    /// A run that would take hours, as soon as it has trained a step.
    void startEndlessRun(const QString& output) {
        startRun(path("data"), QStringLiteral("10000"), output);
        QVERIFY(comesTrue([&] { return isBeingTrained(output); }));
    }

    /// What the jobs panel says of a job; "" if it does not know it.
    QString stageOf(int job) {
        const auto* row = m_window->findChild<QWidget*>(QStringLiteral("job%1").arg(job));
        return row ? row->findChild<QLabel*>(QStringLiteral("jobStage"))->text() : QString();
    }

    QString tipOfOnlyRun() {
        const auto* model = find<QTreeView>("runTree")->model();
        return model->index(0, 0, model->index(0, 0, model->index(0, 0))).data(Qt::ToolTipRole).toString();
    }

private Q_SLOTS:
    void init() {
        m_warnings = std::make_unique<tests::WarningWatch>();
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<QSettings>(path("settings.ini"), QSettings::IniFormat);
        m_settings = std::make_unique<window::Settings>(*m_store);
        m_prompts = {};
        copyDemoData(path("data"), 48);
        QVERIFY(QFile::link(QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/demo"), path("demo")));
        m_window = std::make_unique<MainWindow>(
            window::Surroundings{.settings = *m_settings,
                                 .prompts = m_prompts,
                                 .engine = QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                                 .demo = path("demo"),
                                 .dataFolder = m_folder->path(),
                                 .pollMs = kPollMs});
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void cleanup() {
        m_window.reset();
        QCOMPARE(m_warnings->taken(), QStringList());
        m_warnings.reset();
    }

    void aNewRunIsComputedAndItsCurveShown() {
        const QString file = path("new.h5");
        startRun(path("data"), QStringLiteral("2"), file);
        QVERIFY(comesTrue([&] { return hasStatus(file, record::Status::complete); }));
        QTRY_COMPARE(stageOf(1), QStringLiteral("complete"));
        const record::Run run = record::readRun(file.toStdU16String());
        QCOMPARE(run.method, std::string("ft"));
        QCOMPARE(run.epochs.rows(), std::size_t{3}); // before training, and two epochs
        const double norm = run.parts->classifier(2).weight.cast<double>().norm();

        const auto* plot = find<PlotView>("trainingPlot");
        const auto lastValue = [plot] {
            const auto& panels = plot->figure().panels;
            const auto panel = std::ranges::find_if(
                panels, [](const figure::Panel& p) { return p.y.label == "classifier weight norm"; });
            return panel == panels.end() || panel->curves.empty() || panel->curves[0].y.empty()
                       ? 0.0
                       : panel->curves[0].y.back();
        };
        QTRY_VERIFY(std::abs(lastValue() - norm) < 1e-5 * norm);
        QCOMPARE(plot->figure().panels[0].curves.size(), std::size_t{1});
    }

    void predictionsAreImportedAndShown() {
        QFile table(path("mine.csv"));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("split,label,p_cat,p_dog\ntest,cat,0.8,0.2\ntest,dog,0.6,0.4\nval,dog,0.3,0.7\nval,cat,0."
                    "4,0.6\n");
        table.close();
        m_window->open({path("mine.csv")});
        auto* numbers = find<QTableWidget>("calibrationNumbers");
        auto* tabs = find<QTabBar>("pageTabs");
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == QStringLiteral("Calibration")) {
                tabs->setCurrentIndex(i);
            }
        }
        QVERIFY(comesTrue([&] { return numbers->rowCount() == 1; }));
        const record::Run run = record::readRun(path("mine.csv.h5").toStdU16String());
        QCOMPARE(run.task, std::string("mine"));
        QVERIFY((run.classNames == std::vector<std::string>{"cat", "dog"}));
        QVERIFY_NEAR(numbers->item(0, widgets::DiagramTable::accuracyColumn)->data(Qt::UserRole).toDouble(),
                     0.5, 1e-12);
        QVERIFY_NEAR(numbers->item(0, widgets::DiagramTable::nllColumn)->data(Qt::UserRole).toDouble(),
                     -(std::log(0.8) + std::log(0.4)) / 2, 1e-6);

        QVERIFY(table.open(QIODevice::WriteOnly)); // once more, spoilt
        table.write("label,p_cat,p_dog\ncat,0.8,x\n");
        table.close();
        m_window->open({path("mine.csv")});
        const auto* bar = find<QWidget>("calibrationPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QVERIFY(comesTrue([&] { return bar->isVisible(); }));
        const QString said = bar->findChild<QLabel*>(QStringLiteral("messageText"))->text();
        QVERIFY2(said.contains(QStringLiteral("mine.csv, line 2: column p_dog: \"x\" is not a number")),
                 qPrintable(said));
        QCOMPARE(numbers->rowCount(), 1);
    }

    void theDemoRunAgainIsCancelled() {
        m_prompts.folder = m_folder->path();
        trigger("actionRunDemo");
        const QDir folder(path("finescope-demo"));
        QVERIFY(comesTrue([&] { return isBeingTrained(folder.filePath(QStringLiteral("lp-ft.h5"))); }));
        trigger("actionCancelJobs");
        for (int job = 1; job <= 5; ++job) {
            QVERIFY(comesTrue([&] { return stageOf(job) == QStringLiteral("cancelled"); }));
        }
        const QStringList files = folder.entryList(QDir::Files | QDir::Hidden);
        QVERIFY(files.contains(QStringLiteral("lp-ft.h5")));
        for (const QString& file : files) { // nothing half-made either: no hidden file is readable as a run
            QVERIFY2(hasStatus(folder.filePath(file), record::Status::cancelled), qPrintable(file));
        }
        QVERIFY(!find<QAction>("actionCancelJobs")->isEnabled());

        // The window goes on: the next run is computed like the first.
        const QString file = path("after.h5");
        startRun(path("data"), QStringLiteral("1"), file);
        QVERIFY(comesTrue([&] { return stageOf(6) == QStringLiteral("complete"); }));
        QVERIFY(hasStatus(file, record::Status::complete));
    }

    void whatIsWrongIsSaidByTheFormOrTheEngine() {
        fillForm(path("nowhere"), QStringLiteral("1"), path("bad.h5"));
        QVERIFY(!find<QPushButton>("newRunStart")->isEnabled());
        QVERIFY(find<QLabel>("newRunProblem")->text().contains(QStringLiteral("no data folder")));
        QTest::keyClick(find<QWidget>("newRunOutput"), Qt::Key_Escape);
        QTRY_VERIFY(!m_window->findChild<QDialog*>(QStringLiteral("newRunDialog")));

        QVERIFY(QDir().mkpath(path("empty"))); // a folder without the task's files: only the engine can tell
        startRun(path("empty"), QStringLiteral("1"), path("bad.h5"));
        const auto* bar = find<QWidget>("trainingPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QVERIFY(comesTrue([&] { return bar->isVisible(); }));
        const QString details = bar->findChild<QLabel*>(QStringLiteral("messageDetails"))->text();
        for (const QString& said : {details, stageOf(1)}) {
            QVERIFY2(said.contains(path("empty")) && said.contains(QStringLiteral("train.jsonl")),
                     qPrintable(said));
        }
        QVERIFY(!QFileInfo::exists(path("bad.h5")));
    }

    void aRunOutlivesTheWindow() {
        const QString file = path("outlives.h5");
        startRun(path("data"), QStringLiteral("40"), file);
        QVERIFY(comesTrue([&] { return isBeingTrained(file); }));
        // Held until the window is gone, so that it cannot be done before.
        const auto engine = static_cast<pid_t>(readable(file)->pid);
        QCOMPARE(::kill(engine, SIGSTOP), 0);
        m_prompts.answer = widgets::Prompts::Answer::first;
        QVERIFY(m_window->close());
        QCOMPARE(m_prompts.asked, QStringList{QStringLiteral("Jobs are running")});
        m_window.reset();
        QVERIFY(hasStatus(file, record::Status::running));
        QCOMPARE(::kill(engine, SIGCONT), 0);
        QVERIFY(comesTrue([&] { return hasStatus(file, record::Status::complete); }));
        QCOMPARE(readable(file)->epochs.rows(), std::size_t{41});
    }

    void closingAsksAndCancels() {
        const QString file = path("closed.h5");
        startEndlessRun(file);
        m_prompts.answer = widgets::Prompts::Answer::stay;
        QVERIFY(!m_window->close());
        QVERIFY(m_window->isVisible());
        QVERIFY(hasStatus(file, record::Status::running));
        m_prompts.answer = widgets::Prompts::Answer::second;
        QVERIFY(m_window->close());
        m_window.reset();
        QVERIFY(comesTrue([&] { return hasStatus(file, record::Status::cancelled); }));
    }

    void aKilledEngineIsAFailureThatKeepsItsRows() {
        const QString file = path("killed.h5");
        startEndlessRun(file);
        QTRY_VERIFY(!tipOfOnlyRun().isEmpty());
        QCOMPARE(::kill(static_cast<pid_t>(readable(file)->pid), SIGKILL), 0);
        QTRY_VERIFY2(stageOf(1).contains(QStringLiteral("signal 9")), qPrintable(stageOf(1)));
        QTRY_VERIFY2(tipOfOnlyRun().contains(QStringLiteral("Ended before it finished")),
                     qPrintable(tipOfOnlyRun()));
        const auto* plot = find<PlotView>("trainingPlot");
        QVERIFY(!plot->figure().panels.empty());
        const auto* bar = find<QWidget>("trainingPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QVERIFY(bar->isVisible());
        QVERIFY(find<QAction>("actionNewRun")->isEnabled());
    }
};

int main(int argc, char** argv) {
    QApplication::setStyle(QStringLiteral("Fusion"));
    QApplication application(argc, argv);
    TestRealEngine test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_real_engine.moc"
