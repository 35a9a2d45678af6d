#include "tests/support/warnings.h"

#include <QMutexLocker>

#include <utility>

namespace finescope::tests {

namespace {

WarningWatch* watching = nullptr; // a message handler is a plain function: it needs to find its object

} // namespace

WarningWatch::WarningWatch() {
    watching = this;
    m_before = qInstallMessageHandler(&WarningWatch::handle);
}

WarningWatch::~WarningWatch() {
    qInstallMessageHandler(m_before);
    watching = nullptr;
}

QStringList WarningWatch::taken() {
    const QMutexLocker lock(&m_mutex);
    return std::exchange(m_warnings, {});
}

void WarningWatch::handle(QtMsgType type, const QMessageLogContext& context, const QString& message) {
    const bool platform = message.startsWith(QLatin1String("This plugin does not support")); // offscreen
    if (type != QtDebugMsg && type != QtInfoMsg && !platform) {
        const QMutexLocker lock(&watching->m_mutex);
        watching->m_warnings.append(message);
    }
    watching->m_before(type, context, message);
}

} // namespace finescope::tests
