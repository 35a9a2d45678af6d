#include "core/engine/shell_text.h"
#include "core/engine/study/cell_process.h"
#include "core/engine/study/grid_choice.h"
#include "core/engine/study/slurm.h"
#include "core/engine/study/study_clock.h"
#include "core/engine/study/study_run.h"
#include "core/error.h"
#include "core/record/run_writer.h"
#include "tests/core/engine/study/study_text.h"

#include <QProcess>
#include <QtTest>

#include <limits>

using namespace finescope;
using namespace finescope::engine;

namespace {

const std::string kStudy = R"({
    "name": "s", "models": {"m": "model"}, "seeds": [10, 20], "tuning_seeds": [1, 2],
    "methods": {"lp": {}, "ft": {"grid": {"learning_rate": [1e-5, 0.001], "batch_size": [8, 16]}},
                "lora": {"classifier_scales": [0.1, 1, 50], "learning_rate": 0.5}},
    "tasks": {"cb": {"data": "data", "ood": {"o": "elsewhere"}}},
    "kernel": {"train_samples": 7, "sample_seed": 3, "seeds": [20]}, "settings": {"epochs": 2}
})";

QStringList namesOf(const StudyCells& cells) {
    QStringList names;
    for (const StudyCell& cell : cells.cells) {
        names << QString::fromStdString(cell.name);
    }
    return names;
}

/// A run of one evaluated epoch after the start.
void writeRun(const std::filesystem::path& file, double accuracy,
              record::Status status = record::Status::complete, const std::string& config = "{}") {
    record::RunPlan plan;
    plan.runId = record::newRunId();
    plan.created = record::nowUtc();
    plan.name = plan.creator = plan.method = plan.task = plan.model = "x";
    plan.config = config;
    plan.classNames = {"a", "b"};
    plan.classifierWidth = 1;
    plan.stepSeries = {"train_loss"};
    plan.epochSeries = {"validation_accuracy", "validation_matthews"};
    record::RunWriter writer(file, plan, record::Existing::overwrite);
    // The other row must not be read.
    for (const auto& [epoch, value] : {std::pair{0.0, 0.99}, {1.0, accuracy}}) {
        writer.appendEpoch({{epoch, record::Stage::fineTuning},
                            {value, 1 - value},
                            MatrixF::Zero(2, 1),
                            VectorF::Zero(2),
                            {}});
    }
    if (status == record::Status::complete) {
        writer.setSelected(1);
    }
    writer.finish(status);
}

} // namespace

/// From a study to its cells, and from what became of some of them to the others.
class TestStudyCells : public QObject {
    Q_OBJECT

private:
    tests::StudyTexts m_texts;
    Study m_study;
    StudyCells m_cells;
    std::unique_ptr<StudyFolder> m_folder;
    std::unique_ptr<QTemporaryDir> m_output;

    const GridSearch& search() const { return m_cells.searches[0]; }
    const StudyCell& tuningCell(std::size_t candidate, std::size_t seed) const {
        return m_cells.cells[search().cells[candidate][seed]];
    }
    void writeTuningRuns(const std::vector<std::pair<double, double>>& accuracies) const {
        for (std::size_t i = 0; i < accuracies.size(); ++i) {
            writeRun(m_folder->runFile(tuningCell(i, 0)), accuracies[i].first);
            writeRun(m_folder->runFile(tuningCell(i, 1)), accuracies[i].second);
        }
    }

private Q_SLOTS:
    void init() {
        m_study = m_texts.read(kStudy);
        m_cells = expandCells(m_study);
        m_output = std::make_unique<QTemporaryDir>();
        m_folder = std::make_unique<StudyFolder>(m_output->path().toStdString());
        m_folder->open(m_study);
    }

