#include "core/error.h"
#include "core/record/kernel_writer.h"
#include "core/record/live_reader.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/python.h"

#include <QJsonObject>
#include <QtTest>

#include <random>

#include <sys/mount.h>

namespace finescope::tests {

using record::addKernel;
using record::RunWriter;
using record::Status;

namespace {

constexpr std::int64_t kEpochs = 3;

QByteArray bytesOf(const std::filesystem::path& file) {
    QFile device(QString::fromStdString(file.string()));
    return device.open(QIODevice::ReadOnly) ? device.readAll() : QByteArray();
}

QString runId() {
    return QString::fromStdString(pattern::plan().runId);
}

/// What a child said, line by line; it must have ended by itself or, where asked for, been killed.
QStringList finished(QProcess& child) {
    if (!child.waitForFinished(60000)) {
        child.kill();
        child.waitForFinished();
        return {QStringLiteral("did not end")};
    }
    return QString::fromUtf8(child.readAllStandardOutput()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

} // namespace

class TestKernelWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("run.h5")).toStdString();
        writeRun(m_file);
    }

    void aKernelIsReadBackAndTheRunStaysAsItWas();
    void aStateIsReplacedAndOthersStay();
    void withoutTestSamplesAndCostlyResults();
    void h5pyReadsIt();
    void aFileThatIsWatchedShowsTheKernel();
    void aLinkToTheFileStaysALink();
    void aRunThatIsStillWrittenIsRefused();
    void aKilledRunTakesAKernelAndKeepsItsRows();
    void anotherRunOrWrongShapesAreRefused();
    void writersAtOnceLoseNothing();
    void killedAtRandomMomentsLeavesAWholeFile();
    void killedAtAnyPageLeavesTheFileAsItWas();
    void failedWritesLeaveTheFileAsItWas_data();
    void failedWritesLeaveTheFileAsItWas();
    void aFullDiskLeavesTheFileAsItWas();

private:
    static void writeRun(const std::filesystem::path& file) {
        RunWriter writer(file, pattern::plan(), record::Existing::refuse);
        for (std::int64_t row = 0; row < kEpochs; ++row) {
            writer.appendEpoch(pattern::epochRow(row));
        }
        writer.finish(Status::complete);
    }
    [[nodiscard]] QString name() const { return QString::fromStdString(m_file.string()); }
    /// Nothing but the run is in its folder.
    [[nodiscard]] static bool isAlone(const std::filesystem::path& file) {
        const QDir folder(QString::fromStdString(file.parent_path().string()));
        return folder.entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot) ==
               QStringList(QString::fromStdString(file.filename().string()));
    }
    void requireFailure(const std::filesystem::path& file, int bytes);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_file;
};

#define VERIFY_EMPTY(text)                                                                                   \
    do {                                                                                                     \
        const std::string problem_ = (text);                                                                 \
        QVERIFY2(problem_.empty(), problem_.c_str());                                                        \
    } while (false)

void TestKernelWriter::aKernelIsReadBackAndTheRunStaysAsItWas() {
    const auto kernel = pattern::kernel("after_lp", 0.5);
    addKernel(m_file, pattern::plan().runId, kernel);
    VERIFY_EMPTY(pattern::checkKernel(m_file, kernel));
    VERIFY_EMPTY(pattern::check(m_file, 0, kEpochs));
    const auto run = record::readRun(m_file);
    QVERIFY(run.kernelStates == std::vector<std::string>{"after_lp"});
    QCOMPARE(static_cast<int>(run.progress.status), static_cast<int>(Status::complete));
    QVERIFY(isAlone(m_file));
}

