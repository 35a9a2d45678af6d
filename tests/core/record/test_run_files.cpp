#include "core/error.h"
#include "core/record/run_files.h"

#include <QtTest>

#include <filesystem>
#include <fstream>

using namespace finescope;
namespace fs = std::filesystem;

/// Which files the names on a command line, or in a recipe, stand for.
class TestRunFiles : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    [[nodiscard]] fs::path path(const std::string& name) const {
        return fs::path(m_folder.path().toStdString()) / name;
    }
    void make(const std::string& name) const {
        fs::create_directories(path(name).parent_path());
        std::ofstream(path(name)) << "no HDF5, and nobody looks";
    }
    /// What the names are refused with if so many entries may be looked at, "" if they are not.
    static QString refusal(const std::vector<std::string>& names, std::size_t left) {
        try {
            static_cast<void>(record::expandRunFiles(names, left));
        } catch (const Error& error) {
            return error.kind() == ErrorKind::badFile ? QString::fromUtf8(error.what()) : "another kind";
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase() {
        make("few/b.h5");
        make("few/deep/a.h5");
        make("few/.hidden.h5");
        make("few/other.txt"); // five entries with the folder within
        make("more/c.h5");
    }

    void foldersStandForTheirRunFilesEachOnce() {
        const std::vector<fs::path> expected{path("few/b.h5"), path("few/deep/a.h5"), path("more/c.h5")};
        QVERIFY(record::expandRunFiles({path("few").string(), path("more/c.h5").string(),
                                        path("more").string(), path("few/b.h5").string()}) == expected);
    }

    void entriesAreCountedOverAllFolders() {
        const std::string few = path("few").string(), more = path("more").string();
        QCOMPARE(refusal({few}, 5), "");
        QCOMPARE(refusal({few, more}, 6), "");
        QVERIFY(refusal({few}, 4).startsWith(QString::fromStdString(few + ": more than 100000 files")));
        QVERIFY(
            refusal({few, more}, 5).startsWith(QString::fromStdString(more + ": more than 100000 files")));
        std::size_t left = 7;
        static_cast<void>(record::expandRunFiles({few}, left));
        QCOMPARE(left, std::size_t{2});
    }

    void predictionsAreToldHowToBecomeRuns() {
        for (const std::string suffix : {".npz", ".csv", ".NPZ", ".Csv"}) {
            make("predictions" + suffix);
            const std::string name = path("predictions" + suffix).string();
            QCOMPARE(refusal({name}, 5), QString::fromStdString(name +
                                                                " is not a run file; make one from it: "
                                                                "finescope-engine import " +
                                                                name + " --output " + name + ".h5"));
        }
        QVERIFY(!record::predictionFormat("csv") && !record::predictionFormat("a.csv.h5"));
    }

    void theWholeDiskIsNotSearched() {
        std::size_t left = 1000; // any system has more
        QElapsedTimer timer;
        timer.start();
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(record::expandRunFiles({"/"}, left)));
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_APPLESS_MAIN(TestRunFiles)
#include "test_run_files.moc"
