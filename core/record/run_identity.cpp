#include "core/record/run_writer.h"

#include <chrono>
#include <ctime>
#include <random>

namespace finescope::record {

std::string newRunId() {
    std::random_device source;
    std::uniform_int_distribution<unsigned> byte(0, 255);
    constexpr std::string_view kHexDigits = "0123456789abcdef";
    std::string id;
    for (int i = 0; i < 16; ++i) {
        auto value = byte(source);
        // RFC 4122: version 4 in the upper half of byte 6, variant 10 in the upper bits of byte 8.
        if (i == 6) {
            value = (value & 0x0fU) | 0x40U;
        } else if (i == 8) {
            value = (value & 0x3fU) | 0x80U;
        }
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            id += '-';
        }
        id += kHexDigits[value >> 4U];
        id += kHexDigits[value & 0x0fU];
    }
    return id;
}

std::string nowUtc() {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
    return text;
}

} // namespace finescope::record
