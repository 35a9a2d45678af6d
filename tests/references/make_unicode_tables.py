"""Writes core/engine/tokenizer/unicode_tables.cpp: what the `tokenizers` package makes of every code point.

Its Rust crates carry Unicode tables of several ages (letters of Unicode 16, normal forms of Unicode 10, punctuation of
Unicode 8, no unassigned code points among the controls), so that no one library of C++ agrees with it. Each class is found by asking the package
itself about all 1,112,064 code points.
"""

import sys

from tokenizers import Regex, __version__, normalizers, pre_tokenizers

MARK_OF_CLASS_1, MARK_OF_CLASS_240 = "\u0334", "\u0345"

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def normalizer(**which):
    options = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**options, **which})


def classify():
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bert = pre_tokenizers.BertPreTokenizer()
    clean, chinese = normalizer(clean_text=True), normalizer(handle_chinese_chars=True)
    strip, lower = normalizer(strip_accents=True), normalizer(lowercase=True)
    word, marks = pre_tokenizers.Whitespace(), normalizers.StripAccents()
    canonical, compatible = normalizers.NFD(), normalizers.NFKD()
    letters, numbers = [], []
    names = ("Punctuation", "Removed", "Chinese", "Accents", "Words", "Marks", "Decomposed",
             "Compatible", "Reordered")
    classes, lowered = {name: [] for name in names}, []
    for code in CODE_POINTS:
        c = chr(code)
        if len(byte_level.pre_tokenize_str("a" + c)) == 1:
            letters.append(code)
        elif len(byte_level.pre_tokenize_str("1" + c)) == 1:
            numbers.append(code)
        if len(bert.pre_tokenize_str("a" + c + "b")) == 3:
            classes["Punctuation"].append(code)
        if clean.normalize_str("a" + c + "b") == "ab":
            classes["Removed"].append(code)
        if len(chinese.normalize_str(c)) == 3:
            classes["Chinese"].append(code)
        if strip.normalize_str("!" + c + "!") == "!!":
            classes["Accents"].append(code)
        if word.pre_tokenize_str("a" + c)[0][0] == "a" + c:
            classes["Words"].append(code)
        if marks.normalize_str("a" + c) == "a":
            classes["Marks"].append(code)
        if canonical.normalize_str(c) != c:
            classes["Decomposed"].append(code)
        elif compatible.normalize_str(c) != c:
            classes["Compatible"].append(code)
        elif any(canonical.normalize_str(pair) != pair for pair in (c + MARK_OF_CLASS_1, MARK_OF_CLASS_240 + c)) \
                or c in (MARK_OF_CLASS_1, MARK_OF_CLASS_240):
            classes["Reordered"].append(code)
        small = lower.normalize_str(c)
        if small != c and len(small) == 1:
            lowered.append((code, ord(small)))
    assert (letters, numbers) == (matched(r"\p{L}"), matched(r"\p{N}"))  # which the categories say
    return classes, lowered


CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co".split()


def matched(expression):
    """The code points that an expression of one character finds."""
    split = pre_tokenizers.Split(Regex(expression), "removed", invert=True)
    places = (range(*place) for _, place in split.pre_tokenize_str("".join(map(chr, CODE_POINTS))))
    return [CODE_POINTS[i] for place in places for i in place]


def categories():
    """(first, last, category), sorted; what is in none is not assigned."""
    return sorted((*r, name) for name in CATEGORIES for r in ranges(matched(r"\p{%s}" % name)))


def scripts():
    """(first, last, number), sorted; numbers from 1 in the order of the first code points. What splits from no other is in none."""
    cut = pre_tokenizers.UnicodeScripts()

    def together(one, other):
        return len(cut.pre_tokenize_str(one + other)) == 1

    found, first_of = [], []
    for c in map(chr, CODE_POINTS):
        if together("a", c) and together("\u4e00", c):
            continue
        if found and found[-1][1] == ord(c) - 1 and together(chr(found[-1][1]), c):
            found[-1][1] = ord(c)
            continue
        number = next((i for i, first in enumerate(first_of, 1) if together(first, c)), len(first_of) + 1)
        if number > len(first_of):
            first_of.append(c)
        found.append([ord(c), ord(c), number])
    return found


def ranges(codes):
    found = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def lower_ranges(pairs):
    """Runs of equal distance in steps of 1 or 2: (first, last, step, distance)."""
    found = []
    for code, small in pairs:
        last = found[-1] if found else None
        if last and small - code == last[3] and code - last[1] in (1, 2):
            step = code - last[1]
            if last[0] == last[1] or last[2] == step:
                last[1], last[2] = code, step
                continue
        found.append([code, code, 1, small - code])
    return found


def rows(items, width=104):
    line, lines = "   ", []
    for item in items:
        if len(line) + len(item) + 1 > width:
            lines.append(line)
            line = "   "
        line += " " + item
    return "\n".join(lines + [line])


def main(target):
    classes, lowered = classify()
    classes["ExpressionWords"] = matched(r"\w")
    parts = [
        f"// Written by tests/references/make_unicode_tables.py from tokenizers {__version__}; do not edit.\n"
        '#include "core/engine/tokenizer/unicode_tables.h"\n\n'
        "namespace finescope::engine {\n\nnamespace {\n\n// clang-format off\n"
    ]
    for name, codes in classes.items():
        body = rows("{0x%X, 0x%X}," % tuple(r) for r in ranges(codes))
        parts.append(f"constexpr CodeRange k{name}[] = {{\n{body}\n}};\n\n")
    body = rows("{0x%X, 0x%X, %d, %d}," % tuple(r) for r in lower_ranges(lowered))
    parts.append(f"constexpr LowerRange kLower[] = {{\n{body}\n}};\n\n")
    body = rows('{0x%X, 0x%X, "%s"},' % r for r in categories())
    parts.append(f"constexpr CategoryRange kCategories[] = {{\n{body}\n}};\n\n")
    body = rows("{0x%X, 0x%X, %d}," % tuple(r) for r in scripts())
    parts.append(f"constexpr ScriptRange kScripts[] = {{\n{body}\n}};\n// clang-format on\n\n}} // namespace\n\n")
    for name in classes:
        function = name[0].lower() + name[1:] + "Ranges"
        parts.append(f"std::span<const CodeRange> {function}() {{\n    return k{name};\n}}\n")
    parts.append("std::span<const LowerRange> lowerRanges() {\n    return kLower;\n}\n"
                 "std::span<const CategoryRange> categoryRanges() {\n    return kCategories;\n}\n"
                 "std::span<const ScriptRange> scriptRanges() {\n    return kScripts;\n}\n\n} // namespace finescope::engine\n")
    with open(target, "w", encoding="utf-8") as file:
        file.write("".join(parts))


if __name__ == "__main__":
    main(sys.argv[1])
