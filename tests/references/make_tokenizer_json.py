"""What `tokenizers` makes of tokenizer.json files with every part that is read, and `transformers` of every layout.

Called by remake.py. The parts are put around the committed vocabularies, here and in the test alike, from
json_variants.json; layouts.json holds small folders whole, each with texts and their ids.
"""

import json
import pathlib
import random
import struct
import tempfile
import zlib

from tokenizers import Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"
PAIR_LENGTHS = [8, 16, 33, 64]


def token(content, **flags):
    names = ("single_word", "lstrip", "rstrip", "normalized", "special")
    return {"content": content, **{name: flags.get(name, False) for name in names}}


BERT_TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
    "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
             {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
             {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
    "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                       "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}},
}
REVERSED_TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"Sequence": {"id": "A", "type_id": 1}}, {"SpecialToken": {"id": "end", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "end", "type_id": 1}},
             {"Sequence": {"id": "A", "type_id": 2}}],
    "special_tokens": {"end": {"id": "end", "ids": [2, 1, 2], "tokens": ["</s>", "<pad>", "</s>"]}},
}
ROBERTA = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": False}


def bert(**flags):
    return {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
            "lowercase": True, **flags}


def byte_level(prefix, **flags):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": True, **flags}


def sequence(key, *parts):
    return {"type": "Sequence", key: list(parts)}


WORD_PIECE_SPECIAL = [dict(token(t, special=True), id=i) for i, t in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])]
BYTE_BPE_SPECIAL = [dict(token(t, special=True, lstrip=t == "<mask>"), id=i) for i, t in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])]
ADDED = [token("[ent]", normalized=True), token("[REL]", normalized=True, lstrip=True), token("wo", single_word=True),
         token("Straße", normalized=True, single_word=True), token("<x>", rstrip=True, special=True), token("<x><y>"),
         token("é", lstrip=True, rstrip=True), token(" b")]


def added(special, vocabulary):
    """A token that the vocabulary has keeps its id, any other gets the next."""
    new = iter(range(len(vocabulary), len(vocabulary) + len(ADDED)))
    return special + [dict(t, id=vocabulary[t["content"]] if t["content"] in vocabulary else next(new)) for t in ADDED]


