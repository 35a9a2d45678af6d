#include "app/window/runs/settings.h"

#include <QTemporaryDir>
#include <QtTest>

using finescope::window::Setting;
using finescope::window::Settings;

class TestSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rememberedAcrossStores() {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("settings.ini"));
        {
            QSettings store(file, QSettings::IniFormat);
            Settings settings(store);
            settings.set(Setting::recentFiles,
                         QStringList{QStringLiteral("/a,b.h5"), QStringLiteral("/é.h5")});
            settings.set(Setting::exportWidthMm, 82.55);
            settings.set(Setting::windowGeometry, QByteArray("\0\1x", 3));
        }
        QSettings store(file, QSettings::IniFormat);
        const Settings settings(store);
        QCOMPARE(settings.texts(Setting::recentFiles),
                 QStringList({QStringLiteral("/a,b.h5"), QStringLiteral("/é.h5")}));
        QCOMPARE(settings.number(Setting::exportWidthMm), 82.55);
        QCOMPARE(settings.bytes(Setting::windowGeometry), QByteArray("\0\1x", 3));
    }

    void damagedValuesCountAsAbsent() {
        const QTemporaryDir folder;
        QSettings store(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        store.setValue(QStringLiteral("export/width-mm"), QStringLiteral("wide"));
        store.setValue(QStringLiteral("jobs/parallel"), QStringLiteral("many"));
        const Settings settings(store);
        QCOMPARE(settings.number(Setting::exportWidthMm), 139.7);
        QCOMPARE(settings.integer(Setting::parallelJobs), 2);
    }

    void absentValuesAreTheDefaults() {
        const QTemporaryDir folder;
        QSettings store(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        const Settings settings(store);
        QCOMPARE(settings.text(Setting::theme), QStringLiteral("system"));
        QVERIFY(settings.texts(Setting::recentFiles).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSettings)
#include "test_settings.moc"
