"""Writes data/layouts_4.json: small folders of each class as transformers 4.57.6 saves them, and the ids that it makes.

Run once, in an environment of its own (transformers==4.57.6, sentencepiece, protobuf), as `run` has transformers 5; which
saves the same folders again: make_tokenizer_json.py.
"""

import json
import pathlib
import tempfile

import sentencepiece
import transformers
from transformers import AddedToken, AutoTokenizer, PreTrainedTokenizerFast

import make_tokenizer_json as layouts

# What a character map may say: two signs become others, one becomes nothing.
RULES = "FB01\t66 69\nFF41\t61\n200B\t\n"


def byte_files(model_type, name, tokens, **options):
    return {"config.json": {"model_type": model_type}, "vocab.json": layouts.numbered(tokens), "merges.txt": layouts.MERGES,
            "tokenizer_config.json": {"tokenizer_class": name, **options}}


def word_files(model_type, name, tokens, **options):
    return {"config.json": {"model_type": model_type}, "vocab.txt": "\n".join(tokens) + "\n",
            "tokenizer_config.json": {"tokenizer_class": name, **options}}


def from_files(files):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "model"
        layouts.write_folder(folder, files)
        return AutoTokenizer.from_pretrained(folder)


def train(scratch, kind, **options):
    lines = [line for line in (layouts.DATA / "lines.txt").read_text(encoding="utf-8", errors="ignore").splitlines() if line.isascii()]
    (scratch / "text.txt").write_text("\n".join(lines[:200] + ["the cat ent"] * 20), encoding="utf-8")
    (scratch / "rules.tsv").write_text(RULES, encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(input=str(scratch / "text.txt"), model_prefix=str(scratch / kind), model_type=kind, hard_vocab_limit=False,
                                             normalization_rule_tsv=str(scratch / "rules.tsv"), num_threads=1, minloglevel=2, **options)
    return str(scratch / f"{kind}.model")


def modern_bert():
    special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    model = {**layouts.vocabulary_model(layouts.DATA / "byte_bpe"), "vocab": layouts.numbered([*special, *layouts.LETTERS]),
             "merges": layouts.MERGES.split("\n")[1:-1]}
    added = [dict(layouts.token(t, special=True, lstrip=t == "[MASK]"), id=i) for i, t in enumerate(special)]
    added.append(dict(layouts.token("   ", normalized=True), id=len(model["vocab"])))
    framing = json.loads(json.dumps(layouts.BERT_TEMPLATE))
    framing["special_tokens"]["[CLS]"]["ids"], framing["special_tokens"]["[SEP]"]["ids"] = [1], [2]
    document = {**layouts.document("byte_bpe", {"normalizer": {"type": "NFC"}, "pre_tokenizer": layouts.byte_level(False), "post_processor": framing,
                                                "added_tokens": added}), "model": model}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(document))
        file.flush()
        return PreTrainedTokenizerFast(tokenizer_file=file.name, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]",
                                       mask_token="[MASK]", model_input_names=["input_ids", "attention_mask"])


def tokenizers(scratch):
    bert = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *layouts.WORDS]
    gpt_2 = [*layouts.LETTERS, layouts.END_OF_TEXT]
    unigram = train(scratch, "unigram", vocab_size=90)
    bpe = train(scratch, "bpe", vocab_size=350, byte_fallback=True)
    yield "BERT", "bert", from_files(word_files("bert", "BertTokenizer", bert, do_lower_case=False))
    yield "DistilBERT", "distilbert", from_files(word_files("distilbert", "DistilBertTokenizer", bert))
    yield "ELECTRA", "electra", from_files(word_files("electra", "ElectraTokenizer", bert))
    yield "RoBERTa", "roberta", from_files({**layouts.ROBERTA_FILES, "tokenizer_config.json": {"tokenizer_class": "RobertaTokenizer"}})
    yield "MPNet", "mpnet", from_files(word_files("mpnet", "MPNetTokenizer", ["<s>", "<pad>", "</s>", "[UNK]", *layouts.WORDS, "<mask>"]))
    yield "GPT-2", "gpt2", from_files(byte_files("gpt2", "GPT2Tokenizer", gpt_2))
    yield "Qwen 2", "qwen2", from_files(byte_files("qwen2", "Qwen2Tokenizer", gpt_2))
    yield "ModernBERT", "modernbert", modern_bert()
    yield "XLM-RoBERTa", "xlm-roberta", transformers.XLMRobertaTokenizerFast(vocab_file=unigram)
    yield "CamemBERT", "camembert", transformers.CamembertTokenizerFast(vocab_file=unigram)
    yield "DeBERTa-v2", "deberta-v2", transformers.DebertaV2TokenizerFast(vocab_file=unigram)
    yield "Llama", "llama", transformers.LlamaTokenizerFast(vocab_file=bpe, legacy=True)


def main():
    assert transformers.__version__ == "4.57.6", transformers.__version__
    made = []
    with tempfile.TemporaryDirectory() as path:
        scratch = pathlib.Path(path)
        for name, model_type, tokenizer in tokenizers(scratch):
            tokenizer.add_tokens([AddedToken("[ent]", rstrip=True)])
            folder = scratch / name
            tokenizer.save_pretrained(folder)
            (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
            for binary in [*folder.glob("*.model"), *folder.glob("*.jinja")]:
                binary.unlink()
            _, encoded = layouts.encodings(folder)
            made.append({"name": name + ", saved by transformers 4", "files": layouts.read_folder(folder), "encodings": encoded})
    (layouts.DATA / "layouts_4.json").write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
