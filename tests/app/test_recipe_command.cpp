#include "tests/app/few_runs.h"
#include "tests/app/program.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

#include <sys/stat.h>

using namespace finescope::tests;

/// Figures made again from their recipes, which may come from anybody.
class TestRecipeCommand : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void recipeMakesTheFigureAgain_data();
    void recipeMakesTheFigureAgain();
    void recipeStandsAlone();
    void recipeWritesOnlyToTheOutput();
    void namesInARecipeAreBounded();
    void recipeOpensOnlyFilesAndFolders();

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

void TestRecipeCommand::initTestCase() {
    writeFewRuns(m_folder.path());
}

void TestRecipeCommand::recipeMakesTheFigureAgain_data() {
    QTest::addColumn<QString>("suffix");
    for (const char* suffix : {"pdf", "svg", "png", "tex", "PDF", "Svg"}) {
        QTest::newRow(suffix) << QString(suffix);
    }
}

void TestRecipeCommand::recipeMakesTheFigureAgain() {
    QFETCH(QString, suffix);
    const QString first = path("first." + suffix), again = path("again." + suffix);
    QCOMPARE(runProgram({"figure", "reliability", path("runs/ft-1.h5"), "--temperature", "1.7", "--epoch",
                         "2", "--width-mm", "82.55", "--font-pt", "7", "--dpi", "120", "--output", first})
                 .status,
             0);
    QVERIFY(contents(first).size() > 1000);
    const Outcome outcome = runProgram({"figure", "--recipe", first, "--output", again});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QVERIFY(contents(first) == contents(again));

    // What is said besides goes before the recipe.
    const QStringList hotter{"--recipe", first, "--temperature", "3", "--output", again};
    QCOMPARE(runProgram(QStringList{"figure"} + hotter).status, 0);
    QVERIFY(contents(first) != contents(again));
}

void TestRecipeCommand::recipeStandsAlone() {
    const QString first = path("alone.tex"), again = path("alone-again.tex");
    QCOMPARE(runProgram({"figure", "temperature-curve", path("runs/ft-1.h5"), "-o", first}).status, 0);
    const QByteArray tex = contents(first), mark = "% recipe: ";
    const qsizetype start = tex.indexOf(mark) + mark.size();
    QFile recipe(path("recipe.json"));
    QVERIFY(recipe.open(QIODevice::WriteOnly) &&
            recipe.write(tex.mid(start, tex.indexOf('\n', start) - start)) > 0);
    recipe.close();
    QCOMPARE(runProgram({"figure", "--recipe", recipe.fileName(), "--output", again}).status, 0);
    QCOMPARE(contents(again), tex);
}

/// Where a figure goes is for the person to say, not for a recipe that may be anybody's.
void TestRecipeCommand::recipeWritesOnlyToTheOutput() {
    QVERIFY(QDir(m_folder.path()).mkpath("recipes"));
    QFile recipe(path("recipes/recipe.json"));
    const QByteArray run = path("runs/ft-1.h5").toUtf8();
    QVERIFY(recipe.open(QIODevice::WriteOnly) &&
            recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[\"" + run + "\"]}") > 0);
    recipe.close();
    const Outcome without = runProgram({"figure", "--recipe", recipe.fileName()});
    QCOMPARE(without.status, 2);
    QVERIFY2(without.err.contains("--output"), without.err.constData());
    QCOMPARE(QDir(path("recipes")).entryList(QDir::Files), QStringList{"recipe.json"});
    // Not even a key that says so.
    QVERIFY(recipe.open(QIODevice::WriteOnly) &&
            recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[\"" + run +
                         "\"],\"output\":\"" + path("recipes/x.pdf").toUtf8() + "\"}") > 0);
    recipe.close();
    const Outcome said = runProgram({"figure", "--recipe", recipe.fileName(), "--output", path("said.pdf")});
    QCOMPARE(said.status, 2);
    QVERIFY2(said.err.contains("'output'"), said.err.constData());
    QCOMPARE(QDir(path("recipes")).entryList(QDir::Files), QStringList{"recipe.json"});
}

/// A recipe may come from anybody.
void TestRecipeCommand::namesInARecipeAreBounded() {
    const auto refused = [&](const QByteArray& names) {
        QFile recipe(path("names.json"));
        if (!recipe.open(QIODevice::WriteOnly) ||
            recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[" + names + "]}") < 0) {
            qFatal("no recipe could be written");
        }
        recipe.close();
        QElapsedTimer timer;
        timer.start();
        const Outcome outcome = runProgram({"figure", "--recipe", recipe.fileName(), "-o", path("x.pdf")});
        const bool plain = std::ranges::all_of(
            outcome.err, [](unsigned char c) { return c == '\n' || (c >= 0x20 && c != 0x7F); });
        return outcome.status == 2 && timer.elapsed() < 20'000 && plain ? outcome.err : QByteArray("no");
    };
    QVERIFY(refused("\"/no/\\u001b[2J\\u0007.h5\"").contains("/no/\uFFFD[2J\uFFFD.h5: no such file"));
    QVERIFY(refused("\"/no/" + QByteArray(5000, 'a') + "\"").contains("5004 bytes in the name"));
    QVERIFY(refused("\"/\"") != "no");
}

/// A pipe that nobody writes to would be waited for without end.
void TestRecipeCommand::recipeOpensOnlyFilesAndFolders() {
    const QString pipe = path("pipe.h5");
    QCOMPARE(mkfifo(pipe.toUtf8().constData(), 0600), 0);
    for (const QString& name : {pipe, QStringLiteral("/dev/zero")}) {
        QFile recipe(path("pipe.json"));
        QVERIFY(recipe.open(QIODevice::WriteOnly) &&
                recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[\"" + name.toUtf8() +
                             "\"]}") > 0);
        recipe.close();
        const Outcome outcome = runProgram({"figure", "--recipe", recipe.fileName(), "-o", path("x.pdf")});
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.err.contains(name.toUtf8()), outcome.err.constData());
    }
    const Outcome itself = runProgram({"figure", "--recipe", pipe, "-o", path("x.pdf")});
    QCOMPARE(itself.status, 2);
    QVERIFY(QFile::remove(pipe));
}

QTEST_GUILESS_MAIN(TestRecipeCommand)
#include "test_recipe_command.moc"
