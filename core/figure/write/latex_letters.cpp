#include "core/figure/write/latex_letters.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace finescope::figure {

namespace {

struct Letters {
    char32_t first, last;
};

// Measured with TeX Live 2022: what compiles in a document without any package.
constexpr std::array<Letters, 47> kAsTheyAre{
    {{0xA0, 0xAA},     {0xAC, 0xBA},     {0xBC, 0xCF},     {0xD1, 0xDD},     {0xDF, 0xEF},
     {0xF1, 0xFD},     {0xFF, 0x103},    {0x106, 0x10F},   {0x112, 0x117},   {0x11A, 0x125},
     {0x128, 0x12D},   {0x130, 0x137},   {0x139, 0x13E},   {0x141, 0x148},   {0x14C, 0x165},
     {0x168, 0x171},   {0x174, 0x17E},   {0x192, 0x192},   {0x1C4, 0x1D4},   {0x1E2, 0x1E3},
     {0x1E6, 0x1E9},   {0x1F0, 0x1F0},   {0x1F4, 0x1F5},   {0x218, 0x21B},   {0x232, 0x233},
     {0x237, 0x237},   {0x2010, 0x2016}, {0x2018, 0x2019}, {0x201C, 0x201D}, {0x2020, 0x2022},
     {0x2026, 0x2026}, {0x2030, 0x2031}, {0x203B, 0x203B}, {0x203D, 0x203D}, {0x2044, 0x2044},
     {0x204E, 0x204E}, {0x2052, 0x2052}, {0x20A1, 0x20A1}, {0x20A4, 0x20A4}, {0x20A6, 0x20A6},
     {0x20A9, 0x20A9}, {0x20AB, 0x20AC}, {0x20B1, 0x20B1}, {0x2116, 0x2116}, {0x2122, 0x2122},
     {0x2126, 0x2126}, {0x2190, 0x2193}}};

// What its OT1 lacks and T1 has.
constexpr std::array<Letters, 16> kOfT1{{{0xAB, 0xAB},
                                         {0xBB, 0xBB},
                                         {0xD0, 0xD0},
                                         {0xDE, 0xDE},
                                         {0xF0, 0xF0},
                                         {0xFE, 0xFE},
                                         {0x104, 0x105},
                                         {0x110, 0x111},
                                         {0x118, 0x119},
                                         {0x12E, 0x12F},
                                         {0x14A, 0x14B},
                                         {0x172, 0x173},
                                         {0x1EA, 0x1EB},
                                         {0x201A, 0x201A},
                                         {0x201E, 0x201E},
                                         {0x2039, 0x203A}}};

// The Cyrillic letters of t2aenc.dfu.
constexpr std::array<Letters, 12> kOfT2a{{{0x400, 0x45F},
                                          {0x490, 0x493},
                                          {0x496, 0x49D},
                                          {0x4A0, 0x4A5},
                                          {0x4AA, 0x4AB},
                                          {0x4AE, 0x4B3},
                                          {0x4B6, 0x4BB},
                                          {0x4C0, 0x4C2},
                                          {0x4D0, 0x4DF},
                                          {0x4E2, 0x4E9},
                                          {0x4EC, 0x4F5},
                                          {0x4F8, 0x4F9}}};

bool holds(std::span<const Letters> all, char32_t code) {
    return std::ranges::any_of(
        all, [code](const Letters& letters) { return letters.first <= code && code <= letters.last; });
}

constexpr char32_t kAlpha = 0x391, kSmallAlpha = 0x3B1;
// From capital and from small alpha on; what looks like a Latin letter has no name of its own.
constexpr std::array<std::string_view, 25> kCapitals{
    "\\mathrm{A}", "\\mathrm{B}", "\\Gamma",     "\\Delta",  "\\mathrm{E}", "\\mathrm{Z}", "\\mathrm{H}",
    "\\Theta",     "\\mathrm{I}", "\\mathrm{K}", "\\Lambda", "\\mathrm{M}", "\\mathrm{N}", "\\Xi",
    "\\mathrm{O}", "\\Pi",        "\\mathrm{P}", "",         "\\Sigma",     "\\mathrm{T}", "\\Upsilon",
    "\\Phi",       "\\mathrm{X}", "\\Psi",       "\\Omega"};
constexpr std::array<std::string_view, 25> kSmall{
    "\\alpha",  "\\beta", "\\gamma", "\\delta",    "\\varepsilon", "\\zeta", "\\eta",
    "\\theta",  "\\iota", "\\kappa", "\\lambda",   "\\mu",         "\\nu",   "\\xi",
    "o",        "\\pi",   "\\rho",   "\\varsigma", "\\sigma",      "\\tau",  "\\upsilon",
    "\\varphi", "\\chi",  "\\psi",   "\\omega"};

struct Accented {
    char32_t code;
    std::string_view accent;
    char32_t letter;
};
constexpr std::array<Accented, 18> kAccented{{{0x386, "\\acute", 0x391},
                                              {0x388, "\\acute", 0x395},
                                              {0x389, "\\acute", 0x397},
                                              {0x38A, "\\acute", 0x399},
                                              {0x38C, "\\acute", 0x39F},
                                              {0x38E, "\\acute", 0x3A5},
                                              {0x38F, "\\acute", 0x3A9},
                                              {0x3AA, "\\ddot", 0x399},
                                              {0x3AB, "\\ddot", 0x3A5},
                                              {0x3AC, "\\acute", 0x3B1},
                                              {0x3AD, "\\acute", 0x3B5},
                                              {0x3AE, "\\acute", 0x3B7},
                                              {0x3AF, "\\acute", 0x3B9},
                                              {0x3CA, "\\ddot", 0x3B9},
                                              {0x3CB, "\\ddot", 0x3C5},
                                              {0x3CC, "\\acute", 0x3BF},
                                              {0x3CD, "\\acute", 0x3C5},
                                              {0x3CE, "\\acute", 0x3C9}}};

std::string_view bareGreek(char32_t code) {
    if (code >= kAlpha && code < kAlpha + kCapitals.size()) {
        return kCapitals[code - kAlpha];
    }
    return code >= kSmallAlpha && code < kSmallAlpha + kSmall.size() ? kSmall[code - kSmallAlpha]
                                                                     : std::string_view{};
}

} // namespace

LatexLetter latexLetter(char32_t code) {
    return holds(kAsTheyAre, code)    ? LatexLetter::asItIs
           : holds(kOfT1, code)       ? LatexLetter::t1
           : holds(kOfT2a, code)      ? LatexLetter::t2a
           : latexGreek(code).empty() ? LatexLetter::unknown
                                      : LatexLetter::greek;
}

std::string latexGreek(char32_t code) {
    if (const auto found = std::ranges::find(kAccented, code, &Accented::code); found != kAccented.end()) {
        return "$" + std::string(found->accent) + "{" + std::string(bareGreek(found->letter)) + "}$";
    }
    const std::string_view letter = bareGreek(code);
    return letter.empty() ? std::string{} : "$" + std::string(letter) + "$";
}

} // namespace finescope::figure
