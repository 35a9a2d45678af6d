#pragma once

#include <QFile>
#include <QString>

#include <cstddef>
#include <cstring>
#include <vector>

namespace finescope::tests {

/// The values of a file that holds nothing else (numpy's tofile); empty if it cannot be read.
template <typename T>
std::vector<T> readRawArray(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QByteArray bytes = file.readAll();
    std::vector<T> values(static_cast<std::size_t>(bytes.size()) / sizeof(T));
    std::memcpy(values.data(), bytes.constData(), values.size() * sizeof(T));
    return values;
}

} // namespace finescope::tests
