#include "core/imports/import_run.h"
#include "tests/app/window/window_fixture.h"

#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QTreeView>

using namespace finescope;
using window::Setting;

/// What the pages say of runs that hold predictions and nothing else.
class TestImportedRuns : public QObject, tests::WindowFixture {
    Q_OBJECT

    QString import(const char* name) {
        QFile table(path(name));
        if (!table.open(QIODevice::WriteOnly)) {
            QTest::qFail(name, __FILE__, __LINE__);
        }
        table.write("label,p_cat,p_dog\ncat,0.8,0.2\ndog,0.4,0.6\ncat,0.3,0.7\n");
        table.close();
        imports::ImportPlan plan;
        plan.file = toPath(path(name));
        plan.output = toPath(path(name) + QStringLiteral(".h5"));
        imports::importRun(plan);
        return path(name) + QStringLiteral(".h5");
    }

    void openBoth() {
        QDir().mkpath(path("a"));
        QDir().mkpath(path("b"));
        m_window->open({import("a/good.csv"), import("b/good.csv")});
        const QAbstractItemModel* runs = find<QTreeView>("runTree")->model();
        const auto method = [runs] { return runs->index(0, 0, runs->index(0, 0)); };
        QTRY_COMPARE(runs->rowCount(method()), 2);
    }

    /// The sentence that a page shows instead of content, "" if it shows content.
    QString sentenceOf(const char* page) {
        const auto* label = find<QWidget>(page)->findChild<QLabel*>(QStringLiteral("emptySentence"));
        return label->isVisible() ? label->text() : QString();
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void theyAreRowsOfTheirOwn() {
        openBoth();
        const QAbstractItemModel* runs = find<QTreeView>("runTree")->model();
        const QModelIndex method = runs->index(0, 0, runs->index(0, 0));
        for (int row = 0; row < 2; ++row) {
            const QString name = runs->index(row, 0, method).data().toString();
            QVERIFY2(name.startsWith(QStringLiteral("good.csv")), qPrintable(name));
        }
        showPage("Accuracy");
        auto* table = find<QTableWidget>("accuracyNumbers");
        QTRY_COMPARE(table->rowCount(), 1);
        QStringList heads;
        for (int column = 0; column < table->columnCount(); ++column) {
            heads << table->horizontalHeaderItem(column)->text();
        }
        QVERIFY2(heads.contains(QStringLiteral("a/good.csv")) && heads.contains(QStringLiteral("b/good.csv")),
                 qPrintable(heads.join(u'|')));
    }

    void pagesWithoutDataSayItOnceWithAButton() {
        openBoth();
        for (const auto& [title, page] :
             {std::pair{"Training", "trainingPage"}, std::pair{"Classifier", "classifierPage"}}) {
            showPage(title);
            QTRY_VERIFY2(!sentenceOf(page).isEmpty(), page);
            QVERIFY(
                find<QWidget>(page)->findChild<QPushButton*>(QStringLiteral("openFilesButton"))->isVisible());
        }
        m_window->open({makeRun("ft.h5", "ft")}); // and go back to content
        QTRY_VERIFY(sentenceOf("classifierPage").isEmpty());
        showPage("Training");
        QTRY_VERIFY(sentenceOf("trainingPage").isEmpty());
        showPage("Norm scaling");
    }

    void noKernelIsComputedOfThem() {
        openBoth();
        showPage("Kernel");
        QTRY_VERIFY(find<QLabel>("kernelMissingText")->text().contains(QStringLiteral("predictions only")));
        QVERIFY(!find<QPushButton>("computeKernelButton")->isVisible());
        trigger("actionComputeKernel");
        QVERIFY(!m_window->findChild<QDialog*>(QStringLiteral("computeKernelDialog")));
        const auto* bar = find<QWidget>("kernelPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QVERIFY(bar->isVisible());
        const QString said = bar->findChild<QLabel*>(QStringLiteral("messageText"))->text();
        QVERIFY2(said.contains(QStringLiteral("a/good.csv")), qPrintable(said));
    }
};

QTEST_MAIN(TestImportedRuns)
#include "test_imported_runs.moc"
