#pragma once

#include <QMutex>
#include <QStringList>

namespace finescope::tests {

/// Collects Qt's warnings while it lives: a test compares taken() with what it expects, usually nothing. The
/// offscreen platform's one about size hints is left out.
class WarningWatch {
public:
    WarningWatch();
    ~WarningWatch();
    WarningWatch(const WarningWatch&) = delete;
    WarningWatch& operator=(const WarningWatch&) = delete;

    /// The warnings since the last call.
    [[nodiscard]] QStringList taken();

private:
    static void handle(QtMsgType type, const QMessageLogContext& context, const QString& message);
    QMutex m_mutex; ///< guards m_warnings
    QStringList m_warnings;
    QtMessageHandler m_before;
};

} // namespace finescope::tests
