#include "core/figure/write/write_csv.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/app/window/window_fixture.h"
#include "tests/core/record/patterned_run.h"
#include "widgets/page/page.h"
#include "widgets/plot/view/plot_view.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTreeView>

using namespace finescope;
using widgets::PlotView;

/// The Kernel page from its empty state to exported figures, with an engine that is a script.
class TestKernelPage : public QObject, tests::WindowFixture {
    Q_OBJECT

    void addKernel(const QString& file, double value = 1) {
        record::addKernel(toPath(file), record::readRun(toPath(file)).runId,
                          tests::pattern::kernel("pretrained", value));
    }

    void writeEngine(const QByteArray& body) {
        QDir().mkpath(path("engine"));
        QFile file(path("engine/finescope-engine"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\n" + body);
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

    void pick(const char* box, int index) {
        auto* combo = find<QComboBox>(box);
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index);
    }

    /// Until the runs of so many methods are there: files are read in the background.
    void awaitMethods(int count) {
        const QAbstractItemModel* runs = find<QTreeView>("runTree")->model();
        QTRY_COMPARE(runs->rowCount(runs->index(0, 0)), count);
    }

    [[nodiscard]] QByteArray contentOf(const char* name) const {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void tabLeavesPlotAndTable() {
        const QString file = makeRun("ft.h5", "ft");
        addKernel(file);
        m_window->open({file});
        showPage("Kernel");
        QTRY_VERIFY(find<PlotView>("kernelPlot")->isVisible());
        find<QWidget>("kernelPlot")->setFocus();
        QSet<QWidget*> reached;
        for (int i = 0; i < 40; ++i) {
            QTest::keyClick(m_window->windowHandle(), Qt::Key_Tab);
            reached.insert(QApplication::focusWidget());
        }
        for (const char* name : {"kernelPlot", "kernelNumbers", "kernelView", "runTree", "runFilter"}) {
            QVERIFY2(reached.contains(find<QWidget>(name)), name);
        }
    }

    void anOpenWindowShowsAKernelThatIsAdded() {
        const QString file = makeRun("ft.h5", "ft");
        m_window->open({file});
        showPage("Kernel");
        QTRY_VERIFY(find<QWidget>("kernelMissing")->isVisible());
        QVERIFY(find<QLabel>("kernelMissingText")->text().startsWith(QStringLiteral("None of the checked")));
        QVERIFY(!find<PlotView>("kernelPlot")->isVisible());
        QVERIFY(!find<widgets::Page>("kernelPage")->exportedFigure());
        addKernel(file);
        auto* table = find<QTableWidget>("kernelNumbers");
        QTRY_COMPARE(table->rowCount(), 3);
        QVERIFY(!find<QWidget>("kernelMissing")->isVisible());
        const double before = table->item(1, 5)->data(Qt::UserRole).toDouble();
        QVERIFY(std::abs(before - tests::pattern::kernel("pretrained", 1).fTrain.norm()) < 1e-6 * before);
        addKernel(file, 5000); // replaced
        QTRY_VERIFY(table->item(1, 5)->data(Qt::UserRole).toDouble() > 1.5 * before);
    }

    void optionsChangeTheFigureAndItsRecipe() {
        const QString ft = makeRun("ft.h5", "ft"), lp = makeRun("lp.h5", "lp");
        addKernel(ft);
        openAll({ft, lp});
        showPage("Kernel");
        awaitMethods(2);
        auto* plot = find<PlotView>("kernelPlot");
        QTRY_COMPARE(plot->figure().kind, std::string("spectrum"));
        QVERIFY(find<QLabel>("kernelMissingText")->text().endsWith(QStringLiteral("LP")));
        QCOMPARE(plot->figure().panels.front().curves.size(), std::size_t{2});
        find<QCheckBox>("kernelPart2")->click();
        QCOMPARE(plot->figure().panels.front().curves.size(), std::size_t{3});
        find<QCheckBox>("kernelNormalised")->click();
        find<QCheckBox>("kernelLogarithmic")->click();
        pick("kernelAxis", 1);
        auto* page = find<widgets::Page>("kernelPage");
        auto exported = page->exportedFigure();
        QVERIFY(exported);
        QCOMPARE(exported->request.kind, std::string("spectrum"));
        QVERIFY(exported->request.rawSpectrum && exported->request.linearValues);
        QVERIFY(exported->request.spectrumAxis == figure::SpectrumAxis::fraction);
        QCOMPARE(exported->request.kernelParts.size(), std::size_t{3});

        pick("kernelView", 1);
        QTRY_COMPARE(plot->figure().kind, std::string("kernel-heatmap"));
        QVERIFY(!find<QCheckBox>("kernelNormalised")->isVisible());
        find<QCheckBox>("kernelOwnColours")->click();
        exported = page->exportedFigure();
        QVERIFY(exported->request.colourRange.has_value());
        pick("kernelView", 2);
        QCOMPARE(page->exportedFigure()->request.kind, std::string("ft-ratio"));
        pick("kernelView", 3);
        QCOMPARE(find<QTableWidget>("kernelNumbers")->rowCount(), 0); // no FT to compare with
        pick("kernelState", 2);
        QTRY_VERIFY(!plot->isVisible()); // none is after linear probing
    }

    void numbersAreCopied() {
        const QString ft = makeRun("ft.h5", "ft");
        addKernel(ft);
        m_window->open({ft});
        showPage("Kernel");
        auto* table = find<QTableWidget>("kernelNumbers");
        QTRY_COMPARE(table->rowCount(), 3);
        table->findChild<QAction*>(QStringLiteral("copyLatex"))->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("\\toprule")));
        table->findChild<QAction*>(QStringLiteral("copyCsv"))->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("P + F")));
    }

    void theDialogSaysWhatItTakesAndStartsAJobForEachRun() {
        writeEngine(R"(case "$*" in *--estimate*)
echo '{"event":"estimate","state":"pretrained","train_samples":7,"test_samples":3,"classes":3,"operations":1e12,"device":"cuda","seconds":42.0,"memory_bytes":2147483648,"scratch_bytes":0}';;
*) echo "$@" >> "$(dirname "$0")/../started"; echo '{"event":"done","status":"complete","output":"","message":""}';;
esac
)");
        const QString ft = makeRun("ft.h5", "ft"), lora = makeRun("lora.h5", "lora");
        openAll({ft, lora});
        showPage("Kernel");
        awaitMethods(2);
        QTRY_VERIFY(find<QPushButton>("computeKernelButton")->isVisible());
        find<QPushButton>("computeKernelButton")->click();
        auto* compute = find<QPushButton>("kernelCompute");
        QTRY_VERIFY(compute->isEnabled());
        const QString said = find<QLabel>("kernelEstimate")->text();
        QVERIFY2(said.contains(QStringLiteral("about 42 s")) &&
                     said.contains(QStringLiteral("2.00 GiB of the GPU's memory")) &&
                     said.contains(QStringLiteral("7 train")),
                 qPrintable(said));
        find<QSpinBox>("kernelTrainSamples")->setValue(64);
        QVERIFY(!compute->isEnabled()); // until that is known, too
        QTRY_VERIFY(compute->isEnabled());
        compute->click();
        QTRY_COMPARE(contentOf("started").count('\n'), 2);
        const QByteArray started = contentOf("started");
        QVERIFY2(started.contains("ntk " + ft.toUtf8() + " --train-samples 64 --test-samples 250 --seed 1"),
                 started.constData());
        QVERIFY(started.contains(lora.toUtf8()) && started.contains("--progress json"));
        QVERIFY(!started.contains("--memory")); // the engine knows its device's
        trigger("actionComputeKernel");
        QTRY_VERIFY(find<QPushButton>("kernelCompute")->isEnabled());
        find<QDoubleSpinBox>("kernelMemory")->setValue(2.5);
        QTRY_VERIFY(find<QPushButton>("kernelCompute")->isEnabled());
        find<QPushButton>("kernelCompute")->click();
        QTRY_COMPARE(contentOf("started").count("--memory 2.5"), 2);
    }

    void anEngineThatRefusesIsQuoted() {
        writeEngine("echo 'finescope-engine: model.safetensors is missing' >&2\nexit 2\n");
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Kernel");
        QTRY_VERIFY(find<QPushButton>("computeKernelButton")->isVisible());
        trigger("actionComputeKernel");
        auto* estimate = find<QLabel>("kernelEstimate");
        QTRY_COMPARE(estimate->text(), QStringLiteral("finescope-engine: model.safetensors is missing"));
        QVERIFY(!find<QPushButton>("kernelCompute")->isEnabled());
    }

    void aRunningRunHasNoKernelYet() {
        tests::TinyRunWriter writer(toPath(path("live.h5")), {.method = "ft"});
        QVERIFY(writer.writeNext());
        m_window->open({path("live.h5")});
        showPage("Kernel");
        QTRY_VERIFY(find<QPushButton>("computeKernelButton")->isVisible());
        trigger("actionComputeKernel");
        QVERIFY(!m_window->findChild<QDialog*>(QStringLiteral("computeKernelDialog")));
    }
};

QTEST_MAIN(TestKernelPage)
#include "test_kernel_page.moc"
