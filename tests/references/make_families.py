"""Small models of every family as `transformers` saves and computes them: random weights, odd sizes, padding."""

import json

import torch
import transformers
from safetensors.torch import save_file

VOCABULARY = 48
COMMON = dict(vocab_size=VOCABULARY, initializer_range=0.3)
DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


def sizes(hidden, layers, heads, wide, positions=32, **more):
    return dict(hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=wide,
                max_position_embeddings=positions, **more)


def rope(kind, theta=500.0, **more):
    return dict(rope_parameters={"rope_type": kind, "rope_theta": theta, **more})


# Of each family three shapes, one for each type of numbers in the file.
FAMILIES = {
    "xlm-roberta": ("XLMRobertaConfig", [
        sizes(15, 2, 3, 22, 34, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5), sizes(8, 1, 2, 9, 34, pad_token_id=1),
        sizes(12, 3, 1, 7, 40, type_vocab_size=1, pad_token_id=1)]),
    "camembert": ("CamembertConfig", [
        sizes(10, 2, 5, 13, 34, type_vocab_size=1, pad_token_id=1), sizes(9, 1, 3, 9, 34, type_vocab_size=1, pad_token_id=1),
        sizes(14, 2, 2, 21, 35, type_vocab_size=1, pad_token_id=1)]),
    "distilbert": ("DistilBertConfig", [
        dict(dim=d, n_layers=n, n_heads=h, hidden_dim=w, max_position_embeddings=32, sinusoidal_pos_embds=s)
        for d, n, h, w, s in ((15, 2, 3, 22, False), (8, 1, 2, 9, True), (12, 3, 1, 7, False))]),
    "electra": ("ElectraConfig", [
        sizes(15, 2, 3, 22, embedding_size=7), sizes(8, 1, 2, 9, embedding_size=8), sizes(12, 2, 1, 7, embedding_size=17)]),
    "mpnet": ("MPNetConfig", [sizes(15, 2, 3, 22, 34), sizes(8, 1, 2, 9, 34), sizes(12, 3, 1, 7, 40)]),
    "modernbert": ("ModernBertConfig", [
        sizes(20, 4, 2, 13, pad_token_id=0, local_attention=6, layer_types=["full_attention", "sliding_attention"] * 2),
        sizes(12, 3, 3, 9, pad_token_id=0, local_attention=8, norm_bias=True, attention_bias=True, mlp_bias=True),
        sizes(14, 2, 1, 21, pad_token_id=0, local_attention=4)]),
    "deberta-v2": ("DebertaV2Config", [  # as v3; all that can be there; distances without ranges
        sizes(15, 2, 3, 22, relative_attention=True, position_buckets=8, norm_rel_ebd="layer_norm", share_att_key=True,
              pos_att_type="p2c|c2p", position_biased_input=False),
        sizes(8, 2, 2, 9, relative_attention=True, position_buckets=12, max_relative_positions=20, type_vocab_size=2, embedding_size=5,
              norm_rel_ebd="layer_norm", pos_att_type=["c2p", "p2c"]),
        sizes(12, 3, 1, 7, relative_attention=True, max_relative_positions=9, share_att_key=True, pos_att_type=["p2c"],
              layer_norm_eps=1e-6)]),
    "gpt2": ("GPT2Config", [
        dict(n_embd=e, n_layer=n, n_head=h, n_inner=w, n_positions=32, activation_function=a)
        for e, n, h, w, a in ((15, 2, 3, None, "gelu_new"), (8, 1, 2, 9, "gelu"), (12, 3, 1, 7, "relu"))]),
    "llama": ("LlamaConfig", [
        sizes(12, 2, 2, 13, num_key_value_heads=1, **rope("default")),
        sizes(20, 2, 5, 9, num_key_value_heads=5, attention_bias=True, mlp_bias=True,
              **rope("llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)),
        sizes(18, 3, 3, 21, num_key_value_heads=3, pad_token_id=0, **rope("yarn", factor=4.0, original_max_position_embeddings=8))]),
    "mistral": ("MistralConfig", [
        sizes(12, 2, 2, 13, num_key_value_heads=1, sliding_window=5, **rope("default")),
        sizes(16, 2, 4, 9, num_key_value_heads=2, sliding_window=None, head_dim=6, **rope("linear", factor=3.0)),
        sizes(18, 1, 3, 21, num_key_value_heads=3, sliding_window=64, **rope("dynamic", factor=2.0))]),
    "qwen2": ("Qwen2Config", [
        sizes(12, 2, 2, 13, num_key_value_heads=1, **rope("default")),
        sizes(16, 3, 4, 9, num_key_value_heads=2, use_sliding_window=True, sliding_window=6, max_window_layers=1, **rope("default")),
        sizes(18, 1, 3, 21, num_key_value_heads=3, **rope("longrope", original_max_position_embeddings=30, short_factor=[1.0, 2.0, 3.5],
                                                          long_factor=[2.0, 4.0, 8.0]))]),
    "qwen3": ("Qwen3Config", [
        sizes(12, 2, 2, 13, num_key_value_heads=1, head_dim=10, **rope("default")),
        sizes(16, 2, 4, 9, num_key_value_heads=2, head_dim=4, attention_bias=True, **rope("default")),
        sizes(18, 3, 3, 21, num_key_value_heads=1, head_dim=6, pad_token_id=0, **rope("default"))]),
}


def batch(pad, types):
    """Rows of different lengths, padded; the second is a pair where there are types."""
    generator = torch.Generator().manual_seed(3)
    rows = [torch.randint(2, VOCABULARY, (length,), generator=generator).tolist() for length in (24, 9, 2)]
    length = len(rows[0])
    type_ids = [[0] * length for _ in rows]
    if types > 1:
        type_ids[1][4:9] = [1] * 5
    return {"ids": [row + [pad] * (length - len(row)) for row in rows], "type_ids": type_ids,
            "mask": [[1] * len(row) + [0] * (length - len(row)) for row in rows]}


def make(output, name, config, label, write_json):
    torch.manual_seed(7)
    model = transformers.AutoModel.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():  # biases and norms other than 0 and 1, so that a mix-up shows
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
        for parameter in model.parameters():
            parameter.copy_(parameter.to(DTYPES[label]).float())
    folder = output / f"{name}_{label}"
    folder.mkdir()
    state = {key: value.to(DTYPES[label]).contiguous() for key, value in model.state_dict().items()}
    if label == "f16":  # as a model with a head of its own has them
        prefix = model.base_model_prefix + "."
        state = {prefix + key: value for key, value in state.items()} | {"score.weight": torch.ones(2, 3, dtype=torch.float16)}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    write_json(folder / "config.json", json.loads(config.to_json_string(use_diff=False)) | {"model_type": name})
    pad = config.pad_token_id if config.pad_token_id is not None else 0
    data = batch(pad, getattr(config, "type_vocab_size", 0))
    inputs = dict(input_ids=torch.tensor(data["ids"]), attention_mask=torch.tensor(data["mask"]))
    if getattr(config, "type_vocab_size", 0) > 1:
        inputs["token_type_ids"] = torch.tensor(data["type_ids"])
    with torch.no_grad():
        hidden = model(**inputs).last_hidden_state
    write_json(output / f"{name}_{label}.json", data | {"hidden": [[[float(f"{v:.6g}") for v in token] for token in row]
                                                                    for row in hidden.tolist()]})


def main(output, write_json):
    for name, (kind, shapes) in FAMILIES.items():
        for label, shape in zip(DTYPES, shapes):
            make(output, name, getattr(transformers, kind)(**COMMON, **shape), label, write_json)
