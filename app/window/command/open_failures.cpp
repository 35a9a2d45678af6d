#include "app/window/command/open_failures.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

#include <algorithm>

namespace finescope::window {

namespace {

constexpr std::size_t kMostLines = 6; // a bar that is higher hides the page

QString text(const char* words) {
    return QCoreApplication::translate("finescope::window::OpenFailures", words);
}

/// Reasons mostly name the file already.
QString line(const QString& path, const QString& reason) {
    const QString name = QFileInfo(path).fileName();
    return reason.contains(name) ? reason : name + QStringLiteral(": ") + reason;
}

} // namespace

void OpenFailures::add(const QString& path, const QString& reason) {
    std::erase_if(m_failures, [&](const auto& failure) { return failure.first == path; });
    m_failures.emplace_back(path, reason);
}

QString OpenFailures::message() const {
    if (m_failures.size() == 1) {
        return line(m_failures.front().first, m_failures.front().second);
    }
    QStringList lines{text("%1 files cannot be opened:").arg(m_failures.size())};
    const std::size_t left = m_failures.size() > kMostLines ? m_failures.size() - kMostLines : 0;
    for (std::size_t i = left; i < m_failures.size(); ++i) {
        lines.append(line(m_failures[i].first, m_failures[i].second));
    }
    if (left > 0) {
        lines.append(text("The other %1 are in the details.").arg(left));
    }
    return lines.join(QLatin1Char('\n'));
}

QString OpenFailures::details() const {
    if (m_failures.size() == 1) {
        return m_failures.front().first;
    }
    QStringList lines;
    for (std::size_t i = 0; i + kMostLines < m_failures.size(); ++i) {
        lines.append(line(m_failures[i].first, m_failures[i].second));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace finescope::window
