"""Compares the ids of 5,000 lines with those of `tokenizers`: prove_ids.py BENCH_TOKENIZER [FOLDER...]

For every tokenizer.json that the tests have (json_variants.json, layouts.json, layouts_4.json), RoBERTa-base's vocabulary,
which is GPT-2's, where it is there, and the folders given. The lines: data/lines.txt, odd_lines.json, and others of many
scripts, emoji, control characters, odd spaces and added tokens. Prints what was compared; fails at the first difference.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer

import make_tokenizer_json as files

LINES = 5_000
ROBERTA = files.HERE.parents[2] / "shared" / "data" / "tokenizer" / "roberta-base"
# Blocks of many scripts, signs and emoji.
BLOCKS = [(0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x531, 0x58A), (0x591, 0x5F4), (0x600, 0x6FF),
          (0x700, 0x74F), (0x780, 0x7B1), (0x900, 0x97F), (0x980, 0x9FE), (0xB80, 0xBFA), (0xD00, 0xD7F), (0xE00, 0xE5B), (0xF00, 0xFDA),
          (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137C), (0x13A0, 0x13FD), (0x1780, 0x17F9), (0x1800, 0x18AA),
          (0x1E00, 0x1EFF), (0x1F00, 0x1FFE), (0x2000, 0x206F), (0x2070, 0x20BF), (0x2100, 0x218B), (0x2190, 0x23FF), (0x2460, 0x24FF),
          (0x2600, 0x27BF), (0x2E80, 0x2FDF), (0x3000, 0x303F), (0x3040, 0x30FF), (0x3130, 0x318E), (0x31F0, 0x33FF), (0x4E00, 0x4FFF),
          (0xA000, 0xA0FF), (0xAC00, 0xADFF), (0xE000, 0xE00F), (0xF900, 0xFA6D), (0xFB00, 0xFB4F), (0xFE00, 0xFE6F), (0xFF00, 0xFFEF), (0xFFF0, 0xFFFD),
          (0x10300, 0x1034A), (0x1D400, 0x1D4FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F64F), (0x1F900, 0x1F9FF), (0x20000, 0x200FF), (0xE0100, 0xE01EF)]
ODD = ["\x00", "\x01", "\x07", "\x08", "\t", "\n", "\x0b", "\x0c", "\r", "\r\n", "\x1b", "\x7f", "\x85", "\xa0", "\xad", "\u1680", "\u2000", "\u2009", "\u200b",
       "\u200d", "\u2028", "\u202f", "\u205f", "\u2581", "\u3000", "\ufe0f", "\ufeff", "\ufffd", "  ", "   ", "'s", "'LL", "I'm", "123", "4567", "\u0661\u0662"]


def lines(added):
    """`added`: the texts of the added tokens."""
    rng = random.Random(20261130)
    own = (files.DATA / "lines.txt").read_bytes().decode("utf-8", "replace").split("\n")[:-1]
    own += json.loads((files.DATA / "odd_lines.json").read_text())
    words = own[1].split() + ["the", "cat", "a", "naïve", "Straße", "ﬁn", "İi", "ǅ"]

    def piece():
        kind = rng.random()
        if kind < 0.3:
            block = rng.choice(BLOCKS)
            return "".join(chr(rng.randint(*block)) for _ in range(rng.randint(1, 6)))
        if kind < 0.5:
            return rng.choice(ODD)
        return rng.choice(added) if added and kind < 0.7 else rng.choice(words)

    made = own[:: max(1, 2 * len(own) // LINES)]
    while len(made) < LINES:
        made.append(rng.choice(["", " "]).join(piece() for _ in range(rng.randint(1, 12))))
    return made[:LINES]


def documents(folders):
    """(name, tokenizer.json)"""
    vocabularies = [files.vocabulary_model(files.DATA / name)["vocab"] for name in ("word_piece", "byte_bpe")]
    for name, base, parts in files.variants(*vocabularies):
        yield name, files.document(base, parts)
    for file in ("layouts.json", "layouts_4.json"):
        for layout in json.loads((files.DATA / file).read_text(encoding="utf-8")):
            if "tokenizer.json" in layout["files"]:
                yield layout["name"], json.loads(layout["files"]["tokenizer.json"])
    if ROBERTA.exists():
        model = files.vocabulary_model(ROBERTA)
        added = [{**token, "id": model["vocab"][token["content"]]} for token in files.BYTE_BPE_SPECIAL]
        yield "RoBERTa-base's vocabulary", files.document("byte_bpe", {"pre_tokenizer": files.byte_level(False), "model": model, "added_tokens": added})
    for folder in map(pathlib.Path, folders):
        yield str(folder), json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))


def main(program, *folders):
    count, seen = 0, set()
    for name, document in documents(folders):
        document = {**document, "truncation": None, "padding": None}
        text = json.dumps(document)
        if text in seen:
            continue
        seen.add(text)
        texts = lines([token["content"] for token in document["added_tokens"]])
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            (folder / "tokenizer.json").write_text(text)
            (folder / "lines.json").write_text(json.dumps(texts))
            out = subprocess.run([program, folder, folder / "lines.json", "1"], check=True, stdout=subprocess.PIPE, text=True).stdout
        ours = json.loads(out)["ids"]
        theirs = [encoding.ids for encoding in Tokenizer.from_str(text).encode_batch(texts)]
        for line, one, other in zip(texts, ours, theirs, strict=True):
            if one != other:
                sys.exit(f"{name}: {ascii(line)}\n    ours       {one}\n    tokenizers {other}")
        count += 1
    print(f"ids: {count} different tokenizer.json, {LINES} lines each, all equal to those of tokenizers")


if __name__ == "__main__":
    main(*sys.argv[1:])
