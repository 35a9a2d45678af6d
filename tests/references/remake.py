"""Remakes the committed reference outputs into a folder: remake.py OUTPUT [MINILM_FOLDER [ROBERTA_TOKENIZER_FOLDER]].

Golden ids: zlib behind a big-endian length (what qUncompress reads) of little-endian uint16: per input the
number of ids, the ids, the type ids. Inputs: see `inputs`. Golden features: JSON.
"""

import json
import pathlib
import shutil
import struct
import sys
import zlib

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, RobertaConfig, RobertaModel

import make_adam
import make_adapters
import make_families
import make_tokenizer_json
import make_unicode_tables

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"
PAIR_LENGTHS = [8, 16, 33, 64]


def read_lines():
    return [line.decode("utf-8", "replace") for line in (DATA / "lines.txt").read_bytes().split(b"\n")[:-1]]


def inputs(lines, step=1):
    """(first, second, max_length): every step-th line alone, and every fourth of those with the next line."""
    for i in range(0, len(lines), step):
        yield lines[i], None, 512
        if i % 4 == 0:
            yield lines[i], lines[(i + 1) % len(lines)], PAIR_LENGTHS[i // 4 % 4]


def write_ids(tokenizer, lines, target, step=1):
    values = []
    for first, second, length in inputs(lines, step):
        # No token types in RoBERTa: transformers gives none, the model uses zeros.
        encoded = tokenizer(first, second, truncation=True, max_length=length)
        ids = encoded["input_ids"]
        values += [len(ids), *ids, *encoded.get("token_type_ids", [0] * len(ids))]
    raw = struct.pack(f"<{len(values)}H", *values)
    target.write_bytes(struct.pack(">I", len(raw)) + zlib.compress(raw, 9))


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


# name, folder, what its tokenizer_config.json says otherwise, added tokens
VARIANTS = [
    ("byte_bpe_prefix", "byte_bpe", {"add_prefix_space": True}),
    ("word_piece_cased", "word_piece", {"do_lower_case": False}),
    ("word_piece_lower_accents", "word_piece", {"strip_accents": False}),
    ("word_piece_cased_strip", "word_piece", {"do_lower_case": False, "strip_accents": True}),
    ("word_piece_no_chinese", "word_piece", {"tokenize_chinese_chars": False}),
    ("word_piece_left", "word_piece", {"truncation_side": "left"}),
]


def make_tokenizers(output, lines):
    for name in ("byte_bpe", "word_piece"):
        shutil.copytree(DATA / name, output / name)
        write_ids(AutoTokenizer.from_pretrained(output / name), lines, output / f"{name}.ids")
    for name, base, options in VARIANTS:
        folder = output / "scratch" / name
        shutil.copytree(output / base, folder)
        config = json.loads((folder / "tokenizer_config.json").read_text())
        write_json(folder / "tokenizer_config.json", {**config, **options})
        write_ids(AutoTokenizer.from_pretrained(folder), lines, output / f"{name}.ids", step=4)
    write_json(output / "variants.json", [{"name": n, "base": b, "options": o} for n, b, o in VARIANTS])
    shutil.rmtree(output / "scratch")


def batch(roberta):
    """Rows of different lengths, padded; the second is a pair where there are types."""
    pad = 1 if roberta else 0
    rows = [[5, 9, 17, 33, 60, 7, 6], [5, 40, 41, 6, 42, 43, 44, 45, 6], [5, 6]]
    length = max(map(len, rows))
    ids = [row + [pad] * (length - len(row)) for row in rows]
    mask = [[1] * len(row) + [0] * (length - len(row)) for row in rows]
    types = [[0] * length for _ in rows]
    if not roberta:
        types[1][4:] = [1] * (length - 4)
    return {"ids": ids, "type_ids": types, "mask": mask}


def make_models(output):
    common = dict(vocab_size=64, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, initializer_range=0.3)
    kinds = {
        "bert": (BertModel, BertConfig(max_position_embeddings=16, type_vocab_size=2, pad_token_id=0, **common)),
        "roberta": (RobertaModel, RobertaConfig(max_position_embeddings=18, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5, **common)),
    }
    for name, (kind, config) in kinds.items():
        torch.manual_seed(7)
        model = kind(config, add_pooling_layer=True).eval()
        with torch.no_grad():  # biases and layer norms other than 0 and 1, so that a mix-up shows
            for parameter_name, parameter in model.named_parameters():
                if parameter.dim() == 1:
                    parameter.add_(0.1 * torch.randn_like(parameter))
        for label, dtype in (("f32", torch.float32), ("f16", torch.float16), ("bf16", torch.bfloat16)):
            folder = output / f"{name}_{label}"
            folder.mkdir()
            # F16 goes by prefixed names with a head, BF16 by the old spelling of layer norms.
            state = {k: v.to(dtype).contiguous() for k, v in model.state_dict().items()}
            if label == "f16":
                state = {f"{name}.{k}": v for k, v in state.items()} | {"classifier.weight": torch.ones(2, 24, dtype=dtype)}
                state[f"{name}.embeddings.position_ids"] = torch.arange(16)
            if label == "bf16":
                state = {k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
                         for k, v in state.items()}
            save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
            write_json(folder / "config.json", json.loads(config.to_json_string(use_diff=False)) | {"model_type": name})
            rounded = kind(config, add_pooling_layer=True).eval()
            rounded.load_state_dict({k: v.to(dtype).float() for k, v in model.state_dict().items()})
            data = batch(name == "roberta")
            with torch.no_grad():
                hidden = rounded(input_ids=torch.tensor(data["ids"]), attention_mask=torch.tensor(data["mask"]),
                                 token_type_ids=torch.tensor(data["type_ids"])).last_hidden_state
            write_json(output / f"{name}_{label}.json", data | {"hidden": hidden.tolist()})


def make_minilm(output, folder, lines):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    write_ids(tokenizer, lines, output / "minilm.ids")
    model = AutoModel.from_pretrained(folder).eval()
    chosen = lines[:: len(lines) // 24][:24]
    features = []
    with torch.no_grad():
        for line in chosen:
            encoded = tokenizer(line, truncation=True, max_length=128, return_tensors="pt")
            hidden = model(**encoded).last_hidden_state[0]
            # Four of the 384 numbers of each would hide nothing that all of them show.
            features.append({"line": lines.index(line), "first": hidden[0, ::8].tolist(), "mean": hidden.mean(0)[::8].tolist()})
    write_json(output / "minilm.json", features)


def main(output, minilm=None, roberta=None):
    output = pathlib.Path(output)
    output.mkdir(parents=True)
    torch.set_num_threads(1)
    lines = read_lines()
    make_tokenizers(output, lines)
    make_tokenizer_json.main(output, lines, write_json)
    make_models(output)
    make_families.main(output, write_json)
    make_adapters.main(output, write_json)
    make_unicode_tables.main(output / "unicode_tables.cpp")
    make_adam.main(output / "adam_temperature.json")
    if minilm:
        make_minilm(output, pathlib.Path(minilm), lines)
    if roberta:
        write_ids(AutoTokenizer.from_pretrained(roberta), lines, output / "roberta_base.ids")


if __name__ == "__main__":
    main(*sys.argv[1:])