# The expressions of GPT-2, Llama 3, Qwen 2 and o200k (GPT-4o), which is written out in files of transformers.
GPT_2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA_3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN_2 = LLAMA_3.replace("{1,3}", "")
CASES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?"
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + CASES
         + r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def metaspace(scheme, cut=True):
    return {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": cut}


def by_expression(pattern):
    return sequence("pretokenizers", split(pattern), byte_level(False, use_regex=False))


# name, vocabulary, parts other than its own
def variants(word_piece, byte_bpe):
    form = lambda name: {"type": name}
    charsmap = {"type": "Precompiled", "precompiled_charsmap": (DATA / "unigram" / "charsmap.txt").read_text().strip()}
    spaces = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    llama = sequence("normalizers", {"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})
    vowels, words = r"\s+|[aeiou]|\d{2}", r"[\w'-]+"
    return [
        ("json_bert", "word_piece", {"normalizer": bert(), "pre_tokenizer": form("BertPreTokenizer"), "post_processor": BERT_TEMPLATE}),
        ("json_bert_flags", "word_piece", {"normalizer": bert(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False),
                                           "pre_tokenizer": form("WhitespaceSplit"), "post_processor": None}),
        ("json_bert_added", "word_piece", {"normalizer": bert(), "pre_tokenizer": form("BertPreTokenizer"), "post_processor": BERT_TEMPLATE,
                                           "added_tokens": added(WORD_PIECE_SPECIAL, word_piece)}),
        ("json_nfd", "word_piece", {"normalizer": sequence("normalizers", form("NFD"), form("Lowercase"), form("StripAccents")),
                                    "pre_tokenizer": form("Whitespace"), "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}}),
        ("json_nfkc", "word_piece", {"normalizer": sequence("normalizers", {"type": "Strip", "strip_left": True, "strip_right": False}, form("NFKC"),
                                                            {"type": "Replace", "pattern": {"String": "ss"}, "content": "ß"}),
                                     "pre_tokenizer": form("BertPreTokenizer"), "post_processor": BERT_TEMPLATE,
                                     "truncation": {"direction": "Left", "max_length": 512, "strategy": "LongestFirst", "stride": 0}}),
        ("json_nfkd_short", "word_piece", {"normalizer": form("NFKD"), "pre_tokenizer": form("BertPreTokenizer"), "post_processor": BERT_TEMPLATE,
                                           "model": {"max_input_chars_per_word": 7}}),
        ("json_bytes", "byte_bpe", {"pre_tokenizer": byte_level(False), "post_processor": ROBERTA}),
        ("json_bytes_added", "byte_bpe", {"pre_tokenizer": byte_level(True), "post_processor": sequence("processors", byte_level(True), REVERSED_TEMPLATE),
                                          "added_tokens": added(BYTE_BPE_SPECIAL, byte_bpe)}),
        ("json_bytes_sequence", "byte_bpe", {"normalizer": form("NFC"), "post_processor": ROBERTA,
                                             "pre_tokenizer": sequence("pretokenizers", form("Whitespace"), byte_level(True, use_regex=False))}),
        ("json_bytes_prepend", "byte_bpe", {"normalizer": sequence("normalizers", {"type": "Prepend", "prepend": "de"}, form("Lowercase")),
                                            "pre_tokenizer": byte_level(False), "post_processor": ROBERTA, "model": {"ignore_merges": True}}),
        ("json_characters", "byte_bpe", {"pre_tokenizer": form("WhitespaceSplit"), "post_processor": ROBERTA,
                                         "model": {"unk_token": "<unk>", "fuse_unk": True}}),
        ("json_gpt_2", "byte_bpe", {"pre_tokenizer": by_expression(GPT_2), "post_processor": ROBERTA}),
        ("json_llama_3", "byte_bpe", {"pre_tokenizer": by_expression(LLAMA_3), "model": {"ignore_merges": True}}),
        ("json_qwen_2", "byte_bpe", {"normalizer": form("NFC"), "pre_tokenizer": by_expression(QWEN_2), "added_tokens": added(BYTE_BPE_SPECIAL, byte_bpe)}),
        ("json_o200k", "byte_bpe", {"pre_tokenizer": by_expression(O200K)}),
        ("json_split_removed", "word_piece", {"normalizer": form("Lowercase"), "pre_tokenizer": split(vowels, "Removed")}),
        ("json_split_previous", "word_piece", {"normalizer": form("Lowercase"), "pre_tokenizer": split(vowels, "MergedWithPrevious")}),
        ("json_split_next", "word_piece", {"normalizer": form("Lowercase"), "pre_tokenizer": split(vowels, "MergedWithNext")}),
        ("json_split_runs", "word_piece", {"normalizer": form("Lowercase"), "pre_tokenizer": split(vowels, "Contiguous")}),
        ("json_split_inverted", "word_piece", {"pre_tokenizer": split(words, "Removed", True)}),
        ("json_split_text", "word_piece", {"pre_tokenizer": split(" ", "MergedWithNext", kind="String")}),
        ("json_split_lines", "word_piece", {"pre_tokenizer": sequence("pretokenizers", split(r"^\W.|.$"), split(r"[^\S\r\n]+|\P{L}", "Removed"))}),
        ("json_punctuation", "word_piece", {"normalizer": form("Lowercase"), "pre_tokenizer": sequence(
            "pretokenizers", form("WhitespaceSplit"), {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "Digits", "individual_digits": True})}),
        ("json_digits", "word_piece", {"normalizer": spaces, "pre_tokenizer": sequence(
            "pretokenizers", {"type": "Digits", "individual_digits": False}, {"type": "Punctuation", "behavior": "MergedWithPrevious"}, form("Whitespace"))}),
        ("json_scripts", "word_piece", {"normalizer": form("Lowercase"), "pre_tokenizer": sequence("pretokenizers", form("UnicodeScripts"), form("WhitespaceSplit"))}),
        ("json_scripts_first", "unigram", {"pre_tokenizer": sequence("pretokenizers", form("UnicodeScripts"), metaspace("first"))}),
        ("json_byte_fallback", "byte_bpe", {"normalizer": llama, "pre_tokenizer": None, "model": {"byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True}}),
        ("json_unigram", "unigram", {"normalizer": sequence("normalizers", form("Nmt"), form("NFKC"), spaces), "pre_tokenizer": metaspace("always"),
                                     "post_processor": ROBERTA}),
        ("json_unigram_first", "unigram", {"normalizer": {"type": "Strip", "strip_left": True, "strip_right": True}, "pre_tokenizer": metaspace("first"),
                                           "added_tokens": added(BYTE_BPE_SPECIAL, unigram_ids())}),
        ("json_unigram_words", "unigram", {"pre_tokenizer": sequence("pretokenizers", form("WhitespaceSplit"), metaspace("first"))}),
        ("json_unigram_map", "unigram", {"normalizer": charsmap, "pre_tokenizer": metaspace("never", False), "model": {"byte_fallback": True}}),
    ]


def unigram_ids():
    tokens = json.loads((DATA / "unigram" / "vocab.json").read_text(encoding="utf-8"))
    return {token: i for i, (token, _) in enumerate(tokens)}


def with_bytes(model):
    """With a token for each byte, as byte_fallback needs."""
    tokens = ["<0x%02X>" % byte for byte in range(256)]
    if model["type"] == "Unigram":
        return {**model, "vocab": model["vocab"] + [[token, -100] for token in tokens]}
    return {**model, "vocab": {**model["vocab"], **{token: len(model["vocab"]) + i for i, token in enumerate(tokens)}}}


def vocabulary_model(folder):
    if (folder / "vocab.txt").exists():
        tokens = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
        return {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                "vocab": {t: i for i, t in enumerate(tokens)}}
    if folder.name == "unigram":
        return {"type": "Unigram", "unk_id": 3, "byte_fallback": False, "vocab": json.loads((folder / "vocab.json").read_text(encoding="utf-8"))}
    merges = [m for m in (folder / "merges.txt").read_text(encoding="utf-8").split("\n") if m and not m.startswith("#version")]
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
            "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": json.loads((folder / "vocab.json").read_text(encoding="utf-8")), "merges": merges}


def document(base, parts):
    whole = {"version": "1.0", "truncation": None, "padding": None, "normalizer": None, "pre_tokenizer": None, "post_processor": None,
             "decoder": None, "added_tokens": WORD_PIECE_SPECIAL if base == "word_piece" else BYTE_BPE_SPECIAL,
             "model": vocabulary_model(DATA / base)}
    for key, value in parts.items():
        whole[key] = {**whole["model"], **value} if key == "model" else value
    if whole["model"].get("byte_fallback"):
        whole["model"] = with_bytes(whole["model"])
    return whole


def odd_lines():
    """Lines that hold the added tokens, spaces of every kind and what can stand beside them."""
    rng = random.Random(20251129)
    pieces = [t["content"] for t in ADDED] + ["[ENT]", "[rel]", "straße", "STRASSE", "É", "e\u0301", "<mask>", "[MASK]", "<s>", "[CLS]", "</s>", "[SEP]"]
    between = ["", "", " ", "  ", "\t", "\u00a0", "\u3000", "\u200b", "\u0301", ".", "-", "_", "a", "wo", "B", "7", "中", "の", "ש", "ا", "한", "각", "👩\u200d💻", "\x00", "\x1f", "\ufeff", "ﬁ", "²", "Ⅷ", "㍿", "\u1ea0", "Å"]
    lines = []
    for _ in range(400):
        lines.append("".join(rng.choice(between) + rng.choice(between + pieces) + rng.choice(pieces + between) for _ in range(rng.randint(1, 8))))
    return lines


def write_variant(whole, lines, target, step):
    tokenizer = Tokenizer.from_str(json.dumps(whole))
    left = (whole["truncation"] or {}).get("direction") == "Left"
    values = []

    def append(first, second, length):
        tokenizer.enable_truncation(length, strategy="longest_first", direction="left" if left else "right")
        encoding = tokenizer.encode(first, second)
        values.extend([len(encoding.ids), *encoding.ids, *encoding.type_ids])

    for i in range(0, len(lines), step):
        append(lines[i], None, 512)
        if i % 4 == 0:
            append(lines[i], lines[(i + 1) % len(lines)] or None, PAIR_LENGTHS[i // 4 % 4])
    raw = struct.pack(f"<{len(values)}H", *values)
    target.write_bytes(struct.pack(">I", len(raw)) + zlib.compress(raw, 9))


def make_variants(output, lines, write_json):
    vocabularies = [vocabulary_model(DATA / name)["vocab"] for name in ("word_piece", "byte_bpe")]
    chosen = lines[::8] + odd_lines()
    (output / "odd_lines.json").write_text(json.dumps(chosen, ensure_ascii=True) + "\n")
    described = []
    for name, base, parts in variants(*vocabularies):
        whole = document(base, parts)
        write_variant(whole, chosen, output / f"{name}.ids", 1)
        described.append({"name": name, "base": base, "parts": {k: v for k, v in whole.items() if k != "model"},
                          "model": {k: v for k, v in whole["model"].items() if k not in ("vocab", "merges")}})
    write_json(output / "json_variants.json", described)


TEXTS = ["a cat <mask> b", " a <mask> [ent] x[rel]  c", "the  [ent]cat[rel] [ENT]", "<s>a</s> <pad>b", "a[ent]", "xent ent a-ent", "[MASK] a [SEP]the[CLS]"]
LETTERS = [*"abcdefghijklmnopqrstuvwxyz", ".", ",", "[", "]", "-", "Ġ", "Ġa", "Ġc", "ca", "cat", "Ġcat"]
MERGES = "#version: 0.2\nĠ a\nĠ c\nc a\nca t\nĠ cat\n"
WORDS = ["the", "cat", "a", "##t", "ent", "[", "]", "-", *"bcex"]
END_OF_TEXT = "<|endoftext|>"


def numbered(tokens):
    return {token: i for i, token in enumerate(tokens)}


ROBERTA_VOCABULARY = numbered(["<s>", "<pad>", "</s>", "<unk>", *LETTERS, "<mask>"])
ROBERTA_FILES = {"config.json": {"model_type": "roberta"}, "vocab.json": ROBERTA_VOCABULARY, "merges.txt": MERGES}
BERT_FILES = {"config.json": {"model_type": "bert"}, "vocab.txt": "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n"}
MPNET_FILES = {"config.json": {"model_type": "mpnet"}, "vocab.txt": "\n".join(["<s>", "<pad>", "</s>", "[UNK]", *WORDS, "<mask>"]) + "\n"}
GPT_2_FILES = {"config.json": {"model_type": "gpt2"}, "vocab.json": numbered([*LETTERS, END_OF_TEXT]), "merges.txt": MERGES}
QWEN_FILES = {**GPT_2_FILES, "config.json": {"model_type": "qwen3"}}
MASK = token("<mask>", lstrip=True)
SIZE = len(ROBERTA_VOCABULARY)


def decoder(*tokens):
    ids = ROBERTA_VOCABULARY
    return {str(ids.get(t["content"], SIZE + i)): t for i, t in enumerate(tokens)}


def layouts():
    roberta = "RobertaTokenizer"
    named = {"__type": "AddedToken", **MASK}
    bert_ent = {"9": token("ent", single_word=True), "17": token("[ENT]", rstrip=True, normalized=True)}
    return [
        ("no options", ROBERTA_FILES, {}),
        ("mask as text in the map", ROBERTA_FILES, {"special_tokens_map.json": {"mask_token": "<mask>", "cls_token": "<s>"}}),
        ("mask with flags in the map", ROBERTA_FILES, {"special_tokens_map.json": {"mask_token": MASK}, "tokenizer_config.json": {"tokenizer_class": roberta}}),
        ("mask with flags in the options", ROBERTA_FILES, {"tokenizer_config.json": {"tokenizer_class": roberta, "mask_token": named}}),
        ("the map wins over the options", ROBERTA_FILES, {"tokenizer_config.json": {"mask_token": named}, "special_tokens_map.json": {"mask_token": "<mask>"}}),
        ("decoder", ROBERTA_FILES, {"tokenizer_config.json": {"tokenizer_class": roberta, "mask_token": "<mask>",
                                    "added_tokens_decoder": decoder(token("[ent]", normalized=True), token("[rel]", lstrip=True, special=True), MASK)}}),
        ("decoder wins over the map", ROBERTA_FILES, {"tokenizer_config.json": {"added_tokens_decoder": decoder(token("[ent]", rstrip=True))},
                                                      "special_tokens_map.json": {"mask_token": MASK}, "added_tokens.json": {"[rel]": SIZE}}),
        ("added tokens in their file", ROBERTA_FILES, {"added_tokens.json": {"[rel]": SIZE + 1, "[ent]": SIZE}}),
        ("special ones of the file", ROBERTA_FILES, {"added_tokens.json": {"[ent]": SIZE}, "special_tokens_map.json": {"additional_special_tokens": ["[ent]"]}}),
        ("flags lost in the file", ROBERTA_FILES, {"added_tokens.json": {"<mask>": SIZE - 1, "[ent]": SIZE}, "special_tokens_map.json": {"mask_token": MASK}}),
        ("extra special tokens", ROBERTA_FILES, {"tokenizer_config.json": {"extra_special_tokens": ["[ent]", "[rel]"]}}),
        ("extra with a name", ROBERTA_FILES, {"tokenizer_config.json": {"extra_special_tokens": {"entity_token": "[ent]"}}}),
        ("prefix space", ROBERTA_FILES, {"tokenizer_config.json": {"add_prefix_space": True, "tokenizer_class": roberta}}),
        ("bert", BERT_FILES, {}),
        ("bert, cased", BERT_FILES, {"tokenizer_config.json": {"do_lower_case": False, "tokenizer_class": "BertTokenizer"}}),
        ("bert, decoder", BERT_FILES, {"tokenizer_config.json": {"added_tokens_decoder": bert_ent, "tokenizer_class": "BertTokenizer"}}),
        ("bert, other names", BERT_FILES, {"tokenizer_config.json": {"cls_token": "the", "sep_token": "cat", "tokenizer_class": "BertTokenizer"}}),
        ("bert, no types", BERT_FILES, {"tokenizer_config.json": {"model_input_names": ["input_ids", "attention_mask"], "tokenizer_class": "BertTokenizer"}}),
        ("bert by another name", BERT_FILES, {"tokenizer_config.json": {"tokenizer_class": "ElectraTokenizerFast"}}),
        ("mpnet", MPNET_FILES, {}),
        ("mpnet, mask as text", MPNET_FILES, {"tokenizer_config.json": {"mask_token": "<mask>", "tokenizer_class": "MPNetTokenizer"}}),
        ("mpnet, mask without its flag", MPNET_FILES, {"special_tokens_map.json": {"mask_token": token("<mask>")}}),
        ("gpt-2", GPT_2_FILES, {}),
        ("gpt-2, begun and ended", GPT_2_FILES, {"tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "add_eos_token": True}}),
        ("gpt-2, prefix space", GPT_2_FILES, {"tokenizer_config.json": {"tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": True, "pad_token": "cat"}}),
        ("qwen 3", QWEN_FILES, {}),
        ("qwen 2", QWEN_FILES, {"tokenizer_config.json": {"tokenizer_class": "Qwen2Tokenizer", "add_bos_token": True, "eos_token": "cat"}}),
    ]


def write_folder(folder, files):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def read_folder(folder):
    def compact(path):
        text = path.read_text(encoding="utf-8")
        return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")) if path.suffix == ".json" else text
    return {path.name: compact(path) for path in sorted(folder.iterdir())}


def encodings(folder, kind=AutoTokenizer):
    tokenizer = kind.from_pretrained(folder)
    made = []
    for text in TEXTS:
        for pair in (None, "b <mask>a"):
            encoded = tokenizer(text, pair)
            made.append({"first": text, "second": pair, "ids": encoded["input_ids"],
                         "type_ids": encoded.get("token_type_ids", [0] * len(encoded["input_ids"]))})
    return tokenizer, made


def saved_again():
    """What transformers 4 saved (make_layouts_4.py), saved by the transformers that runs this."""
    made = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, layout in enumerate(json.loads((DATA / "layouts_4.json").read_text(encoding="utf-8"))):
            old, new = (pathlib.Path(scratch) / f"{number}-{name}" for name in ("old", "new"))
            write_folder(old, layout["files"])
            tokenizer, _ = encodings(old)
            tokenizer.save_pretrained(new)
            (new / "config.json").write_text(layout["files"]["config.json"])
            # LlamaTokenizer does not save that it is "legacy", and then builds another tokenizer than the file that it saved.
            kind = PreTrainedTokenizerFast if layout["name"].startswith("Llama") else AutoTokenizer
            _, encoded = encodings(new, kind)
            made.append({"name": layout["name"] + " and again by 5", "files": read_folder(new), "encodings": encoded})
    return made


def make_layouts(output, write_json):
    made = saved_again()
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, base, files) in enumerate(layouts()):
            folder = pathlib.Path(scratch) / str(number)
            write_folder(folder, {**base, **files})
            tokenizer, encoded = encodings(folder)
            made.append({"name": name, "files": read_folder(folder), "encodings": encoded})
            saved = pathlib.Path(scratch) / f"{number}-saved"
            tokenizer.save_pretrained(saved)
            (saved / "config.json").write_text((folder / "config.json").read_text())
            _, again = encodings(saved)
            made.append({"name": name + ", saved by transformers 5", "files": read_folder(saved), "encodings": again})
            backend = pathlib.Path(scratch) / f"{number}-backend"
            backend.mkdir()
            for file in ("tokenizer.json", "config.json"):
                (backend / file).write_text((saved / file).read_text(encoding="utf-8"), encoding="utf-8")
            config = json.loads((saved / "tokenizer_config.json").read_text())
            (backend / "tokenizer_config.json").write_text(json.dumps({**config, "tokenizer_class": "TokenizersBackend"}))
            _, again = encodings(backend)
            made.append({"name": name + ", as written", "files": read_folder(backend), "encodings": again})
    write_json(output / "layouts.json", made)


def make_saved(output):
    """Whole folders as transformers 5 writes them; the ids are those of the vocabularies."""
    for name in ("byte_bpe", "word_piece"):
        folder = output / f"{name}_saved"
        AutoTokenizer.from_pretrained(DATA / name).save_pretrained(folder)


def main(output, lines, write_json):
    make_variants(output, lines, write_json)
    make_layouts(output, write_json)
    make_saved(output)
