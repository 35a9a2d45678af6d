#include "core/record/run_reader.h"
#include "tests/app/window/window_fixture.h"
#include "widgets/plot/view/plot_view.h"

#include <QFile>
#include <QTableWidget>

using namespace finescope;
using widgets::PlotView;

/// How much of a run file is read, by the system's own count of what the process reads.
class TestBytesRead : public QObject, tests::WindowFixture {
    Q_OBJECT

    static constexpr std::int64_t kRows = 6000, kClasses = 20;
    static constexpr qint64 kBlock = kRows * kClasses * static_cast<qint64>(sizeof(float));
    static constexpr qint64 kLabels = kRows * static_cast<qint64>(sizeof(std::int64_t));
    static constexpr qint64 kFacts = 400'000; // everything that is small

    /// -1 where the system does not count.
    static qint64 bytesRead() {
        QFile counts(QStringLiteral("/proc/self/io"));
        if (!counts.open(QIODevice::ReadOnly)) {
            return -1;
        }
        const QList<QByteArray> first = counts.readAll().split('\n').first().split(' ');
        return first.size() == 2 && first.front() == "rchar:" ? first.back().toLongLong() : -1;
    }

    QString makeLargeRun(const char* name) {
        return makeRun(name, {.method = "ft", .classes = kClasses, .epochs = 3, .rows = kRows, .width = 64});
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aRunIsOpenedWithoutItsLargeParts() {
        if (bytesRead() < 0) {
            QSKIP("/proc/self/io, the count of bytes read, is not there");
        }
        const QString file = makeLargeRun("large.h5");
        QVERIFY(QFileInfo(file).size() > 10'000'000);
        const qint64 before = bytesRead();
        const record::Run run = record::readRun(toPath(file));
        const qint64 read = bytesRead() - before;
        QVERIFY2(read < kFacts, qPrintable(QString::number(read)));
        const qint64 opened = bytesRead(); // what is asked for is read, and counted
        QCOMPARE(run.parts->logits(*run.split("test"), 1).rows(), Eigen::Index{kRows});
        QVERIFY(bytesRead() - opened >= kBlock);
        QVERIFY(bytesRead() - opened < kBlock + kFacts);
    }

    void pagesReadWhatTheyShow() {
        if (bytesRead() < 0) {
            QSKIP("/proc/self/io, the count of bytes read, is not there");
        }
        const QString file = makeLargeRun("large.h5");
        showPage("Training");
        const qint64 before = bytesRead();
        m_window->open({file});
        QTRY_VERIFY(!find<PlotView>("trainingPlot")->figure().panels.empty() &&
                    !find<PlotView>("trainingPlot")->figure().panels.front().curves.empty());
        const qint64 opened = bytesRead();
        QVERIFY2(opened - before < kFacts, qPrintable(QString::number(opened - before)));

        showPage("Calibration");
        QTRY_COMPARE(find<QTableWidget>("calibrationNumbers")->rowCount(), 1);
        const qint64 shown = bytesRead() - opened;
        // The test split that is shown and the validation split that T is fitted on.
        QVERIFY2(shown >= 2 * (kBlock + kLabels), qPrintable(QString::number(shown)));
        QVERIFY2(shown < 2 * (kBlock + kLabels) + kFacts, qPrintable(QString::number(shown)));
    }
};

QTEST_MAIN(TestBytesRead)
#include "test_bytes_read.moc"
