#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/table_kinds.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/tiny_run.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;

namespace {

const QString kDemo = QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/demo/runs");

/// Runs a program in a folder; what it said, or nullopt if it failed (the log then has its words).
std::optional<QByteArray> run(const QString& program, const QStringList& arguments, const QString& folder) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(120000) || process.exitCode() != 0) {
        qWarning("%s %s: %s", qPrintable(program), qPrintable(arguments.join(QLatin1Char(' '))),
                 process.readAll().right(3000).constData());
        return std::nullopt;
    }
    return process.readAll();
}

/// What pdflatex lacks to compile our files; "" if nothing.
QString missing() {
    if (QStandardPaths::findExecutable(QStringLiteral("pdflatex")).isEmpty()) {
        return QStringLiteral("pdflatex is not installed");
    }
    for (const char* file : {"booktabs.sty", "pgfplots.sty", "standalone.cls", "fix-cm.sty"}) {
        QProcess process;
        process.start(QStringLiteral("kpsewhich"), {QLatin1String(file)});
        if (!process.waitForFinished(60000) || process.exitCode() != 0) {
            return QStringLiteral("LaTeX has no %1").arg(QLatin1String(file));
        }
    }
    return {};
}

bool compiles(const QString& file, const QString& folder) {
    return run(QStringLiteral("pdflatex"),
               {QStringLiteral("-interaction=nonstopmode"), QStringLiteral("-halt-on-error"), file}, folder)
        .has_value();
}

} // namespace

/// LaTeX reads every table and figure that we write: of the recorded demo, and of runs whose names hold all
/// that LaTeX takes for its own.
class TestLatex : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QStringList m_runs;

    QString path(const QString& name) const { return m_folder.filePath(name); }

    void addHostileRun(const QString& name, tests::TinyRun run) {
        run.task = "[R&D]_50% #1\\{x}$y^2~|<\n\n*b";
        run.classNames = {"*no_", "[100%] & #2", "{ma\\be}$"};
        addRun(name, run);
    }

    void addRun(const QString& name, const tests::TinyRun& run) {
        const auto file = path(name).toStdString();
        tests::writeTinyRun(file, run);
        record::addKernel(file, record::readRun(file).runId, tests::pattern::kernel("pretrained", 1));
        m_runs << path(name);
    }

    bool write(const QStringList& arguments, const QString& output) const {
        return run(QStringLiteral(FINESCOPE_PROGRAM),
                   arguments + m_runs + QStringList{kDemo, QStringLiteral("--output"), output},
                   m_folder.path())
            .has_value();
    }

private Q_SLOTS:
    void initTestCase() {
        addHostileRun(QStringLiteral("a.h5"), {.method = "ft"});
        addHostileRun(QStringLiteral("b.h5"), {.method = "my_method^%", .seed = 2, .classifierScale = 10});
        addHostileRun(QStringLiteral("c.h5"), {.method = "lora", .collapsed = true});
        // Letters that pdfLaTeX knows, has in another encoding, or does not have; and none at all.
        addRun(QStringLiteral("d.h5"), {.method = "\u03b1\u03a9\u03ac na\u00efve \u0142\u0105",
                                        .task = "\u0417\u0430\u0434\u0430\u0447\u0430 \u4efb\u52a1 --x",
                                        .classNames = {"\U0001F600\u200d \u05e9", "tab\there\x01\x7f\u0085",
                                                       "\u0416\u0490 \u2260 \xff"}});
    }

    void tablesOfEveryKind() {
        QByteArray document = "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n";
        for (const figure::TableKind& row : figure::tableKinds()) {
            const QString kind = QString::fromStdString(std::string(row.name));
            const QString target = path(kind + QStringLiteral("-table.tex"));
            QVERIFY2(write({QStringLiteral("table"), kind}, target), qPrintable(kind));
            document += "\\input{" + target.toUtf8() + "}\n\\clearpage\n";
        }
        if (const QString what = missing(); !what.isEmpty()) {
            QSKIP(qPrintable(what));
        }
        QFile file(path(QStringLiteral("tables.tex")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(document + "\\end{document}\n") > 0);
        file.close();
        QVERIFY(compiles(file.fileName(), m_folder.path()));
    }

    void figuresOfEveryKind_data() {
        QTest::addColumn<QString>("kind");
        for (const figure::FigureKind& kind : figure::figureKinds()) {
            if (kind.input() == figure::FigureInput::runs) {
                const std::string name(kind.name);
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
            }
        }
    }

    void figuresOfEveryKind() {
        QFETCH(QString, kind);
        const QString target = path(kind + ".tex");
        QVERIFY(write({QStringLiteral("figure"), kind, QStringLiteral("--group-by=method")}, target));
        if (const QString what = missing(); !what.isEmpty()) {
            QSKIP(qPrintable(what));
        }
        QVERIFY(compiles(target, m_folder.path()));
        QVERIFY(QFile::exists(path(kind + ".pdf")));
    }
};

QTEST_GUILESS_MAIN(TestLatex)
#include "test_latex.moc"