    void cellsAreInOrder() {
        QCOMPARE(
            namesOf(m_cells),
            QStringList({"cb-ft-seed1-lr1e-05-bs8", "cb-ft-seed2-lr1e-05-bs8", "cb-ft-seed1-lr1e-05-bs16",
                         "cb-ft-seed2-lr1e-05-bs16", "cb-ft-seed1-lr0.001-bs8", "cb-ft-seed2-lr0.001-bs8",
                         "cb-ft-seed1-lr0.001-bs16", "cb-ft-seed2-lr0.001-bs16", "cb-lp-seed10",
                         "cb-lp-seed20", "cb-ft-seed10", "cb-ft-seed20", "cb-lora-seed10-scale0.1",
                         "cb-lora-seed20-scale0.1", "cb-lora-seed10-scale1", "cb-lora-seed20-scale1",
                         "cb-lora-seed10-scale50", "cb-lora-seed20-scale50"}));
        for (std::size_t i = 0; i < m_cells.cells.size(); ++i) {
            QCOMPARE(m_cells.cells[i].number, i);
            QCOMPARE(m_cells.cells[i].isTuning, i < 8);
            // The grid is that of ft alone, and so is what it chooses.
            QCOMPARE(m_cells.cells[i].search.has_value(), m_cells.cells[i].method == "ft");
            QCOMPARE(m_cells.cells[i].kernel.has_value(), i >= 8 && m_cells.cells[i].seed == 20);
        }
        QCOMPARE(m_cells.cells[9].kernelState, std::string("after_lp"));
        QCOMPARE(m_cells.cells[11].kernelState, std::string("pretrained"));
    }

    void severalModelsAreInTheNames() {
        std::string text = kStudy;
        text.replace(text.find("{\"m\": \"model\"}"), 14, "{\"m\": \"model\", \"other\": \"o\"}");
        const QStringList names = namesOf(expandCells(m_texts.read(text)));
        QCOMPARE(names.size(), 36);
        QVERIFY(names.contains("cb-lora-seed10-scale50-other"));
        QVERIFY(names.contains("cb-ft-seed1-lr1e-05-bs8-m"));
    }

