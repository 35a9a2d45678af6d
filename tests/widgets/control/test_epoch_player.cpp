#include "widgets/control/epoch_player.h"

#include <QSignalSpy>
#include <QSlider>
#include <QToolButton>
#include <QtTest>

using finescope::widgets::EpochPlayer;

class TestEpochPlayer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void needsTwoPlaces() {
        EpochPlayer player;
        QVERIFY(!player.isEnabled());
        player.setCount(1);
        QVERIFY(!player.isEnabled());
        player.setCount(2);
        QVERIFY(player.isEnabled());
    }

    void restsAtTheEndAndGrowsWithIt() {
        EpochPlayer player;
        player.setCount(4);
        player.setPosition(-1);
        QCOMPARE(player.position(), 3);
        player.setCount(6); // a live run has gone on
        QCOMPARE(player.position(), 5);
        player.setPosition(1);
        player.setCount(7);
        QCOMPARE(player.position(), 1);
    }

    void onlyAPersonMovesItWithASignal() {
        EpochPlayer player;
        player.setCount(4);
        QSignalSpy moved(&player, &EpochPlayer::moved);
        player.setPosition(2);
        QCOMPARE(moved.size(), 0);
        player.findChild<QSlider*>(QStringLiteral("epochSlider"))->setValue(1);
        QCOMPARE(moved.size(), 1);
        QCOMPARE(moved.first().first().toInt(), 1);
    }

    void playsFromTheStartToTheEnd() {
        EpochPlayer player;
        player.setCount(3);
        player.setPosition(-1);
        QSignalSpy moved(&player, &EpochPlayer::moved);
        player.findChild<QToolButton*>(QStringLiteral("epochPlay"))->click();
        QVERIFY(player.playing());
        QTRY_VERIFY(!player.playing());
        QCOMPARE(moved.size(), 3);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(moved[i].first().toInt(), i);
        }
        QVERIFY(!player.findChild<QToolButton*>(QStringLiteral("epochPlay"))->isChecked());
    }

    void waitsWhileBusy() {
        EpochPlayer player;
        player.setCount(3);
        player.setPosition(0);
        player.setBusy(true);
        QSignalSpy moved(&player, &EpochPlayer::moved);
        QSignalSpy stepped(player.findChild<QTimer*>(), &QTimer::timeout);
        player.play(true);
        QTRY_VERIFY(stepped.size() >= 2);
        QCOMPARE(moved.size(), 0);
        player.setBusy(false);
        QTRY_COMPARE(moved.size(), 2);
    }
};

QTEST_MAIN(TestEpochPlayer)
#include "test_epoch_player.moc"