void TestKernelWriter::aStateIsReplacedAndOthersStay() {
    const auto other = pattern::kernel("pretrained", 1);
    addKernel(m_file, pattern::plan().runId, other);
    addKernel(m_file, pattern::plan().runId, pattern::kernel("after_lp", 2));
    auto kernel = pattern::kernel("after_lp", 3);
    addKernel(m_file, pattern::plan().runId, kernel);
    VERIFY_EMPTY(pattern::checkKernel(m_file, kernel));
    VERIFY_EMPTY(pattern::checkKernel(m_file, other));
    // Most of what a replaced kernel took is used again.
    constexpr Eigen::Index kFlat = 6 * pattern::kClasses;
    record::KernelState large = kernel;
    large.trainIndex.resize(600, 1);
    large.trainLabels.resize(600, 1);
    large.trainResiduals = MatrixD::Ones(600, pattern::kClasses);
    large.pTrain = MatrixD::Random(600, 600);
    large.fTrain = MatrixD::Random(100 * kFlat, 100 * kFlat);
    for (auto* matrix : {&large.fTrainQueryValue, &large.spectrum, &large.pTest, &large.fTest}) {
        matrix->reset();
    }
    large.testIndex.clear();
    large.testLabels.clear();
    addKernel(m_file, pattern::plan().runId, large);
    const auto size = std::filesystem::file_size(m_file);
    for (int i = 0; i < 4; ++i) {
        addKernel(m_file, pattern::plan().runId, large);
    }
    const auto grown = std::filesystem::file_size(m_file);
    QVERIFY2(grown < size + size / 2, qPrintable(QStringLiteral("%1 bytes, then %2").arg(size).arg(grown)));
    VERIFY_EMPTY(pattern::checkKernel(m_file, large));
    VERIFY_EMPTY(pattern::checkKernel(m_file, other));
}

void TestKernelWriter::withoutTestSamplesAndCostlyResults() {
    auto kernel = pattern::kernel("pretrained", 1);
    kernel.testIndex.clear();
    kernel.testLabels.clear();
    for (auto* matrix :
         {&kernel.pTest, &kernel.fTest, &kernel.fTrainQueryValue, &kernel.spectrum, &kernel.regression}) {
        matrix->reset();
    }
    kernel.loraRank.reset();
    kernel.seed.reset();
    kernel.loraScale.reset();
    kernel.loraSigma2.reset();
    kernel.floatType = kernel.embedding = "";
    kernel.adapted = "full";
    addKernel(m_file, pattern::plan().runId, kernel);
    VERIFY_EMPTY(pattern::checkKernel(m_file, kernel));
}

void TestKernelWriter::h5pyReadsIt() {
    const auto kernel = pattern::kernel("pretrained", 1);
    addKernel(m_file, pattern::plan().runId, kernel);
    const auto document =
        runPython(QStringLiteral("tests/core/record/read_group.py"), {name(), QStringLiteral("ntk")});
    QVERIFY(!document.isNull());
    const auto read = document.object();
    const auto path = [](const char* member) {
        return QStringLiteral("ntk/pretrained") + QLatin1String(member);
    };
    QCOMPARE(read[path("@adapted")].toString(), QStringLiteral("lora"));
    QCOMPARE(read[path("@float_type")].toString(), QStringLiteral("float64"));
    QCOMPARE(read[path("@C")].toInt(), 3);
    QCOMPARE(read[path("@lora_scale")].toDouble(), 0.5);
    QCOMPARE(read[path("@lora_sigma2")].toDouble(), 0.0625);
    QCOMPARE(read[path("@lora_rank")].toInt(), 8);
    const std::pair<const char*, const MatrixD*> matrices[] = {
        {"/train_residuals", &kernel.trainResiduals},
        {"/P_train", &kernel.pTrain},
        {"/F_train", &kernel.fTrain},
        {"/F_train_query_value", &*kernel.fTrainQueryValue},
        {"/P_test", &*kernel.pTest},
        {"/F_test", &*kernel.fTest},
        {"/spectrum", &*kernel.spectrum},
        {"/regression", &*kernel.regression}};
    for (const auto& [member, matrix] : matrices) {
        const auto dataset = read[path(member)].toObject();
        QCOMPARE(dataset[QStringLiteral("type")].toString(), QStringLiteral("float64"));
        const auto rows = dataset[QStringLiteral("values")].toArray();
        QCOMPARE(rows.size(), matrix->rows());
        QCOMPARE(rows[1].toArray().size(), matrix->cols());
        QCOMPARE(rows[1].toArray()[2].toDouble(), (*matrix)(1, 2));
    }
    for (const auto& [member, values] :
         {std::pair{"/train_index", &kernel.trainIndex}, std::pair{"/train_labels", &kernel.trainLabels},
          std::pair{"/test_index", &kernel.testIndex}, std::pair{"/test_labels", &kernel.testLabels}}) {
        const auto dataset = read[path(member)].toObject();
        QCOMPARE(dataset[QStringLiteral("type")].toString(), QStringLiteral("int64"));
        const auto array = dataset[QStringLiteral("values")].toArray();
        QCOMPARE(array.size(), static_cast<qsizetype>(values->size()));
        QCOMPARE(array[1].toInt(), static_cast<int>((*values)[1]));
    }
}

