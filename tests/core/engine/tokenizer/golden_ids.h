#pragma once

#include "core/engine/tokenizer/tokenizer.h"

#include <QByteArray>
#include <QFile>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace finescope::tests {

inline QByteArray readAll(const std::filesystem::path& path) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline void writeFile(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

/// The uint16 numbers of a golden file, one after the other.
class Golden {
public:
    explicit Golden(const std::filesystem::path& path) : m_bytes(qUncompress(readAll(path))) {}
    [[nodiscard]] bool atEnd() const { return m_at >= m_bytes.size(); }
    std::int64_t next() {
        const auto low = static_cast<unsigned char>(m_bytes.at(m_at)),
                   high = static_cast<unsigned char>(m_bytes.at(m_at + 1));
        m_at += 2;
        return low | high << 8;
    }
    engine::Encoding nextEncoding() {
        const std::int64_t count = next();
        engine::Encoding encoding;
        for (std::int64_t i = 0; i < count; ++i) {
            encoding.ids.push_back(next());
        }
        for (std::int64_t i = 0; i < count; ++i) {
            encoding.typeIds.push_back(next());
        }
        return encoding;
    }

private:
    QByteArray m_bytes;
    qsizetype m_at = 0;
};

inline std::string idText(const std::vector<std::int64_t>& ids) {
    std::string result;
    for (const std::int64_t id : ids) {
        result += std::to_string(id) + " ";
    }
    return result;
}

} // namespace finescope::tests