    void sameNamesAreRefused() {
        const Study study =
            m_texts.read(R"({"name": "s", "models": {"m": "x"}, "seeds": [1], "methods": ["ft", "lp-ft"],
            "tasks": {"a": {"task": "cb", "data": "d"}, "a-lp": {"task": "cb", "data": "d"}}})");
        QVERIFY_EXCEPTION_THROWN(expandCells(study), Error);
    }

    void commandLinesSayEverything() {
        const auto text = [](const std::vector<std::string>& words) {
            QStringList list;
            for (const std::string& word : words) {
                list << QString::fromStdString(word);
            }
            return list.join(' ');
        };
        const QString base = QString::fromStdString(m_texts.folder().string());
        const QString run = m_output->path() + "/runs/cb-lora-seed20-scale0.1.h5";
        QCOMPARE(text(trainArguments(m_cells.cells[13], m_cells.cells[13].settings, *m_folder, 2)),
                 QString("train --model %1/model --task cb --data %1/data --method lora --seed 20 --ood "
                         "o=%1/elsewhere "
                         "--classifier-scale 0.1 --epochs 2 --learning-rate 0.5 --threads 2 --progress none "
                         "--overwrite "
                         "--output %2")
                     .arg(base, run));
        QCOMPARE(text(kernelArguments(m_cells.cells[13], *m_folder, 0)),
                 QString("ntk %1 --seed 3 --train-samples 7 --progress none").arg(run));
    }

    void bestMeanWinsAndTiesGoToTheFirst() {
        // The second and the third have the same mean; the first has the best single run.
        writeTuningRuns({{0.9, 0.5}, {0.75, 0.75}, {0.5, 1.0}, {0.25, 0.75}});
        const GridChoice choice = chooseCandidate(search(), m_cells, *m_folder);
        QVERIFY(choice.missing.empty());
        QCOMPARE(choice.winner.value(), std::size_t{1});
        QCOMPARE(choice.candidates[0].mean.value(), (0.9 + 0.5) / 2);
        QCOMPARE(settingsOf(m_cells.cells[10], m_cells, {choice}),
                 (Settings{{"epochs", 2}, {"learning_rate", 1e-5}, {"batch_size", 16}}));
        QCOMPARE(settingsOf(m_cells.cells[12], m_cells, {choice}), m_cells.cells[12].settings);

        writeChoices(m_cells, {choice}, *m_folder);
        QFile file(m_output->path() + "/choice.json");
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto written = nlohmann::json::parse(file.readAll().toStdString()).at(0);
        QCOMPARE(written.at("winner"), nlohmann::json({{"learning_rate", 1e-5}, {"batch_size", 16}}));
        QCOMPARE(written.at("candidates").at(2).at("by_seed").at("2"), nlohmann::json(1.0));
        QCOMPARE(written.at("candidates").at(2).at("mean"), nlohmann::json(0.75));
    }

    void meansThatDifferByTheirRoundingAreTied() {
        // 0.1 + 0.2 is an ulp above 0.3 in doubles.
        const auto candidate = [](double mean) { return CandidateScore{{mean}, mean}; };
        QCOMPARE(bestCandidate({candidate(0.3), candidate(0.1 + 0.2)}), std::optional<std::size_t>(0));
        QCOMPARE(bestCandidate({candidate(0.3), candidate(0.3001)}), std::optional<std::size_t>(1));
    }

    void colaIsChosenByMatthews() {
        std::string text = kStudy;
        text.replace(text.find("\"cb\""), 4, "\"cola\"");
        m_cells = expandCells(m_texts.read(text));
        writeTuningRuns({{0.9, 0.9}, {0.5, 0.5}, {0.4, 0.4}, {0.7, 0.7}}); // one minus that is Matthews
        const GridChoice choice = chooseCandidate(search(), m_cells, *m_folder);
        QCOMPARE(choice.metric, std::string("validation_matthews"));
        QCOMPARE(choice.winner.value(), std::size_t{2});
    }

    void failedCandidatesLoseAndMissingOnesAreWaitedFor() {
        writeTuningRuns({{0.9, 0.9}, {0.5, 0.5}, {0.4, 0.4}, {0.3, 0.3}});
        writeRun(m_folder->runFile(tuningCell(0, 1)), 0.9, record::Status::failed); // it diverged
        const GridChoice choice = chooseCandidate(search(), m_cells, *m_folder);
        QCOMPARE(choice.winner.value(), std::size_t{1});
        QVERIFY(!choice.candidates[0].mean);

        writeRun(m_folder->runFile(tuningCell(2, 0)), 0.9, record::Status::cancelled);
        std::filesystem::remove(m_folder->runFile(tuningCell(3, 1)));
        const GridChoice waits = chooseCandidate(search(), m_cells, *m_folder);
        QVERIFY(!waits.winner);
        QCOMPARE(waits.missing, (std::vector<std::size_t>{4, 7}));
        const StudyHooks hooks;
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(runCell(10, m_cells, *m_folder, {}, hooks)), Error);
        QVERIFY(QString::fromStdString(describeChoice(search(), waits, m_cells))
                    .contains("4 (cb-ft-seed1-lr0.001-bs8), 7 (cb-ft-seed2-lr0.001-bs16)"));
    }

    void cellsAreCompleteOnlyWithWhatIsWantedNow() {
        const StudyCell& plain = m_cells.cells[10];
        const StudyCell& kernel = m_cells.cells[11];
        const Settings settings = {{"learning_rate", 1e-5}};
        QVERIFY(m_folder->stateOf(plain, settings) == CellState::missing);
        for (const StudyCell* cell : {&plain, &kernel}) {
            writeRun(m_folder->runFile(*cell), 0.5, record::Status::complete, R"({"learning_rate": 1e-5})");
        }
        QVERIFY(m_folder->stateOf(plain, settings) == CellState::complete);
        QVERIFY(m_folder->stateOf(plain, {{"learning_rate", 1e-4}}) ==
                CellState::unfinished); // another winner
        QVERIFY(m_folder->stateOf(kernel, settings) == CellState::withoutKernel);
        writeRun(m_folder->runFile(plain), 0.5, record::Status::failed);
        QVERIFY(m_folder->stateOf(plain, settings) == CellState::failed);
        QFile damaged(QString::fromStdString(m_folder->runFile(plain).string()));
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write("no run file");
        damaged.close();
        QVERIFY(m_folder->stateOf(plain, settings) == CellState::unfinished);
    }

    void anotherStudyInTheFolderIsRefused() {
        m_folder->open(m_study); // the same one is welcome
        const auto differing = [&](const std::string& what, const std::string& instead) {
            std::string text = kStudy;
            text.replace(text.find(what), what.size(), instead);
            try {
                m_folder->open(m_texts.read(text));
            } catch (const Error& error) {
                return QString::fromUtf8(error.what());
            }
            return QStringLiteral("accepted");
        };
        QVERIFY(differing("\"epochs\": 2", "\"epochs\": 3").contains("settings/epochs was 2 and is now 3"));
        QVERIFY(differing("\"epochs\": 2", "").contains("settings/epochs is gone; it was 2"));
        QVERIFY(differing("\"epochs\": 2", "\"epochs\": 2, \"threads\": 1")
                    .contains("settings/threads is new: 1"));
        QVERIFY(differing("\"name\": \"s\", \"models\": {\"m\": \"model\"}",
                          "\"models\": {\"m\": \"model\"}, \"name\": \"s\"")
                    .contains("order"));
        QCOMPARE(differing("\"name\"", "\"comment\": 1, \"name\""), QStringLiteral("accepted"));
    }

    void timeLeftFollowsTasksAndMethods() {
        StudyClock clock;
        const StudyCell &lp = m_cells.cells[8], &ft = m_cells.cells[10], &lora = m_cells.cells[12];
        QVERIFY(!clock.secondsLeft({&lp}, 1, 0));
        clock.began(lp, 0);
        clock.ended(lp, 10, true);
        clock.began(ft, 10);
        clock.ended(ft, 40, true);
        QCOMPARE(clock.secondsLeft({&lp, &ft, &lora}, 1, 40).value(), 10.0 + 30.0 + 20.0);
        QCOMPARE(clock.secondsLeft({&lp, &ft, &lora}, 2, 40).value(), 30.0);
        QCOMPARE(clock.secondsLeft({&lp, &ft, &lora}, 9, 40).value(), 30.0); // the longest
        clock.began(ft, 100);
        QCOMPARE(clock.secondsLeft({}, 1, 110).value(), 20.0);
        QCOMPARE(clock.secondsLeft({}, 1, 200).value(), 0.0);
        clock.ended(ft, 900, false); // a failure says nothing
        QCOMPARE(clock.secondsLeft({&ft}, 1, 900).value(), 30.0);
    }

    void arrayRangesAreShort() {
        QCOMPARE(arrayRange({0}), std::string("0"));
        QCOMPARE(arrayRange({0, 1, 2, 3}), std::string("0-3"));
        QCOMPARE(arrayRange({1, 3, 4, 7, 8, 9, 12}), std::string("1,3-4,7-9,12"));
    }

    void scriptsAskForWhatTheyNeed() {
        m_study.slurm = {{"partition", "a b"}, {"exclusive", ""}, {"cpus-per-task", "16"}};
        const SlurmScripts scripts =
            writeSlurmScripts(m_study, m_cells, {1, 2, 3, 9, 11}, *m_folder, "/x/it's here");
        QCOMPARE(scripts.tuning->cells, (std::vector<std::size_t>{1, 2, 3}));
        const std::string text =
            slurmScript(m_study, m_cells, *scripts.evaluation, *m_folder, "/x/it's here");
        const QStringList lines = QString::fromStdString(text).split('\n');
        QCOMPARE(lines[0], QString("#!/bin/bash"));
        for (const char* line :
             {"#SBATCH --array=9,11", "#SBATCH --job-name=\"s\"", "#SBATCH --cpus-per-task=\"16\"",
              "#SBATCH --partition=\"a b\"", "#SBATCH --exclusive"}) {
            QVERIFY2(lines.contains(line), line);
        }
        QVERIFY2(text.find("exec '/x/it'\\''s here' study ") != std::string::npos, text.c_str());
        const SlurmScripts rest = writeSlurmScripts(m_study, m_cells, {9}, *m_folder, "/x/e");
        QVERIFY(!rest.tuning);
        QVERIFY(
            !QFile::exists(m_output->path() + "/tuning.sbatch")); // the old one would compute everything anew
    }

    // The shell itself says what it reads.
    void quotedWordsReadBack() {
        for (const char* word : {"plain-1.h5", "", "a b", "it's", "$HOME `x` \"y\" \\", "*", "a\nb", "~x"}) {
            QProcess shell;
            shell.start("/bin/sh", {"-c", QString::fromStdString("printf %s " + shellQuoted(word))});
            QVERIFY(shell.waitForFinished());
            QCOMPARE(shell.readAllStandardOutput(), QByteArray(word));
        }
    }
};

QTEST_GUILESS_MAIN(TestStudyCells)
#include "test_study_cells.moc"
