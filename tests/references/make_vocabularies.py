"""Trains the small vocabularies of data/ on data/lines.txt: make_vocabularies.py OUTPUT.

They are inputs of the references, like the lines: the trainers break ties in the order of a hash table, so that every
run gives other ones. After a new choice, remake the references with `run --update`.
"""

import base64
import json
import pathlib
import sys
import tempfile

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from remake import read_lines, write_json


def train_byte_bpe(lines, folder):
    folder.mkdir(parents=True)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(vocab_size=1200, special_tokens=special, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.model.save(str(folder))
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": False})
    mask = {"content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False, "normalized": False}
    write_json(folder / "special_tokens_map.json", {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
               "sep_token": "</s>", "pad_token": "<pad>", "cls_token": "<s>", "mask_token": mask})


def train_word_piece(lines, folder):
    folder.mkdir(parents=True)
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=2500, special_tokens=special, limit_alphabet=700, show_progress=False)
    tokenizer.train_from_iterator(lines + [line.lower() for line in lines], trainer)
    ordered = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    (folder / "vocab.txt").write_text("".join(token + "\n" for token, _ in ordered), encoding="utf-8")
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "strip_accents": None})


def train_unigram(lines, folder):
    """With special tokens, and a character map of a few rules: the usual one has 240 kB. Needs sentencepiece 0.2."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    folder.mkdir(parents=True)
    # Without the special tokens, which would become tokens a second time.
    latin = [line for line in lines if line and not set(line) & set("<[") and all(ord(c) < 0x250 for c in line)]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=900, unk_token="<unk>", special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
                                      show_progress=False)
    tokenizer.train_from_iterator(latin, trainer)
    write_json(folder / "vocab.json", json.loads(tokenizer.to_str())["model"]["vocab"])
    with tempfile.TemporaryDirectory() as scratch:
        rules = pathlib.Path(scratch) / "rules.tsv"
        hexadecimal = lambda text: " ".join("%X" % ord(c) for c in text)
        rules.write_text("".join(f"{hexadecimal(old)}\t{hexadecimal(new)}\n" for old, new in CHARACTER_MAP))
        text = pathlib.Path(scratch) / "text"
        text.write_text("\n".join(latin[:200]), encoding="utf-8")
        prefix = str(pathlib.Path(scratch) / "m")
        sentencepiece.SentencePieceTrainer.train(input=str(text), model_prefix=prefix, vocab_size=150, minloglevel=2,
                                                 normalization_rule_tsv=str(rules), hard_vocab_limit=False)
        model = sentencepiece_model_pb2.ModelProto.FromString(pathlib.Path(prefix + ".model").read_bytes())
    (folder / "charsmap.txt").write_text(base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode() + "\n")


# What becomes of characters, and of what is written with several; the longest is a grapheme of six bytes.
CHARACTER_MAP = [("\u00e9", "e"), ("e\u0301", "e"), ("\u0301", ""), ("\u200b", " "), ("\t", " "), ("\ufb01", "fi"), ("\u00b2", "2"), ("\u337f", "\u682a\u5f0f"),
                 ("a\u0301\u0302", "x"), ("\u00df", "ss"), ("\u3000", " "), ("\ufeff", ""), ("B", "b"), ("\u1100\u1161", "\uac00"), ("\x1f", "")]


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    train_byte_bpe(read_lines(), target / "byte_bpe")
    train_word_piece(read_lines(), target / "word_piece")
    train_unigram(read_lines(), target / "unigram")