void TestKernelWriter::aFileThatIsWatchedShowsTheKernel() {
    record::LiveReader reader(m_file);
    const auto before = reader.poll();
    QVERIFY(before && before->kernelStates.empty());
    const auto kernel = pattern::kernel("pretrained", 1);
    addKernel(m_file, pattern::plan().runId, kernel);
    const auto after = reader.poll();
    QVERIFY(after && after->kernelStates == std::vector<std::string>{"pretrained"});
    QVERIFY(after->runId == before->runId);
    QVERIFY(after->parts->kernel("pretrained").fTrain == kernel.fTrain);
    // The run as it was read before says that its file was replaced; what was read after goes on.
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(before->parts->classifier(1)), Error);
    QVERIFY(after->parts->classifier(1).weight == pattern::epochRow(1).weight);
    addKernel(m_file, pattern::plan().runId, pattern::kernel("pretrained", 2));
    const auto again = reader.poll();
    QVERIFY(again && again->parts->kernel("pretrained").fTrain == pattern::kernel("pretrained", 2).fTrain);
}

void TestKernelWriter::aLinkToTheFileStaysALink() {
    const QTemporaryDir elsewhere;
    const std::filesystem::path link = elsewhere.filePath(QStringLiteral("link.h5")).toStdString();
    std::filesystem::create_symlink(m_file, link);
    const auto kernel = pattern::kernel("pretrained", 1);
    addKernel(link, pattern::plan().runId, kernel);
    QVERIFY(std::filesystem::is_symlink(link));
    VERIFY_EMPTY(pattern::checkKernel(m_file, kernel));
    QVERIFY(isAlone(m_file));
}

void TestKernelWriter::aRunThatIsStillWrittenIsRefused() {
    const auto live = m_file.parent_path() / "live.h5";
    RunWriter writer(live, pattern::plan(), record::Existing::refuse);
    writer.appendEpoch(pattern::epochRow(0));
    try {
        addKernel(live, pattern::plan().runId, pattern::kernel("pretrained", 1));
        QFAIL("changed a run that is still being written");
    } catch (const Error& error) {
        QCOMPARE(static_cast<int>(error.kind()), static_cast<int>(ErrorKind::badInput));
        QVERIFY2(QString::fromUtf8(error.what()).contains(QLatin1String("still being written")),
                 error.what());
    }
    writer.appendEpoch(pattern::epochRow(1));
    writer.finish(Status::complete);
    VERIFY_EMPTY(pattern::check(live, 0, 2));
}

void TestKernelWriter::aKilledRunTakesAKernelAndKeepsItsRows() {
    std::mt19937 random(20261124);
    std::uniform_int_distribution<int> moment(5000, 60000);
    const auto kernel = pattern::kernel("pretrained", 1);
    for (int i = 0; i < 20; ++i) {
        const auto file = m_file.parent_path() / ("killed" + std::to_string(i) + ".h5");
        QProcess child;
        child.start(QStringLiteral(WRITER_CHILD),
                    {QStringLiteral("until-killed"), QString::fromStdString(file.string()),
                     QString::number(moment(random))});
        const auto counts = finished(child).constLast().split(QLatin1Char(' '));
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        addKernel(file, pattern::plan().runId, kernel);
        VERIFY_EMPTY(pattern::check(file, counts[0].toLongLong(), counts[1].toLongLong()));
        VERIFY_EMPTY(pattern::checkKernel(file, kernel));
        // The marks of the dead writer are gone: h5py opens it without more.
        const auto read = runPython(QStringLiteral("tests/core/record/read_group.py"),
                                    {QString::fromStdString(file.string()), QStringLiteral("ntk")});
        QVERIFY(!read.isNull());
    }
}

