#include "app/engine/log.h"

#include "core/text/shown.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace finescope::app {

Log::Log(const std::string& program)
    : m_logger(std::make_unique<spdlog::logger>(program, std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
    m_logger->set_pattern("%n: %v");
}

Log::~Log() = default;

void Log::info(const std::string& message) {
    m_logger->info(text::oneLine(message));
}

void Log::warn(const std::string& message) {
    m_logger->warn(text::oneLine(message));
}

void Log::error(const std::string& message) {
    m_logger->error(text::oneLine(message));
}

} // namespace finescope::app
