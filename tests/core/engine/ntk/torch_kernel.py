"""Compares the kernels of run files with PyTorch's own: torch_kernel.py MODEL TRAIN.jsonl TEST.jsonl RUN.h5 STATE ...

Everything is made anew in float64 from the model folder and the texts: tokens and encoder by transformers,
Jacobians of the C logits by torch.func.jacrev, parameter by parameter. Prints a JSON array with an object for
each pair of run and state: relative Frobenius differences of what the file holds. definitions.md, Parts of the kernel.
"""

import json
import sys

import h5py
import torch
from torch.func import functional_call, jacrev
from transformers import AutoModel, AutoTokenizer

DTYPE = torch.float64


class LoraLinear(torch.nn.Module):
    """x W^T + b + scale * x A^T B^T, B = 0 at the start."""

    def __init__(self, linear, a, scale):
        super().__init__()
        self.weight, self.bias, self.scale = linear.weight, linear.bias, scale
        self.lora_a = torch.nn.Parameter(a)
        self.lora_b = torch.nn.Parameter(torch.zeros(linear.weight.shape[0], a.shape[0], dtype=DTYPE))

    def forward(self, x):
        return torch.nn.functional.linear(x, self.weight, self.bias) + self.scale * (x @ self.lora_a.T) @ self.lora_b.T


def encode(tokenizer, path, index, length):
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    return [tokenizer(rows[i]["premise"], rows[i]["hypothesis"], truncation=True, max_length=length, return_tensors="pt")
            for i in index]


def kernel_parts(model, samples, head, wanted):
    """Gradients' inner products [N C, N C] of each name in `wanted` (groups of parameter names)."""
    tokens = torch.unique(torch.cat([sample["input_ids"].flatten() for sample in samples]))
    parameters = {name: value.detach() for name, value in model.named_parameters()}
    parts = {}
    for group, names in wanted.items():
        rows = []
        for sample in samples:
            chosen = {name: parameters[name] for name in names}

            def logits(values):
                return head @ functional_call(model, {**parameters, **values}, (), dict(sample)).last_hidden_state[0, 0]

            jacobian = jacrev(logits)(chosen)
            pieces = []
            for name, piece in jacobian.items():
                if name.endswith("word_embeddings.weight"):  # rows of other ids have no gradient
                    assert not piece.index_fill(1, tokens, 0).any()
                    piece = piece[:, tokens]
                pieces.append(piece.reshape(len(head), -1))
            rows.append(torch.cat(pieces, 1))
        gradients = torch.cat(rows)
        parts[group] = gradients @ gradients.T
    return parts


def groups_of(model, adapted):
    names = [name for name, _ in model.named_parameters() if not name.startswith("pooler")]
    if adapted == "lora":
        return {"lora": [name for name in names if ".lora_" in name]}
    groups = {}
    for name in names:
        layer = ".".join(name.split(".")[:3]) if name.startswith("encoder") else "embeddings"
        query_value = name.endswith((".query.weight", ".value.weight"))
        groups.setdefault((layer, query_value), []).append(name)
    return groups


def compare(folder, train, test, path, state):
    with h5py.File(path) as file:
        config = json.loads(file.attrs["config"])
        kernel = file["ntk"][state]
        stored = {name: torch.from_numpy(kernel[name][()]) for name in kernel}
        adapted = kernel.attrs["adapted"]
        stage, epoch = file["classifier/stage"][()], file["classifier/epoch"][()]
        if state == "pretrained":
            wanted = (1 if config["method"] in ("ft", "lora") else 0, 0)
        else:
            wanted = (0, 1) if config["method"] == "lp" else (1, 0)
        row = [i for i in range(len(epoch)) if (stage[i], epoch[i]) == wanted][0]
        head = torch.from_numpy(file["classifier/weight"][row]).to(DTYPE)
        bias = torch.from_numpy(file["classifier/bias"][row]).to(DTYPE)
        lora = {int(layer): {which: torch.from_numpy(file[f"lora/{layer}/{which}/A"][()]).to(DTYPE) for which in ("query", "value")}
                for layer in file.get("lora", {})} if adapted == "lora" else {}
        scale = float(kernel.attrs["lora_scale"]) if lora else 1.0

    model = AutoModel.from_pretrained(folder, attn_implementation="eager").to(DTYPE).eval()
    for layer, matrices in lora.items():
        attention = model.encoder.layer[layer].attention.self
        for which, a in matrices.items():
            setattr(attention, which, LoraLinear(getattr(attention, which), a, scale))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    samples = encode(tokenizer, train, stored["train_index"], config["max_length"]) + \
        encode(tokenizer, test, stored["test_index"], config["max_length"])
    with torch.no_grad():
        features = torch.stack([model(**sample).last_hidden_state[0, 0] for sample in samples])
    parts = kernel_parts(model, samples, head, groups_of(model, adapted))

    n, classes = len(stored["train_index"]), len(head)
    f = sum(parts.values())
    p = features @ features.T + 1
    residuals = torch.nn.functional.one_hot(stored["train_labels"], classes) - torch.softmax(features[:n] @ head.T + bias, 1)
    expected = {"P_train": p[:n, :n], "P_test": p[n:, :n], "train_residuals": residuals,
                "F_train": f[:n * classes, :n * classes], "F_test": f[n * classes:, :n * classes]}
    if adapted == "full":
        expected["F_train_query_value"] = sum(part for (_, query_value), part in parts.items()
                                              if query_value)[:n * classes, :n * classes]
    differences = {name: float((stored[name] - value).norm() / value.norm()) for name, value in expected.items()}
    return {"file": path, "state": state, "adapted": adapted, "differences": differences}


def main(folder, train, test, *runs):
    torch.set_num_threads(1)
    print(json.dumps([compare(folder, train, test, *runs[i:i + 2]) for i in range(0, len(runs), 2)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