void TestKernelWriter::anotherRunOrWrongShapesAreRefused() {
    const auto before = bytesOf(m_file);
    const auto good = pattern::kernel("pretrained", 1);
    QVERIFY_EXCEPTION_THROWN(addKernel(m_file, "another", good), Error);
    QVERIFY_EXCEPTION_THROWN(addKernel(m_file.parent_path() / "no.h5", pattern::plan().runId, good), Error);
    const auto refused = [&](auto change) {
        auto kernel = good;
        change(kernel);
        try {
            addKernel(m_file, pattern::plan().runId, kernel);
        } catch (const Error& error) {
            return error.kind() == ErrorKind::badInput;
        }
        return false;
    };
    QVERIFY(refused([](auto& kernel) { kernel.state = "a/b"; }));
    QVERIFY(refused([](auto& kernel) { kernel.state = ""; }));
    QVERIFY(refused([](auto& kernel) { kernel.trainLabels.pop_back(); }));
    QVERIFY(refused([](auto& kernel) { kernel.pTrain.conservativeResize(5, 6); }));
    QVERIFY(refused([](auto& kernel) { kernel.fTest = std::nullopt; }));
    QVERIFY(refused([](auto& kernel) { kernel.regression = MatrixD::Zero(3, 3); }));
    QVERIFY(bytesOf(m_file) == before);
    QVERIFY(isAlone(m_file));
}

void TestKernelWriter::writersAtOnceLoseNothing() {
    constexpr int kWriters = 3;
    constexpr int kEach = 8;
    std::vector<std::unique_ptr<QProcess>> children;
    for (int writer = 0; writer < kWriters; ++writer) {
        children.push_back(std::make_unique<QProcess>());
        children.back()->start(QStringLiteral(WRITER_CHILD), {QStringLiteral("kernels"), name(), runId(),
                                                              QStringLiteral("of%1_").arg(writer),
                                                              QString::number(kEach), QStringLiteral("0")});
    }
    for (const auto& child : children) {
        const auto said = finished(*child);
        QVERIFY2(child->exitCode() == 0 && said.size() == kEach, qPrintable(said.join(QLatin1Char('\n'))));
    }
    QCOMPARE(record::readRun(m_file).kernelStates.size(), static_cast<std::size_t>(kWriters * kEach));
    for (int writer = 0; writer < kWriters; ++writer) {
        for (int i = 0; i < kEach; ++i) {
            const auto state = "of" + std::to_string(writer) + "_" + std::to_string(i);
            VERIFY_EMPTY(pattern::checkKernel(m_file, pattern::kernel(state, i)));
        }
    }
    VERIFY_EMPTY(pattern::check(m_file, 0, kEpochs));
    QVERIFY(isAlone(m_file));
}

