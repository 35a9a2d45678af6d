// A fault that clang-tidy must find; tidy.py says so if it does not. No target compiles this file.
#include <string>
#include <utility>

std::string planted(std::string text) {
    const std::string taken = std::move(text);
    return taken + text;
}
