"""Trains the two small vocabularies of data/ on data/lines.txt: make_vocabularies.py OUTPUT.

They are inputs of the references, like the lines: the trainers break ties in the order of a hash table, so that every
run gives other ones. After a new choice, remake the references with `run --update`.
"""

import pathlib
import sys

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


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    train_byte_bpe(read_lines(), target / "byte_bpe")
    train_word_piece(read_lines(), target / "word_piece")