void TestKernelWriter::killedAtRandomMomentsLeavesAWholeFile() {
    std::mt19937 random(20261125);
    std::uniform_int_distribution<int> moment(0, 60000);
    double most = 0;
    // On a busy machine 60 ms may be too short for two kernels: then longer ones follow.
    for (int i = 0; i < 30 || (most <= 1 && i < 60); ++i) {
        QProcess child;
        child.start(QStringLiteral(WRITER_CHILD), {QStringLiteral("kernels-until-killed"), name(), runId(),
                                                   QString::number(moment(random) * (i < 30 ? 1 : 20))});
        static_cast<void>(finished(child));
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        VERIFY_EMPTY(pattern::check(m_file, 0, kEpochs));
        const auto run = record::readRun(m_file);
        if (!run.kernelStates.empty()) {
            // Whichever kernel it is, all of it is there.
            const double value = run.parts->kernel("pretrained").pTrain(0, 0) - 2000;
            VERIFY_EMPTY(pattern::checkKernel(m_file, pattern::kernel("pretrained", value)));
            most = std::max(most, value);
        }
    }
    QVERIFY2(most > 1, "the writers were killed before they added anything: the test shows nothing");
    addKernel(m_file, pattern::plan().runId, pattern::kernel("pretrained", 1000));
    VERIFY_EMPTY(pattern::checkKernel(m_file, pattern::kernel("pretrained", 1000)));
}

void TestKernelWriter::killedAtAnyPageLeavesTheFileAsItWas() {
    const auto before = bytesOf(m_file);
    int deaths = 0;
    for (;; ++deaths) {
        QProcess child;
        child.start(QStringLiteral(WRITER_CHILD),
                    {QStringLiteral("kernel-kill-at"), name(), runId(), QString::number(deaths)});
        if (finished(child).value(0) == QLatin1String("whole")) {
            break;
        }
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        QVERIFY(bytesOf(m_file) == before);
    }
    QVERIFY2(deaths > 10, "a kernel has more pages than that: their counting does not work");
    VERIFY_EMPTY(pattern::checkKernel(m_file, pattern::kernel("pretrained", 1)));
    QVERIFY(isAlone(m_file)); // what the killed ones left is gone
}

void TestKernelWriter::requireFailure(const std::filesystem::path& file, int bytes) {
    const auto before = bytesOf(file);
    QProcess child;
    child.start(QStringLiteral(WRITER_CHILD),
                {QStringLiteral("kernels"), QString::fromStdString(file.string()), runId(),
                 QStringLiteral("state"), QStringLiteral("1000"), QString::number(bytes)});
    const auto said = finished(child);
    QVERIFY2(child.exitStatus() == QProcess::NormalExit && child.exitCode() == 3,
             qPrintable(said.join(QLatin1Char('\n'))));
    QVERIFY2(said.constLast().startsWith(QLatin1String("failed: ") + QString::fromStdString(file.string())),
             qPrintable(said.constLast()));
    const auto added = said.size() - 1;
    QCOMPARE(record::readRun(file).kernelStates.size(), static_cast<std::size_t>(added));
    QVERIFY(added > 0 || bytesOf(file) == before);
    for (qsizetype i = 0; i < added; ++i) {
        VERIFY_EMPTY(
            pattern::checkKernel(file, pattern::kernel("state" + std::to_string(i), static_cast<double>(i))));
    }
    VERIFY_EMPTY(pattern::check(file, 0, kEpochs));
    QVERIFY(isAlone(file));
}

// Limits a few bytes apart, so that the write that fails is another one each time.
void TestKernelWriter::failedWritesLeaveTheFileAsItWas_data() {
    QTest::addColumn<int>("more");
    for (int more = -3000; more < 60000; more += 3001) {
        QTest::addRow("%d bytes", more) << more;
    }
}

void TestKernelWriter::failedWritesLeaveTheFileAsItWas() {
    QFETCH(const int, more);
    requireFailure(m_file, static_cast<int>(bytesOf(m_file).size()) + more);
}

void TestKernelWriter::aFullDiskLeavesTheFileAsItWas() {
    QTemporaryDir disk;
    if (mount("tmpfs", disk.path().toLocal8Bit().constData(), "tmpfs", 0, "size=3m") != 0) {
        QSKIP("a small disk can only be mounted by root: the file-size limit above stands for it");
    }
    const auto unmount = qScopeGuard([&disk] { umount2(disk.path().toLocal8Bit().constData(), MNT_DETACH); });
    const std::filesystem::path file = disk.filePath(QStringLiteral("full.h5")).toStdString();
    writeRun(file);
    requireFailure(file, 0);
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestKernelWriter)
#include "test_kernel_writer.moc"
