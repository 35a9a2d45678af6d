#include "widgets/model/run_filter.h"
#include "widgets/model/run_tree_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace finescope::widgets;

namespace {

RunRow row(const char* task, const char* method, qint64 seed, bool checked = false) {
    const QString key = QStringLiteral("%1/%2/%3").arg(QLatin1String(task), QLatin1String(method)).arg(seed);
    RunRow row;
    row.key = key;
    row.task = QLatin1String(task);
    row.method = QLatin1String(method);
    row.model = QStringLiteral("tiny");
    row.name = key;
    row.file = key + QStringLiteral(".h5");
    row.seed = seed;
    row.checked = checked;
    return row;
}

QString nameAt(const QAbstractItemModel& model, std::initializer_list<int> path) {
    QModelIndex index;
    for (const int step : path) {
        index = model.index(step, 0, index);
    }
    return index.data().toString();
}

} // namespace

class TestRunTreeModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void groupsByTaskMethodAndSeed() {
        RunTreeModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns(
            {row("rte", "lora", 1), row("cb", "ft", 2), row("rte", "lp", 3), row("rte", "lora", 0)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(nameAt(model, {0}), QStringLiteral("cb"));
        QCOMPARE(nameAt(model, {1}), QStringLiteral("rte"));
        QCOMPARE(nameAt(model, {1, 0}), QStringLiteral("LP"));
        QCOMPARE(nameAt(model, {1, 1}), QStringLiteral("LoRA"));
        QCOMPARE(nameAt(model, {1, 1, 0}), QStringLiteral("seed 0"));
        QCOMPARE(nameAt(model, {1, 1, 1}), QStringLiteral("seed 1"));
    }

    void scaledClassifiersAreNamed() {
        RunTreeModel model;
        RunRow scaled = row("rte", "ft", 1), twin = row("rte", "ft", 1);
        scaled.scale = 10;
        scaled.key = QStringLiteral("scaled");
        twin.scale = 0.5;
        twin.key = QStringLiteral("twin");
        model.setRuns({scaled, row("rte", "ft", 1), twin});
        QCOMPARE(nameAt(model, {0, 0, 0}), QStringLiteral("seed 1 \u00d70.5"));
        QCOMPARE(nameAt(model, {0, 0, 1}), QStringLiteral("seed 1"));
        QCOMPARE(nameAt(model, {0, 0, 2}), QStringLiteral("seed 1 \u00d710"));
    }

    void importedRunsHaveTheirFilesNameAndNoSeed() {
        RunTreeModel model;
        RunRow npz = row("good", "imported", 0), csv = npz, elsewhere = npz;
        npz.imported = QStringLiteral("good.npz");
        csv.key = QStringLiteral("csv");
        csv.imported = QStringLiteral("good.csv");
        model.setRuns({npz, csv});
        QCOMPARE(QStringList({nameAt(model, {0, 0, 0}), nameAt(model, {0, 0, 1})}),
                 QStringList({QStringLiteral("good.csv"), QStringLiteral("good.npz")}));
        const QModelIndex run = model.index(0, 0, model.index(0, 0, model.index(0, 0)));
        QVERIFY(!run.data(Qt::ToolTipRole).toString().contains(QStringLiteral("seed")));
        elsewhere.key = QStringLiteral("elsewhere");
        elsewhere.imported = npz.imported;
        elsewhere.file = QStringLiteral("/b/good.npz.h5");
        model.setRuns({npz, elsewhere});
        QVERIFY(nameAt(model, {0, 0, 0}) != nameAt(model, {0, 0, 1}));
    }

    void staysConsistentWhileRunsComeAndGo() {
        RunTreeModel model;
        RunFilter filter;
        filter.setSourceModel(&model);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester filtered(&filter,
                                                QAbstractItemModelTester::FailureReportingMode::QtTest);
        const std::vector<RunRow> all{row("a", "lp", 1), row("a", "lp", 2), row("a", "ft", 1),
                                      row("b", "x", 9)};
        for (unsigned chosen = 0; chosen < 16; ++chosen) { // every subset after every other
            std::vector<RunRow> rows;
            for (unsigned i = 0; i < 4; ++i) {
                if (((chosen * 7) & (1U << i)) != 0) {
                    rows.push_back(all[i]);
                }
            }
            model.setRuns(rows);
            QCOMPARE(model.keysBelow({}).size(), static_cast<qsizetype>(rows.size()));
        }
    }

    void growthOfARunMovesNoIndex() {
        RunTreeModel model;
        model.setRuns({row("a", "lp", 1), row("a", "lp", 2)});
        const QPersistentModelIndex second = model.index(1, 0, model.index(0, 0, model.index(0, 0)));
        RunRow grown = row("a", "lp", 2);
        grown.badge = RunRow::Badge::live;
        grown.fraction = 0.4;
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setRuns({row("a", "lp", 0), row("a", "lp", 1), grown});
        QVERIFY(!changed.isEmpty());
        QCOMPARE(second.data(RunTreeModel::keyRole).toString(), QStringLiteral("a/lp/2"));
        QCOMPARE(QModelIndex(second).siblingAtColumn(RunTreeModel::stateColumn).data().toString(),
                 QStringLiteral("40 %"));
    }

    void checkStatesAreThoseOfTheRunsBelow() {
        RunTreeModel model;
        const auto state = [&model](const QModelIndex& index) {
            return model.data(index, Qt::CheckStateRole).toInt();
        };
        model.setRuns({row("a", "lp", 1, true), row("a", "lp", 2, false), row("a", "ft", 1, true)});
        const QModelIndex task = model.index(0, 0);
        QCOMPARE(state(task), static_cast<int>(Qt::PartiallyChecked));
        QCOMPARE(state(model.index(0, 0, task)), static_cast<int>(Qt::PartiallyChecked));
        QCOMPARE(state(model.index(1, 0, task)), static_cast<int>(Qt::Checked));
        model.setRuns({row("a", "lp", 1, true), row("a", "lp", 2, true), row("a", "ft", 1, true)});
        QCOMPARE(state(task), static_cast<int>(Qt::Checked));
    }

    void checkingATaskAsksForAllItsRuns() {
        RunTreeModel model;
        model.setRuns({row("a", "lp", 1), row("a", "ft", 1), row("b", "ft", 1)});
        QSignalSpy asked(&model, &RunTreeModel::checkRequested);
        QVERIFY(model.setData(model.index(0, 0), Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toStringList(),
                 QStringList({QStringLiteral("a/lp/1"), QStringLiteral("a/ft/1")}));
        QCOMPARE(asked[0][1].toBool(), true);
        QCOMPARE(model.data(model.index(0, 0), Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Unchecked));
    }

    void seedsOfOneMethodShowTheirOwnShade() {
        RunTreeModel model;
        model.setTheme(FigureTheme::load(QStringLiteral("light")));
        RunRow first = row("rte", "ft", 1), second = row("rte", "ft", 2);
        first.style = {.role = "ft", .shade = 0, .shades = 2};
        second.style = {.role = "ft", .shade = 1, .shades = 2};
        model.setRuns({first, second, row("rte", "ft", 3)});
        const QModelIndex method = model.index(0, 0, model.index(0, 0));
        const auto sample = [&](int run) {
            return model.index(run, 0, method)
                .data(Qt::DecorationRole)
                .value<QIcon>()
                .pixmap(32, 14)
                .toImage();
        };
        QVERIFY(!sample(0).isNull());
        QVERIFY(sample(0) != sample(1));
        QVERIFY(sample(2).isNull()); // not shown by any page
    }

    void onlyWhatWantsToBeSeenHasABadge() {
        RunTreeModel model;
        RunRow failed = row("rte", "ft", 1);
        failed.badge = RunRow::Badge::failed;
        failed.reason = QStringLiteral("the loss is NaN");
        model.setRuns({failed, row("rte", "lp", 1)});
        const QModelIndex task = model.index(0, 0);
        const QModelIndex quiet = model.index(0, RunTreeModel::stateColumn, model.index(0, 0, task));
        const QModelIndex loud = model.index(0, RunTreeModel::stateColumn, model.index(1, 0, task));
        QVERIFY(quiet.data(Qt::DecorationRole).value<QIcon>().isNull());
        QVERIFY(!loud.data(Qt::DecorationRole).value<QIcon>().isNull());
        QVERIFY(loud.data(Qt::ToolTipRole).toString().contains(failed.reason));
    }

    void filterWantsEveryWord() {
        RunTreeModel model;
        RunFilter filter;
        filter.setSourceModel(&model);
        model.setRuns({row("rte", "lp-ft", 1), row("rte", "ft", 1), row("cb", "ft", 2)});
        filter.setWords(QStringLiteral("RTE seed"));
        QCOMPARE(filter.rowCount(), 1);
        QCOMPARE(filter.rowCount(filter.index(0, 0)), 2);
        filter.setWords(QStringLiteral("rte lp-ft"));
        QCOMPARE(filter.rowCount(filter.index(0, 0)), 1);
        filter.setWords(QStringLiteral("nothing"));
        QCOMPARE(filter.rowCount(), 0);
        filter.setWords({});
        QCOMPARE(filter.rowCount(), 2);
    }
};

QTEST_MAIN(TestRunTreeModel)
#include "test_run_tree_model.moc"
