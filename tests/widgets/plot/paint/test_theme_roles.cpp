#include "core/figure/label/variant.h"
#include "core/figure/request/figure_kinds.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/small_laboratory.h"
#include "tests/support/tiny_run.h"
#include "tests/widgets/plot/paint/theme_files.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <set>
#include <vector>

using namespace finescope;

namespace {

/// What is in one list and not in the other.
QStringList difference(const QStringList& one, const QStringList& other) {
    QStringList all;
    for (const QString& text : one) {
        if (!other.contains(text)) {
            all << text;
        }
    }
    for (const QString& text : other) {
        if (!one.contains(text)) {
            all << text;
        }
    }
    return all;
}

void addRoles(const figure::Figure& figure, std::set<std::string>& roles) {
    const auto add = [&](const auto& marks) {
        for (const auto& mark : marks) {
            roles.insert(mark.style.role);
        }
    };
    for (const figure::Panel& panel : figure.panels) {
        add(panel.bands);
        add(panel.bars);
        add(panel.curves);
        add(panel.scatters);
        add(panel.references);
    }
}

} // namespace

/// A role that a theme does not name looks like "other", and nobody is told: whatever is drawn has to be
/// named in every theme.
class TestThemeRoles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::vector<record::Run> m_runs;
    QString m_sources; ///< all that draws, without comments

    void readSources() {
        static const QRegularExpression comment(QStringLiteral("//[^\n]*"));
        for (const char* folder : {"core/figure", "widgets", "app/window"}) {
            QDirIterator files(QStringLiteral(FINESCOPE_SOURCE_DIR "/") + QLatin1String(folder),
                               {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                               QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                m_sources += QString::fromUtf8(file.readAll()).remove(comment);
            }
        }
    }

    void add(const char* name, const tests::TinyRun& options, bool kernel = false) {
        const std::string file = m_folder.filePath(QLatin1String(name)).toStdString();
        tests::writeTinyRun(file, options);
        if (kernel) {
            record::addKernel(file, record::readRun(file).runId, tests::pattern::kernel("pretrained", 1));
        }
        m_runs.push_back(record::readRun(file));
    }

    /// That every theme names the role.
    void compareWithThemes(const std::string& role) {
        for (const QString& theme : tests::themeNames()) {
            QVERIFY2(tests::themeRoles(theme).contains(QString::fromStdString(role)),
                     qPrintable(
                         QStringLiteral("%1.ini does not name %2").arg(theme, QString::fromStdString(role))));
        }
    }

private Q_SLOTS:
    void initTestCase() {
        readSources();
        add("lp.h5", {.method = "lp"});
        add("ft.h5", {.method = "ft"});
        add("lp-ft.h5", {.method = "lp-ft"});
        add("lora.h5", {.method = "lora", .brokenLogits = true});
        add("lp-lora.h5", {.method = "lp-lora"});
        add("scaled.h5", {.method = "ft", .classifierScale = 10}, true);
        add("classes.h5", {.method = "ft", .task = "many", .classes = 12});
    }

    void themesNameTheSameKeys_data() {
        QTest::addColumn<QString>("name");
        for (const QString& name : tests::themeNames()) {
            QTest::newRow(qPrintable(name)) << name;
        }
    }

    void themesNameTheSameKeys() {
        QFETCH(const QString, name);
        const QStringList keys = tests::themeKeys(name),
                          others = tests::themeKeys(tests::themeNames().first());
        QVERIFY(tests::themeNames().size() > 1 && keys.size() > 1);
        QVERIFY2(keys == others, qPrintable(difference(keys, others).join(QStringLiteral(", "))));
        static_cast<void>(widgets::FigureTheme::load(name)); // throws where it is no theme of the program's
    }

    void rolesOfFiguresAreNamed_data() {
        QTest::addColumn<QString>("kind");
        for (const figure::FigureKind& kind : figure::figureKinds()) {
            const std::string name(kind.name);
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }

    void rolesOfFiguresAreNamed() {
        QFETCH(const QString, kind);
        const figure::FigureRequest request{.kind = kind.toStdString(),
                                            .temperature = {.value = 2}}; // other than 1: it is marked
        const bool ofRuns = figure::inputOf(request.kind) == figure::FigureInput::runs;
        std::set<std::string> roles;
        addRoles(ofRuns ? figure::buildFigure(request, m_runs)
                        : figure::buildFigure(request, tests::smallLaboratory()),
                 roles);
        QVERIFY(!roles.empty());
        for (const std::string& role : roles) {
            compareWithThemes(role);
        }
    }

    void rolesOfImportedRunsAreNamed() {
        constexpr int kMany = 20; // more than there are roles
        for (int position = 0; position < kMany; ++position) {
            compareWithThemes(figure::memberStyle("imported", position, kMany).role);
        }
    }

    /// Those of marks that the figures above happen not to have, too.
    void rolesInTheSourcesAreNamed() {
        static const QRegularExpression pattern(QStringLiteral("\\brole = \"([^\"]+)\""));
        std::set<std::string> roles;
        auto matches = pattern.globalMatch(m_sources);
        while (matches.hasNext()) {
            roles.insert(matches.next().captured(1).toStdString());
        }
        QVERIFY(roles.contains("neutral") && roles.contains("not-finite")); // they are found
        for (const std::string& role : roles) {
            compareWithThemes(role.ends_with('-') ? role + "1" : role); // a number follows
        }
    }

    /// A role that no source has in quotes is drawn by nothing.
    void rolesInThemesAreDrawn() {
        static const QRegularExpression number(QStringLiteral("-?\\d+$"));
        for (const QString& role : tests::themeRoles(tests::themeNames().first())) {
            const QString name = QString(role).remove(number);
            QVERIFY2(m_sources.contains(QLatin1Char('"') + name), qPrintable(role));
        }
    }
};

QTEST_GUILESS_MAIN(TestThemeRoles)
#include "test_theme_roles.moc"
