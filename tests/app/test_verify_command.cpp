#include "core/engine/model/architecture/families.h"
#include "core/figure/request/figure_kinds.h"
#include "tests/support/engine_program.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <set>
#include <string>

using namespace finescope;
using tests::Ended;
using tests::runEngine;

namespace {

QByteArray contents(const QString& name) {
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Ended runFinescope(const QStringList& arguments) {
    QProcess process;
    process.start(QStringLiteral(FINESCOPE_PROGRAM), arguments);
    return tests::finish(process);
}

/// Whether a process has a handler for the signal.
bool listensTo(int signal, qint64 process) {
    for (const QByteArray& line : contents(QStringLiteral("/proc/%1/status").arg(process)).split('\n')) {
        if (line.startsWith("SigCgt:")) {
            return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> (signal - 1) & 1U) != 0;
        }
    }
    return false;
}

} // namespace

/// finescope-engine verify as a user starts it, and the figures of what it prints.
class TestVerifyCommand : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    Ended m_ended; ///< verify --quick --json --output verify.json

    QString path(const QString& name) const { return m_folder.filePath(name); }

private Q_SLOTS:
    void initTestCase() {
        m_ended = runEngine({"verify", "--quick", "--json", "--seed", "7", "--threads", "2", "--output",
                             path("verify.json"), QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/demo")},
                            300000);
    }

    void printsOneObject() {
        QVERIFY2(m_ended.status == 0, m_ended.err + m_ended.out.left(20000));
        QVERIFY2(m_ended.err.isEmpty(), m_ended.err);
        QCOMPARE(m_ended.out, contents(path("verify.json")));
        const QJsonObject object = QJsonDocument::fromJson(m_ended.out).object();
        QVERIFY(object["program"].toString().startsWith("finescope-engine "));
        QCOMPARE(object["seed"].toInt(), 7);
        QCOMPARE(object["quick"].toBool(), true);
        QVERIFY(QDateTime::fromString(object["created"].toString(), Qt::ISODate).isValid());
        std::set<std::pair<QString, QString>> measured;
        for (const QJsonValue& value : object["checks"].toArray()) {
            const QJsonObject check = value.toObject();
            QVERIFY(!check["title"].toString().isEmpty() && !check["measured"].toString().isEmpty());
            QVERIFY(check["error"].isDouble() && check["bound"].isDouble() && check["cases"].toInt() >= 1);
            QVERIFY2(check["holds"].toBool(), qPrintable(check["measured"].toString()));
            measured.emplace(check["id"].toString(), check["model"].toString());
        }
        QStringList models{"linear"};
        for (const engine::Family* family : engine::verifiedFamilies()) {
            models << QString::fromStdString(std::string(family->name));
        }
        for (int number = 1; number <= 10; ++number) {
            for (const QString& model : models) {
                const QString id = QStringLiteral("T%1").arg(number);
                QCOMPARE(measured.contains({id, model}), number != 4 || model == QString("linear"));
            }
        }
        const QJsonObject laboratory = object["laboratory"].toObject();
        QVERIFY(laboratory["orthogonal"].toObject()["series"].toArray().size() >= 2);
        QVERIFY(laboratory["lora"].toObject()["series"].toArray().size() >= 10);
    }

    // The demo's recorded runs are a study with one seed.
    void claimsOfAStudy() {
        const QJsonArray claims = QJsonDocument::fromJson(m_ended.out).object()["claims"].toArray();
        QCOMPARE(claims.size(), 23);
        const QStringList statuses{"holds", "does not hold", "not tested"};
        for (int i = 0; i < 23; ++i) {
            const QJsonObject claim = claims[i].toObject();
            QCOMPARE(claim["id"].toString(), QStringLiteral("C%1").arg(i + 1));
            QVERIFY(statuses.contains(claim["status"].toString()));
            QVERIFY(claim["status"] == "not tested" ? !claim["reason"].toString().isEmpty()
                                                    : !claim["numbers"].toArray().isEmpty());
        }
        QCOMPARE(claims[1].toObject()["status"].toString(), "holds");       // norms after LP and FT
        QCOMPARE(claims[14].toObject()["status"].toString(), "not tested"); // no run with another scale
    }

    void figuresOfWhatItPrints_data() {
        QTest::addColumn<QString>("kind");
        for (const figure::FigureKind& kind : figure::figureKinds()) {
            if (kind.input() == figure::FigureInput::verification) {
                const std::string name(kind.name);
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
            }
        }
    }
    void figuresOfWhatItPrints() {
        QFETCH(const QString, kind);
        const QList<std::pair<QString, QByteArray>> starts{{"pdf", "%PDF-"},
                                                           {"svg", "<?xml"},
                                                           {"png", "\x89PNG"},
                                                           {"tex", "% "},
                                                           {"csv", "panel,header,mark,series"}};
        for (const auto& [suffix, start] : starts) {
            const QString target = path(kind + '.' + suffix), again = path("again." + suffix);
            const Ended made = runFinescope({"figure", kind, path("verify.json"), "--output", target});
            QVERIFY2(made.status == 0, made.err);
            QVERIFY(contents(target).startsWith(start) && contents(target).size() > 1000);
            if (suffix != "csv") {
                QCOMPARE(runFinescope({"figure", "--recipe", target, "--output", again}).status, 0);
                QVERIFY2(contents(again) == contents(target), qPrintable(suffix));
            }
        }
    }

    void figuresOfSomethingElseAreRefused() {
        QFile other(path("other.json"));
        QVERIFY(other.open(QIODevice::WriteOnly) && other.write("{\"laboratory\": {}}\n") > 0);
        other.close();
        const auto refused = [&](const QStringList& files, const QByteArray& words) {
            const Ended ended = runFinescope(QStringList{"figure", "theory-lora"} + files +
                                             QStringList{"--output", path("none.pdf")});
            return ended.status == 2 && ended.err.contains(words) && ended.err.count('\n') == 1;
        };
        QVERIFY(refused({path("other.json")}, "other.json: key 'created' is missing"));
        QVERIFY(refused({path("missing.json")}, "missing.json: no such file"));
        QVERIFY(refused({path("verify.json"), path("verify.json")}, "one file is expected"));
        QVERIFY(!QFile::exists(path("none.pdf")));
        const Ended run =
            runFinescope({"figure", "accuracy", path("verify.json"), "--output", path("none.pdf")});
        QCOMPARE(run.status, 2);
    }

    void wrongUseIsRefused() {
        for (const QStringList& arguments :
             {QStringList{path("nowhere")}, QStringList{m_folder.path()}, QStringList{"--threads", "0"},
              QStringList{"--seed", "one"}, QStringList{"--fast"}}) {
            const Ended ended = runEngine(QStringList{"verify"} + arguments);
            QCOMPARE(ended.status, 2);
            QCOMPARE(ended.err.count('\n'), 1);
        }
        QCOMPARE(runEngine({"verify", "--help"}).status, 0);
    }

    void canBeStopped() {
        QProcess process;
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM), {"verify", "--threads", "1"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY(listensTo(SIGINT, process.processId()));
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
        const Ended ended = tests::finish(process, 60000);
        QCOMPARE(ended.status, 1);
        QVERIFY2(ended.out.isEmpty(), ended.out);
        QVERIFY2(ended.err.contains("stopped") || ended.err.contains("cancelled"), ended.err);
    }
};

QTEST_GUILESS_MAIN(TestVerifyCommand)
#include "test_verify_command.moc"
