#include "tests/fuzz/harness.h"

#include "core/text/utf8.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include <unistd.h>

namespace finescope::fuzz {

namespace {

constexpr std::size_t kLongestMessage = 2000;

struct Scratch {
    std::filesystem::path path;

    Scratch() {
        const bool inMemory = std::filesystem::is_directory("/dev/shm");
        std::string name =
            (inMemory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) /
            "finescope-fuzz-XXXXXX";
        if (mkdtemp(name.data()) == nullptr) {
            std::perror("mkdtemp");
            std::exit(2);
        }
        path = name;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

void write(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) {
        std::fprintf(stderr, "cannot write %s\n", path.c_str());
        std::exit(2);
    }
}

/// The name in a line "=== NAME", "" in any other.
std::string_view partName(std::string_view line) {
    constexpr std::string_view kMark = "=== ";
    if (!line.starts_with(kMark)) {
        return {};
    }
    line.remove_prefix(kMark.size());
    const bool plain = std::ranges::all_of(line, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    return plain && line.size() <= 64 && line.find_first_not_of('.') != std::string_view::npos
               ? line
               : std::string_view();
}

} // namespace

const std::filesystem::path& scratchFolder() {
    static const Scratch scratch; // libFuzzer calls one function again and again: nothing else lives as long
    return scratch.path;
}

std::filesystem::path writeFile(const std::string& name, std::string_view bytes) {
    const auto path = scratchFolder() / name;
    write(path, bytes);
    return path;
}

Parts writeParts(std::string_view input) {
    Parts parts{scratchFolder() / "parts", {}};
    std::filesystem::remove_all(parts.folder);
    std::filesystem::create_directory(parts.folder);
    std::string name;
    std::string content;
    const auto finish = [&] {
        if (name.empty()) {
            parts.head = content.substr(0, content.find('\n'));
        } else {
            write(parts.folder / name, content);
        }
        content.clear();
    };
    while (!input.empty()) {
        const auto end = input.find('\n');
        const auto line = input.substr(0, end);
        if (const auto next = partName(line); !next.empty()) {
            finish();
            name = next;
        } else {
            content += input.substr(0, end == std::string_view::npos ? end : end + 1);
        }
        input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    }
    finish();
    return parts;
}

void requireFitToShow(const Error& error) {
    const std::string_view message = error.what();
    const char* wrong = nullptr;
    if (message.empty()) {
        wrong = "an empty message";
    } else if (message.size() > kLongestMessage) {
        wrong = "a message that is too long";
    } else if (text::firstIllFormed(message)) {
        wrong = "a message that is not UTF-8";
    } else if (std::ranges::any_of(
                   message, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
        wrong = "control characters in a message";
    } else if (error.kind() == ErrorKind::internal) {
        wrong = "an input's fault told as ours";
    }
    if (wrong != nullptr) {
        std::fprintf(stderr, "%s: %.*s\n", wrong,
                     static_cast<int>(std::min(message.size(), std::size_t{4000})), message.data());
        std::abort();
    }
}

} // namespace finescope::fuzz
