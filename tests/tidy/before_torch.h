// Read before LibTorch by clang only. LibTorch 1.13 has vectors of an incomplete type, c10::IValue. In C++20
// the members of libstdc++'s std::vector are constexpr, and clang makes such members when it meets them: too
// early. So std::vector is read as in C++17.
#pragma once

#include <string>
#if defined(_GLIBCXX20_CONSTEXPR) && _GLIBCXX_RELEASE == 12
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
#define __fill_a1 fill_bits // that of std::vector<bool>, which <string> has declared constexpr
#include <vector>
#undef __fill_a1
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr
#endif
