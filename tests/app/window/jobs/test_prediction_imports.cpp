#include "tests/app/window/window_fixture.h"
#include "tests/support/fake_engine.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeView>
#include <QUrl>

using namespace finescope;
using tests::FakeEngine;
using window::Setting;

/// Files of predictions that are dropped or opened: the engine imports them, the window opens what came of
/// it.
class TestPredictionImports : public QObject, tests::WindowFixture {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void droppedPredictionsAreImportedAndOpened() {
        QVERIFY(QDir().mkpath(path("engine")));
        const FakeEngine engine(path("engine"), QStringLiteral("complete"));
        const QString file = path("lenet.NPZ");
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        const QString run = makeRun("lenet.NPZ.h5", "imported"); // what the engine would write
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file), QUrl::fromLocalFile(makeRun("ft.h5", "ft"))});
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_window.get(), &enter);
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_window.get(), &drop);
        m_window->open({file}); // while it is being imported: not once more
        auto* tree = find<QTreeView>("runTree");
        QTRY_COMPARE(tree->model()->rowCount(tree->model()->index(0, 0)), 2);
        QCOMPARE(engine.starts(),
                 QStringList{QStringLiteral("import %1 --output %2 --renew --progress json").arg(file, run)});
        QVERIFY(!find<QWidget>("jobsPanel")->isVisible());
        QVERIFY(m_settings->texts(Setting::recentFiles).contains(file));
    }

    void predictionsInAFolderThatCannotBeWrittenGoWhereRunsGo() {
        const QString closed = path("closed");
        QVERIFY(QDir().mkpath(closed) && QDir().mkpath(path("engine")));
        const QString file = path("closed/a.csv");
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        QVERIFY(QFile::setPermissions(closed, QFile::ReadOwner | QFile::ExeOwner));
        if (QFileInfo(closed).isWritable()) {
            QSKIP("the superuser may write everywhere");
        }
        const FakeEngine engine(path("engine"), QStringLiteral("complete"));
        const QString run = makeRun("a.csv.h5", "imported");
        m_window->open({file});
        QTRY_COMPARE(engine.starts().size(), 1);
        QVERIFY(engine.starts().front().contains(QStringLiteral("--output %1 ").arg(run)));
        QVERIFY(QFile::setPermissions(closed, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

    void longImportsTellHowFarTheyAreAndCanBeCancelled() {
        QVERIFY(QDir().mkpath(path("engine")));
        const FakeEngine engine(path("engine"), QStringLiteral("wait"));
        const QString file = path("large <b>.csv");
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        auto* progress = find<QWidget>("importProgress");
        QVERIFY(!progress->isVisible());
        m_window->open({file});
        QTRY_VERIFY(progress->isVisible());
        QTRY_COMPARE(find<QProgressBar>("importBar")->value(), 25); // 50 of 200 steps
        QVERIFY(find<QLabel>("importText")->text().startsWith("Importing large <b>.csv, "));
        QTest::mouseClick(find<QPushButton>("importCancel"), Qt::LeftButton);
        QTRY_VERIFY(!progress->isVisible());
        auto* bar = find<QWidget>("trainingPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QVERIFY(!bar->isVisible()); // who cancels needs no message
    }

    void whatCannotBeImportedIsSaidInTheImportersWords() {
        QVERIFY(QDir().mkpath(path("engine")));
        const FakeEngine engine(path("engine"), QStringLiteral("fail"));
        const QString file = path("bad.csv");
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        m_window->open({file});
        auto* bar = find<QWidget>("trainingPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QTRY_VERIFY(bar->isVisible());
        QCOMPARE(bar->findChild<QLabel*>(QStringLiteral("messageText"))->text(),
                 QStringLiteral("bad.csv: the loss is NaN at step 50")); // the fake's reason
    }
};

QTEST_MAIN(TestPredictionImports)
#include "test_prediction_imports.moc"
