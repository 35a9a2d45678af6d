#include "core/engine/processor_name.h"

#include <fstream>
#include <map>

namespace finescope::engine {

std::string processorName() {
    std::ifstream file("/proc/cpuinfo");
    std::map<std::string, std::string> first;
    for (std::string line; std::getline(file, line) && !line.empty();) {
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos) {
            first[line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1)] = line.substr(colon + 2);
        }
    }
    if (!first.contains("model name")) {
        return {};
    }
    std::string name = first["model name"] + ", family " + first["cpu family"] + ", model " + first["model"];
    const std::string flags = " " + first["flags"] + " ";
    for (const char* vectors : {"avx512f", "avx2", "avx"}) {
        if (flags.find(" " + std::string(vectors) + " ") != std::string::npos) {
            return name + ", " + vectors;
        }
    }
    return name;
}

} // namespace finescope::engine
