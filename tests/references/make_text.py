"""Writes data/lines.txt: real text of many scripts and lines made to be hard for tokenizers.

The real text is translations that Debian 12 installs under /usr/share/locale: of GLib, GTK and GDK-Pixbuf
(LGPL-2.1-or-later) and of iso-codes (LGPL-2.1-or-later). The file is committed, because it depends on what is installed.
"""

import gettext
import pathlib
import random
import sys
import unicodedata

LOCALES = pathlib.Path("/usr/share/locale")
DOMAINS = {"glib20": 9, "gtk20": 5, "gdk-pixbuf": 4, "iso_3166": 4, "iso_639-3": 2}


def translations(rng):
    lines = []
    for locale in sorted(LOCALES.iterdir()):
        for domain, count in DOMAINS.items():
            path = locale / "LC_MESSAGES" / f"{domain}.mo"
            if not path.exists():
                continue
            try:
                with open(path, "rb") as file:
                    catalogue = gettext.GNUTranslations(file)._catalog
            except (IndexError, ValueError):  # a plural rule that gettext cannot read
                continue
            texts = sorted(t for k, t in catalogue.items() if k and isinstance(t, str) and 3 < len(t) < 160)
            lines += rng.sample(texts, min(count, len(texts)))
    return [text.replace("\n", " ").encode() for text in lines]


def generated(rng):
    spaces = "\t\v\f\r\x1c\x1d\x1e\x1f\x20\x85\xa0\u1680\u180e\u2000\u2003\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
    controls = [chr(c) for c in list(range(1, 32)) + [0, 127, 0x80, 0x9F, 0xAD, 0x200D, 0x202E, 0xFFFD, 0xFFFE, 0xE000] if c != 10]
    emoji = ["👩\u200d💻", "🏳️\u200d🌈", "👨\u200d👩\u200d👧\u200d👦", "🇩🇪", "👍🏽", "☺️", "1️⃣", "🧑🏿\u200d🚀", "🫠", "🪿"]
    special = ["<s>", "</s>", "<pad>", "<mask>", "<unk>", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]"]
    lines = ["", " ", "  ", "\t", "a", " a", "a ", "  two  spaces  ", "don't won't I'll we've they're I'm he'd 's 'S 't", "''s '' 'tis",
             "x" * 101, "x" * 100, "Ünïcödé " * 5, "İstanbul IĞDIR ıi", "ΣΊΣΥΦΟΣ ὈΔΥΣΣΕΎΣ ς", "ẞ ß ﬁ ǅ ǆ Ǆ", "한국어 각 가나다", "各 가",
             "中文字符和English混合", "𠀀𠀁 丽 㐀", "ไทยภาษา", "हिन्दी में", "עִבְרִית", "العَرَبِيَّة", "e\u0301 é n\u0303 ñ Å Å", "١٢٣ ½ ² Ⅷ ໑ 𝟘𝟙", "a\u0300\u0301\u0302b",
             "snake_case camelCase kebab-case", "http://example.org/?q=a&b=c#d", "50% of $3.50 = €1,75!!!", "...---...", "@user #tag",
             "日本語の文章。「引用」、終わり", "👍👍👍", "\u1c89\ua7cb 𐵐", "𞤀𞤢 Ꭰꭰ Ꙁꙁ", "\U0001e900\u10a0\u1c90"]
    for space in spaces:
        lines += [f"a{space}b", f"{space}a{space}{space}b{space}", f"1{space} {space}2 .{space}"]
    for control in controls:
        lines += [f"a{control}b", f"{control} x{control}"]
    for token in special:
        lines += [token, f"a {token} b", f"a{token}b", f"  {token}  {token.lower()}{token}\t{token}"]
    for _ in range(150):
        lines.append("".join(rng.choice(emoji + list("ab 1.")) for _ in range(rng.randint(1, 12))))
    everything = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cs", "Cn", "Co") and c != 10]
    for _ in range(300):
        lines.append("".join(rng.choice(everything) + rng.choice(["", "", " ", "a", "\u0301"]) for _ in range(rng.randint(1, 25))))
    result = [line.encode() for line in lines]
    bad = [b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xe0\x80\x80"]
    for sequence in bad:
        result += [sequence, b"a" + sequence + b"b", b"caf\xc3\xa9 " + sequence + b" " + sequence + sequence]
    return result


def main(target):
    rng = random.Random(20240501)
    lines = translations(rng) + generated(rng)
    assert all(b"\n" not in line for line in lines)
    pathlib.Path(target).write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
