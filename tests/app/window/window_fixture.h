#pragma once

#include "app/window/window/main_window.h"
#include "tests/support/scripted_prompts.h"
#include "tests/support/tiny_run.h"
#include "tests/support/warnings.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTreeView>
#include <QtTest>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace finescope::tests {

/// The real window with settings and a folder of its own, made anew for every test by setUp.
class WindowFixture {
protected:
    static constexpr int kPollMs = 50;
    static constexpr std::array kPages{"Training",     "Classifier",  "Kernel",  "Features",
                                       "Norm scaling", "Calibration", "Accuracy"};

    std::unique_ptr<WarningWatch> m_warnings;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_store;
    std::unique_ptr<window::Settings> m_settings;
    ScriptedPrompts m_prompts;
    std::vector<std::string> m_probe; ///< what looks at run files before the window does
    std::unique_ptr<window::MainWindow> m_window;

    void setUp() {
        m_warnings = std::make_unique<WarningWatch>();
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<QSettings>(path("settings.ini"), QSettings::IniFormat);
        m_settings = std::make_unique<window::Settings>(*m_store);
        m_prompts = {};
        m_probe = {};
        makeWindow();
    }

    /// Nothing may have warned meanwhile.
    void tearDown() {
        m_window.reset();
        const QStringList warnings = m_warnings->taken();
        m_warnings.reset(); // also before a failure: the next watch must not hand its warnings to this one
        QCOMPARE(warnings, QStringList());
    }

    void makeWindow() {
        m_window.reset();
        m_window = std::make_unique<window::MainWindow>(
            window::Surroundings{.settings = *m_settings,
                                 .prompts = m_prompts,
                                 .engine = path("engine/finescope-engine"),
                                 .demo = path("demo"),
                                 .dataFolder = m_folder->path(),
                                 .pollMs = kPollMs,
                                 .probe = m_probe});
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    template <class T>
    T* find(const char* name) {
        T* found = m_window->findChild<T*>(QLatin1String(name));
        if (!found) {
            QTest::qFail(name, __FILE__, __LINE__);
        }
        return found;
    }

    [[nodiscard]] QString path(const char* name) const { return m_folder->filePath(QLatin1String(name)); }

    static std::filesystem::path toPath(const QString& path) { return path.toStdU16String(); }

    QString makeRun(const char* name, const TinyRun& run) {
        QDir().mkpath(QFileInfo(path(name)).path());
        writeTinyRun(toPath(path(name)), run);
        return path(name);
    }

    QString makeRun(const char* name, const char* method, std::int64_t seed = 1) {
        return makeRun(name, TinyRun{.method = method, .seed = seed});
    }

    /// Chooses an item of a picker as a person does.
    void pick(const char* box, const char* text) {
        auto* combo = find<QComboBox>(box);
        const int index = combo->findText(QLatin1String(text));
        QVERIFY2(index >= 0, text);
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index);
    }

    /// How many runs the tree shows.
    qsizetype runsShown() {
        const auto* tree = find<QTreeView>("runTree")->model();
        const std::function<qsizetype(const QModelIndex&)> leaves = [&](const QModelIndex& parent) {
            const int rows = tree->rowCount(parent);
            qsizetype count = rows == 0 && parent.isValid() ? 1 : 0;
            for (int row = 0; row < rows; ++row) {
                count += leaves(tree->index(row, 0, parent));
            }
            return count;
        };
        return leaves({});
    }

    /// Opens runs and waits until all are shown: the first is shown before the others have been read.
    void openAll(const QStringList& files) {
        const qsizetype before = runsShown();
        m_window->open(files);
        QTRY_COMPARE(runsShown(), before + files.size());
    }

    void trigger(const char* action) { find<QAction>(action)->trigger(); }

    void showPage(const char* title) {
        auto* tabs = find<QTabBar>("pageTabs");
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == QLatin1String(title)) {
                QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(i).center());
            }
        }
        QCOMPARE(tabs->tabText(tabs->currentIndex()), QLatin1String(title));
    }
};

} // namespace finescope::tests
