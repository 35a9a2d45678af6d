"""Token ids of bench_tokenizer and of the package `tokenizers` on one thread, one after the other:

    tokenizer_against_package.py BENCH_TOKENIZER [--rounds 5] [--json FILE]

needs tokenizers 0.23.3 and transformers 5.24 (tests/references/run makes an environment with them). Both read the same
tokenizer.json, made of the vocabularies in tests/references/data by make_tokenizer_json.py and, where it is there, of
RoBERTa-base's, which is GPT-2's, and encode data/lines.txt. The package has three ways: a text at a time, all at once, and
all at once without places in the text; the quickest counts. All ids are compared. Least times of all rounds, in
milliseconds by the clock.
"""

import os

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "references"))
import make_tokenizer_json as files  # noqa: E402

KINDS = {
    "json_bert": "WordPiece (BERT)",
    "json_bytes": "byte-level BPE (RoBERTa)",
    "json_llama_3": "BPE by Llama 3's expression",
    "json_qwen_2": "BPE by Qwen 2's expression, NFC, added tokens",
    "json_byte_fallback": "BPE with bytes for what is unknown (Llama 2)",
    "json_unigram": "Unigram, NFKC (XLM-RoBERTa)",
    "json_unigram_map": "Unigram with a character map",
}
ROBERTA = ROOT.parent / "shared" / "data" / "tokenizer" / "roberta-base"


def documents():
    vocabularies = [files.vocabulary_model(files.DATA / name)["vocab"] for name in ("word_piece", "byte_bpe")]
    for name, base, parts in files.variants(*vocabularies):
        if name in KINDS:
            yield KINDS[name], files.document(base, parts)
    if ROBERTA.exists():
        parts = {"pre_tokenizer": files.byte_level(False), "added_tokens": [], "model": files.vocabulary_model(ROBERTA)}
        yield "byte-level BPE, GPT-2's vocabulary", files.document("byte_bpe", parts)


def read_lines():
    return [line.decode("utf-8", "replace") for line in (files.DATA / "lines.txt").read_bytes().split(b"\n")[:-1]]


def timed(work):
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def package(file, lines, rounds):
    """The least seconds, and the ids."""
    tokenizer = tokenizers.Tokenizer.from_file(str(file))
    ways = [lambda: [tokenizer.encode(line) for line in lines], lambda: tokenizer.encode_batch(lines),
            lambda: tokenizer.encode_batch_fast(lines)]
    made = [timed(way) for _ in range(rounds) for way in ways]
    return min(seconds for seconds, _ in made), [encoding.ids for encoding in made[0][1]]


def ours(program, folder, lines, rounds):
    out = json.loads(subprocess.run([program, folder, lines, str(rounds)], check=True, capture_output=True, text=True).stdout)
    return out["seconds"], out["ids"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="writes the ratios there")
    options = parser.parse_args()
    lines, comparisons = read_lines(), []
    print(f"tokenizers {tokenizers.__version__}; {len(lines)} lines, milliseconds, least of {options.rounds} rounds")
    with tempfile.TemporaryDirectory() as scratch:
        texts = pathlib.Path(scratch) / "lines.json"
        texts.write_text(json.dumps(lines))
        for name, document in documents():
            folder = pathlib.Path(scratch) / name.replace(" ", "_")
            folder.mkdir()
            (folder / "tokenizer.json").write_text(json.dumps(document))
            our_seconds, our_ids = ours(options.bench, folder, texts, options.rounds)
            their_seconds, their_ids = package(folder / "tokenizer.json", lines, options.rounds)
            different = sum(one != other for one, other in zip(our_ids, their_ids, strict=True))
            if different:
                sys.exit(f"{name}: {different} lines have other ids")
            ratio = their_seconds / our_seconds
            comparisons.append({"kind": name, "ratio": ratio, "ours_ms": 1e3 * our_seconds, "package_ms": 1e3 * their_seconds})
            print(f"    {name}: ours {1e3 * our_seconds:.1f}, the package {1e3 * their_seconds:.1f}: {ratio:.2f} times as long", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"tokenizers": tokenizers.__version__, "comparisons": comparisons}, indent=1))


if __name__ == "__main__":
    main()
