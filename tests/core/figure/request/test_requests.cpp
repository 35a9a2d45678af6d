#include "core/error.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/figure_options.h"
#include "core/figure/request/recipe.h"
#include "core/figure/request/table_kinds.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QtTest>

#include <set>

using namespace finescope;
using namespace finescope::figure;

namespace {

QString contents(const char* path) {
    QFile file(QStringLiteral(FINESCOPE_SOURCE_DIR) + "/" + path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList namesOfKinds() {
    QStringList names;
    for (const FigureKind& kind : figureKinds()) {
        names << QString::fromUtf8(kind.name.data(), static_cast<qsizetype>(kind.name.size()));
    }
    for (const TableKind& kind : tableKinds()) {
        names << QString::fromUtf8(kind.name.data(), static_cast<qsizetype>(kind.name.size()));
    }
    return names;
}

[[noreturn]] void refuse(const std::string& what) {
    throw Error(ErrorKind::badInput, what);
}

/// A value other than the default, as somebody would type it.
std::vector<std::string> someValues(const OptionForm& form) {
    if (form.count == 0) {
        return {};
    }
    if (!form.names.empty()) {
        return {form.names.back()};
    }
    return std::vector<std::string>(static_cast<std::size_t>(form.count), form.type == "TEXT"    ? "fitted"
                                                                          : form.type == "FLOAT" ? "0.5"
                                                                                                 : "7");
}

} // namespace

/// The lists of what may be asked for: every row of them.
class TestRequests : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindIsInThePages() {
        const QString man = contents("resources/man/finescope.1").replace("\\-", "-");
        const QString guide = contents("resources/guide/guide.md");
        const QStringList kinds = namesOfKinds();
        QVERIFY(kinds.size() > 30);
        for (const QString& kind : kinds) {
            QVERIFY2(man.contains("\\fB" + kind + "\\fR"), qPrintable(kind));
            QVERIFY2(guide.contains("`" + kind + "`"), qPrintable(kind));
        }
    }

    void namesAreNamedOnce() {
        std::set<std::string_view> figures, tables, keys, flags, tableFlags;
        for (const FigureKind& kind : figureKinds()) {
            QVERIFY(figures.insert(kind.name).second && !kind.description.empty());
        }
        for (const TableKind& kind : tableKinds()) {
            QVERIFY(tables.insert(kind.name).second && kind.build != nullptr);
        }
        for (const FigureOption& option : figureOptions()) {
            QVERIFY(keys.insert(option.key).second && flags.insert(option.flag).second);
        }
        for (const TableOption& option : tableOptions()) {
            QVERIFY(tableFlags.insert(option.flag).second);
        }
    }

    void optionsAreOfKindsThatExist() {
        const QStringList kinds = namesOfKinds();
        const auto check = [&](std::string_view listed) {
            const QString text = QString::fromUtf8(listed.data(), static_cast<qsizetype>(listed.size()));
            for (const QString& kind : text.split(QStringLiteral(", "), Qt::SkipEmptyParts)) {
                QVERIFY2(kinds.contains(kind), qPrintable(kind));
            }
        };
        for (const FigureOption& option : figureOptions()) {
            check(option.kinds);
        }
        for (const TableOption& option : tableOptions()) {
            check(option.kinds);
        }
    }

    /// What is given on the command line changes the recipe, at its key alone, and is read back from it.
    void everyOptionIsRecorded_data() {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < figureOptions().size(); ++i) {
            QTest::newRow(std::string(figureOptions()[i].flag).c_str()) << static_cast<int>(i);
        }
    }
    void everyOptionIsRecorded() {
        QFETCH(int, row);
        const FigureOption& option = figureOptions()[static_cast<std::size_t>(row)];
        const FigureRequest plain{.kind = "training"};
        FigureRequest given = plain;
        auto values = someValues(option.form());
        if (option.key == "epoch") {
            values = {"lp:2"};
        }
        option.give(values, refuse, given);
        const auto before = nlohmann::json::parse(requestToJson(plain));
        const auto after = nlohmann::json::parse(requestToJson(given));
        for (const auto& [key, value] : after.items()) {
            QCOMPARE(value == before.at(key), key != option.key);
        }
        QCOMPARE(requestToJson(requestFromJson(requestToJson(given), "recipe")), requestToJson(given));
    }

    void whatIsNoValueIsRefused_data() { everyOptionIsRecorded_data(); }
    void whatIsNoValueIsRefused() {
        QFETCH(int, row);
        const FigureOption& option = figureOptions()[static_cast<std::size_t>(row)];
        const std::string recipe =
            "{\"finescope_recipe\": 1, \"" + std::string(option.key) + "\": {\"no\": \"value\"}}";
        try {
            static_cast<void>(requestFromJson(recipe, "r.json"));
            QFAIL("it was read");
        } catch (const Error& error) {
            const QString said = QString::fromUtf8(error.what());
            QVERIFY2(
                error.kind() == ErrorKind::badInput &&
                    said.startsWith("r.json: key '" + QString::fromStdString(std::string(option.key)) + "' "),
                qPrintable(said));
        }
    }
};

QTEST_APPLESS_MAIN(TestRequests)
#include "test_requests.moc"
