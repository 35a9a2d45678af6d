#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/app/window/window_fixture.h"
#include "tests/core/record/patterned_run.h"
#include "widgets/page/page.h"
#include "widgets/plot/view/plot_view.h"

#include <QFile>
#include <QLabel>
#include <QProcess>
#include <QStatusBar>
#include <QTableWidget>

using namespace finescope;
using widgets::PlotView;

/// Runs that cannot be used, whole or in part, copies and resumed runs in the window: they are named, and all
/// others are shown.
class TestBadRunsPage : public QObject, tests::WindowFixture {
    Q_OBJECT

    /// Changes a run file as somebody's script would.
    void change(const QString& file, const char* statements) {
        QProcess python;
        python.start(
            "/usr/bin/python3",
            {"-c",
             QStringLiteral("import h5py, sys\nimport numpy as np\nf = h5py.File(sys.argv[1], 'r+')\n") +
                 QLatin1String(statements),
             file});
        QVERIFY(python.waitForFinished(60000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    }

    /// What the bar of the page says; empty while it is hidden.
    QString barOf(const char* page) {
        auto* bar = find<QWidget>(page)->findChild<QWidget*>(QStringLiteral("messageBar"));
        if (!bar->isVisible()) {
            return {};
        }
        QString all;
        for (const QLabel* label : bar->findChildren<QLabel*>()) {
            all += label->text() + QLatin1Char('\n') + label->toolTip() + QLatin1Char('\n');
        }
        return all;
    }

    bool shows(const char* plot, const char* name) {
        for (const figure::Panel& panel : find<PlotView>(plot)->figure().panels) {
            for (const auto* marks : {&panel.curves}) {
                for (const figure::Line& line : *marks) {
                    if (line.name.find(name) != std::string::npos) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aDamagedFileHidesNoOther() {
        const QString good = makeRun("good.h5", "ft"), bad = path("bad.h5");
        QFile file(good);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QFile cut(bad);
        QVERIFY(cut.open(QIODevice::WriteOnly) && cut.write(file.read(file.size() / 2)) > 0);
        cut.close();
        m_window->open({bad, good});
        QTRY_VERIFY(shows("trainingPlot", "FT"));
        QTRY_VERIFY(barOf("trainingPage").contains(QStringLiteral("bad.h5")));
    }

    void oneClassifierHidesNoOther() {
        const QString bad = makeRun("bad.h5", "lora");
        change(bad, "del f['classifier/weight']\nf['classifier/weight'] = np.zeros((5, 3, 16), 'S3')");
        m_window->open({makeRun("ft.h5", "ft"), bad});
        showPage("Classifier");
        QTRY_VERIFY(shows("classifierPlot", "FT"));
        QTRY_VERIFY(!barOf("classifierPage").isEmpty());
        QVERIFY(!shows("classifierPlot", "LoRA"));
    }

    void aClassifierThatIsNotFiniteIsNamed() {
        const QString bad = makeRun("bad.h5", "lora");
        change(bad, "f['classifier/weight'][3:] = np.nan");
        m_window->open({makeRun("ft.h5", "ft"), bad});
        showPage("Classifier");
        QTRY_VERIFY(shows("classifierPlot", "FT"));
        QTRY_VERIFY(!barOf("classifierPage").isEmpty());
        QVERIFY(shows("classifierPlot", "LoRA")); // as far as it goes
    }

    void oneKernelHidesNoOther() {
        const QString good = makeRun("ft.h5", "ft"), bad = makeRun("bad.h5", "lora");
        for (const QString& file : {good, bad}) {
            record::addKernel(toPath(file), record::readRun(toPath(file)).runId,
                              tests::pattern::kernel("pretrained", 1));
        }
        change(bad, "del f['ntk/pretrained/F_train']\nf['ntk/pretrained/F_train'] = np.zeros((2, 2))");
        m_window->open({good, bad});
        showPage("Kernel");
        QTRY_VERIFY(find<PlotView>("kernelPlot")->isVisible());
        QTRY_VERIFY(!barOf("kernelPage").isEmpty());
        QVERIFY(shows("kernelPlot", "FT"));
    }

    void oneRunsFeaturesHideNoOther_data() {
        QTest::addColumn<QString>("view");
        for (const char* view : {"Sample", "Map", "Neighbours"}) {
            QTest::newRow(view) << QString::fromLatin1(view);
        }
    }

    void oneRunsFeaturesHideNoOther() {
        QFETCH(QString, view);
        const QString bad = makeRun("bad.h5", "lora");
        change(bad, "f['splits/test/features'][4, 1] = np.nan");
        m_window->open({makeRun("ft.h5", "ft"), bad});
        showPage("Features");
        auto* picker = find<QComboBox>("featureView");
        int index = -1;
        for (int i = 0; i < picker->count(); ++i) {
            index = picker->itemText(i).contains(view, Qt::CaseInsensitive) ? i : index;
        }
        QVERIFY2(index >= 0, qPrintable(view));
        picker->setCurrentIndex(index);
        Q_EMIT picker->activated(index);
        QTRY_VERIFY(!barOf("featurePage").isEmpty());
        const auto& panels = find<PlotView>("featurePlot")->figure().panels;
        QTRY_VERIFY(std::ranges::any_of(panels, [](const auto& panel) { return panel.emptyText.empty(); }));
    }

    void otherSplitsOfABrokenRunAreScored() {
        m_window->open({makeRun("ft.h5", "ft"), makeRun("bad.h5", {.method = "lora", .brokenLogits = true})});
        showPage("Accuracy");
        auto* table = find<QTableWidget>("accuracyNumbers");
        QTRY_COMPARE(table->columnCount(), 4);
        QTRY_VERIFY(!barOf("accuracyPage").isEmpty());
        QVERIFY(table->item(0, 3)->data(Qt::UserRole).isValid());
        QVERIFY(!table->item(1, 3)->data(Qt::UserRole).isValid());
    }

    void aLossThatBecameNaNIsSaid() {
        const QString bad = makeRun("bad.h5", "ft");
        change(bad, "f['steps/train_loss'][30:] = np.nan\nf['epochs/train_loss'][2:] = np.nan");
        m_window->open({bad});
        auto* notes = find<QLabel>("trainingNotes");
        QTRY_VERIFY(notes->text().contains(QStringLiteral("training loss: first NaN at step 31")));
        QVERIFY(notes->isVisible());
    }

    void aResumedRunIsSaid() {
        const QString resumed = makeRun("resumed.h5", "ft");
        change(resumed, "s = f['steps/step'][...]\ns[40:] -= 20\nf['steps/step'][...] = s\n"
                        "e = f['steps/epoch'][...]\ne[40:] -= 1\nf['steps/epoch'][...] = e");
        m_window->open({resumed});
        QTRY_VERIFY(find<QLabel>("trainingNotes")->text().contains(QStringLiteral("was resumed")));
    }

    void aCopyIsCountedOnceAndSaid() {
        const QString first = makeRun("a.h5", "ft"), second = makeRun("b.h5", "ft", 2),
                      copy = path("copy.h5");
        QVERIFY(QFile::copy(first, copy));
        m_window->open({first, second, copy});
        QTRY_VERIFY(
            m_window->statusBar()->currentMessage().contains(QStringLiteral("copy.h5 is a copy of a.h5")));
        showPage("Accuracy");
        auto* plot = find<PlotView>("accuracyPlot");
        QTRY_VERIFY(!plot->figure().panels.empty() && !plot->figure().panels.front().scatters.empty());
        QCOMPARE(plot->figure().panels.front().scatters.front().x.size() % 2, std::size_t{0});
        QCOMPARE(find<widgets::Page>("accuracyPage")->exportedFigure()->request.files.size(), std::size_t{2});
    }

    void theSameRunUnderAnotherIdIsACopy() {
        const QString first = makeRun("a.h5", "ft"), copy = path("copy.h5");
        QVERIFY(QFile::copy(first, copy));
        change(copy, "f.attrs['run_id'] = 'other'");
        m_window->open({first, copy});
        QTRY_VERIFY(m_window->statusBar()->currentMessage().contains(QStringLiteral("counted once")));
    }
};

QTEST_MAIN(TestBadRunsPage)
#include "test_bad_runs_page.moc"
