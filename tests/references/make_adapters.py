"""Small models with LoRA adapters as `peft` saves them, each laid over its base model: what it computes then.

`adapter_NAME` holds the adapter, `adapter_NAME_base` the base model, `adapter_NAME.json` inputs and hidden states.
"""

import json

import torch
import transformers
from peft import LoraConfig, get_peft_model

from make_families import batch, rope, sizes

VOCABULARY = 48
COMMON = dict(vocab_size=VOCABULARY, initializer_range=0.3, num_labels=2)

# name: configuration, class, LoRA
ADAPTERS = {
    "bert": (
        "BertConfig", sizes(12, 2, 3, 14, type_vocab_size=2, pad_token_id=0), "SequenceClassification",
        dict(r=2, lora_alpha=6, target_modules=["query", "value", "attention.output.dense"], modules_to_save=["classifier"], bias="all",
             rank_pattern={"layer.1.attention.self.query": 3}, alpha_pattern={"output.dense": 5})),
    "gpt2": (
        "GPT2Config", dict(n_embd=12, n_layer=2, n_head=2, n_inner=9, n_positions=32, pad_token_id=0), "SequenceClassification",
        dict(r=3, lora_alpha=4, target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True)),
    "modernbert": (
        "ModernBertConfig", sizes(12, 2, 2, 9, pad_token_id=0, local_attention=6), "",
        dict(r=2, lora_alpha=4, target_modules=["Wqkv", "Wi", "Wo", "tok_embeddings"])),
    "llama": (
        "LlamaConfig", sizes(12, 2, 2, 13, num_key_value_heads=1, pad_token_id=0, **rope("default")), "SequenceClassification",
        dict(r=4, lora_alpha=3, use_rslora=True, target_modules="all-linear", modules_to_save=["score", "norm"])),
}


def make(output, name, kind, shape, head, lora, write_json):
    torch.manual_seed(11)
    config = getattr(transformers, kind)(**COMMON, **shape)
    model = getattr(transformers, "AutoModelFor" + head if head else "AutoModel").from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():  # biases and norms other than 0 and 1, so that a mix-up shows
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    base = output / f"adapter_{name}_base"
    model.save_pretrained(base)
    # Saved with the name of a folder beside it, as of a base model that was moved with its adapter.
    model.name_or_path = model.config._name_or_path = f"elsewhere/{base.name}"
    adapted = get_peft_model(model, LoraConfig(task_type="SEQ_CLS" if head else None, **lora)).eval()
    with torch.no_grad():  # as after a training: B begins as 0
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.add_(0.3 * torch.randn_like(parameter))
    folder = output / f"adapter_{name}"
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink()
    said = json.loads((folder / "adapter_config.json").read_text())  # sets, in another order each time
    write_json(folder / "adapter_config.json", said | {key: sorted(set(said[key])) for key in ("target_modules", "modules_to_save") if said[key]})
    types = getattr(config, "type_vocab_size", 0)
    data = batch(0, types)
    inputs = dict(input_ids=torch.tensor(data["ids"]), attention_mask=torch.tensor(data["mask"]))
    if types > 1:
        inputs["token_type_ids"] = torch.tensor(data["type_ids"])
    encoder = adapted.base_model.model.base_model if head else adapted
    with torch.no_grad():
        hidden = encoder(**inputs).last_hidden_state
    write_json(output / f"adapter_{name}.json", data | {"hidden": [[[float(f"{v:.6g}") for v in token] for token in row]
                                                                   for row in hidden.tolist()]})


def main(output, write_json):
    for name, (kind, shape, head, lora) in ADAPTERS.items():
        make(output, name, kind, shape, head, lora, write_json)
