#include "core/text/stand_in.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace finescope::text {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool beginsWith(std::string_view text, std::string_view lowerCase) {
    return text.size() >= lowerCase.size() &&
           std::ranges::equal(text.substr(0, lowerCase.size()), lowerCase, {}, lower);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Past comments and declarations, which may stand before a page's first element.
std::string_view withoutProlog(std::string_view text) {
    while (true) {
        text = trimmed(text);
        const std::string_view end = text.starts_with("<!--") ? "-->" : text.starts_with("<?") ? "?>" : "";
        const std::size_t at = end.empty() ? std::string_view::npos : text.find(end);
        if (at == std::string_view::npos) {
            return text;
        }
        text.remove_prefix(at + end.size());
    }
}

/// The value of a pointer's line "KEY VALUE", or nothing.
std::optional<std::string> valueOf(std::string_view pointer, std::string_view key) {
    const std::size_t at = pointer.find(key);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = pointer.substr(at + key.size());
    const std::string_view value = rest.substr(0, rest.find_first_not_of("0123456789"));
    return value.empty() ? std::nullopt : std::optional<std::string>(value);
}

bool isWebPage(std::string_view beginning) {
    const std::string_view text = withoutProlog(beginning);
    return beginsWith(text, "<!doctype html") || beginsWith(text, "<html");
}

/// What servers answer in place of a file: one short sentence (Hugging Face, GitHub), or a small XML document
/// (object stores).
bool isRefusalOfServer(std::string_view beginning) {
    constexpr std::size_t kLongest = 400;
    constexpr std::array<std::string_view, 8> kAnswers{
        "entry not found",  "404: not found",     "not found", "repository not found",
        "invalid username", "invalid credential", "forbidden", "access to model"};
    const std::string_view text = trimmed(beginning);
    return (text.size() <= kLongest && text.find('\n') == std::string_view::npos &&
            std::ranges::any_of(kAnswers,
                                [&](std::string_view answer) { return beginsWith(text, answer); })) ||
           beginsWith(withoutProlog(beginning), "<error><code>") ||
           beginsWith(withoutProlog(beginning), "<error xmlns");
}

} // namespace

std::optional<std::string> standInFor(std::string_view beginning) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (beginning.starts_with(kByteOrderMark)) {
        beginning.remove_prefix(kByteOrderMark.size());
    }
    const std::string_view text = trimmed(beginning);
    if (text.starts_with("version https://git-lfs.github.com/spec/") ||
        text.starts_with("version https://hawser.github.com/spec/")) {
        const auto size = valueOf(text, "\nsize ");
        return "is a Git LFS pointer" + (size ? " (to a file of " + *size + " bytes)" : std::string()) +
               ", not the file itself: run \"git lfs install\" and \"git lfs pull\" in its repository, or "
               "download the file";
    }
    if (text.starts_with("/annex/objects/")) {
        return "is a git-annex pointer, not the file itself: run \"git annex get\" on it";
    }
    if (isWebPage(beginning)) {
        return "is a web page (HTML), not the file itself: the download saved a page about the file or a "
               "login page; download the file again from its direct address (at Hugging Face and GitHub the "
               "one with /resolve/ or /raw/ instead of /blob/)";
    }
    if (isRefusalOfServer(beginning)) {
        return "is a server's refusal to give out the file, not the file itself: check its address and your "
               "permission to read it, and download it again";
    }
    return std::nullopt;
}

std::optional<std::string> binaryInPlaceOfText(std::string_view beginning) {
    using namespace std::string_view_literals;
    struct Format {
        std::string_view start, what;
    };
    constexpr std::string_view kWorkbook =
        "a workbook of a spreadsheet, not text: save its sheet as CSV in UTF-8";
    constexpr std::array kFormats{
        Format{"\x1F\x8B"sv, "compressed by gzip: unpack it first (gunzip)"},
        Format{"BZh"sv, "compressed by bzip2: unpack it first (bunzip2)"},
        Format{"\xFD"
               "7zXZ\0"sv,
               "compressed by xz: unpack it first (unxz)"},
        Format{"\x28\xB5\x2F\xFD"sv, "compressed by zstd: unpack it first (unzstd)"},
        Format{"\xFF\xFE"sv, "UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"},
        Format{"\xFE\xFF"sv, "UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"},
        Format{"\xD0\xCF\x11\xE0"sv, kWorkbook},
        Format{"PAR1"sv, "a Parquet file, not text: write it as CSV (pandas: read_parquet, then to_csv)"},
        Format{"ARROW1"sv, "an Arrow file, not text: write it as CSV (pandas: read_feather, then to_csv)"},
        Format{"\x93NUMPY"sv, "a NumPy array, not text: save logits and labels together by numpy.savez"},
        Format{"\x89HDF\r\n"sv, "an HDF5 file, not text"},
    };
    constexpr std::string_view kZip = "PK\x03\x04";
    if (beginning.starts_with(kZip)) { // workbooks are archives whose first members have these names
        const bool workbook = beginning.find("[Content_Types].xml") != std::string_view::npos ||
                              beginning.find("opendocument.spreadsheet") != std::string_view::npos ||
                              beginning.find("xl/") != std::string_view::npos;
        return "is " + std::string(workbook ? kWorkbook : "a zip archive, not text: unpack it first (unzip)");
    }
    const auto found = std::ranges::find_if(
        kFormats, [&](const Format& format) { return beginning.starts_with(format.start); });
    return found == kFormats.end() ? std::nullopt : std::optional("is " + std::string(found->what));
}

void refuseStandIn(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) {
        return; // a pipe would be waited for
    }
    std::array<char, kStandInBytes> bytes{};
    std::ifstream stream(file, std::ios::binary);
    stream.read(bytes.data(), bytes.size());
    const std::string_view beginning(bytes.data(), static_cast<std::size_t>(stream.gcount()));
    if (const auto what = standInFor(beginning)) {
        throw Error(ErrorKind::badFile, file.string() + " " + *what);
    }
}

} // namespace finescope::text
