"""Every family as a user meets it: walk_families.py ENGINE WINDOW RTE_FOLDER OUTPUT [FAMILY ...]

A random model of `transformers` and a tokenizer of its class, trained on the lines of data/lines.txt, are saved as
`save_pretrained` does, and go through `embed`, `train` by the five methods, `ntk`, `summary` and `figure spectrum`.
Prints how far features are from those of PyTorch; exit status 1 if anything fails or a feature is off by over 1e-4.
"""

import json
import pathlib
import subprocess
import sys

import torch
import transformers

import remake

METHODS = ("lp", "ft", "lp-ft", "lora", "lp-lora")
# Family: class of its tokenizer and of its configuration, and sizes beyond the common ones.
KINDS = {
    "bert": ("BertTokenizer", "BertConfig", {}),
    "roberta": ("RobertaTokenizer", "RobertaConfig", {"max_position_embeddings": 130}),
    "xlm-roberta": ("XLMRobertaTokenizer", "XLMRobertaConfig", {"max_position_embeddings": 130}),
    "camembert": ("CamembertTokenizer", "CamembertConfig", {"max_position_embeddings": 130}),
    "distilbert": ("DistilBertTokenizer", "DistilBertConfig", {}),
    "electra": ("ElectraTokenizer", "ElectraConfig", {"embedding_size": 24}),
    "mpnet": ("MPNetTokenizer", "MPNetConfig", {"max_position_embeddings": 130}),
    "deberta-v2": ("DebertaV2Tokenizer", "DebertaV2Config", {"relative_attention": True, "position_buckets": 16, "norm_rel_ebd": "layer_norm",
                                                             "share_att_key": True, "pos_att_type": ["p2c", "c2p"], "position_biased_input": False,
                                                             "type_vocab_size": 0}),
    "modernbert": ("PreTrainedTokenizerFast", "ModernBertConfig", {"local_attention": 16}),
    "gpt2": ("GPT2Tokenizer", "GPT2Config", {}),
    "llama": ("LlamaTokenizer", "LlamaConfig", {"num_key_value_heads": 2}),
    "mistral": ("LlamaTokenizer", "MistralConfig", {"num_key_value_heads": 2, "sliding_window": 16}),
    "qwen2": ("Qwen2Tokenizer", "Qwen2Config", {"num_key_value_heads": 2}),
    "qwen3": ("Qwen2Tokenizer", "Qwen3Config", {"num_key_value_heads": 2, "head_dim": 20}),
}


def tokenizer_of(name, lines):
    if name == "PreTrainedTokenizerFast":  # ModernBERT has no class of its own: BERT's frame around bytes
        trained = transformers.GPT2Tokenizer().train_new_from_iterator(lines, 600)
        backend = trained.backend_tokenizer
        backend.add_special_tokens(["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"])
        from tokenizers.processors import TemplateProcessing
        ids = {token: backend.token_to_id(token) for token in ("[CLS]", "[SEP]")}
        backend.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]",
                                                    special_tokens=list(ids.items()))
        return transformers.PreTrainedTokenizerFast(tokenizer_object=backend, cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]",
                                                    unk_token="[UNK]", mask_token="[MASK]")
    return getattr(transformers, name)().train_new_from_iterator(lines, 8000)


def make_folder(folder, family, lines):
    tokenizer_class, config_class, more = KINDS[family]
    tokenizer = tokenizer_of(tokenizer_class, lines)
    tokenizer.save_pretrained(folder)
    sizes = dict(vocab_size=len(tokenizer), hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=80,
                 max_position_embeddings=128, initializer_range=0.1)
    if tokenizer.pad_token_id is not None:
        sizes["pad_token_id"] = tokenizer.pad_token_id
        if "max_position_embeddings" in more:  # positions are counted after the pad id
            more = {**more, "max_position_embeddings": tokenizer.pad_token_id + 129}
    config = getattr(transformers, config_class)(**{**sizes, **more})
    torch.manual_seed(7)
    model = transformers.AutoModel.from_config(config, attn_implementation="eager").eval()
    model.save_pretrained(folder)
    return model, tokenizer


def features(model, tokenizer, first, second):
    encoded = tokenizer(first, second, truncation=True, max_length=64, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**encoded).last_hidden_state[0]
    causal = model.config.model_type in ("gpt2", "llama", "mistral", "qwen2", "qwen3")
    return encoded["input_ids"][0].tolist(), hidden[-1 if causal else 0]


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command[:3]))}: {done.stderr.strip()[-400:]}")
    return done.stdout


def walk(engine, window, rte, folder, family, lines):
    model, tokenizer = make_folder(folder, family, lines)
    pairs = [(lines[i], lines[i + 1]) for i in range(0, len(lines), len(lines) // 40)]
    pairs = [(a, b) for a, b in pairs if a.strip() and b.strip() and not set("\t\r\v\f\x85\u2028\u2029") & set(a + b)]
    out = run(engine, "embed", "--model", folder, "--pairs", "--max-length", 64, input="".join(f"{a}\t{b}\n" for a, b in pairs))
    worst, other = 0.0, 0
    for (first, second), line in zip(pairs, out.splitlines(), strict=True):
        ids, expected = features(model, tokenizer, first, second)
        found = json.loads(line)
        if found["tokens"] != ids:
            other += 1
            continue
        worst = max(worst, (torch.tensor(found["features"]) - expected).abs().max().item())
    files = []
    for method in METHODS:
        files.append(folder / f"{method}.h5")
        run(engine, "train", "--model", folder, "--task", "rte", "--data", rte, "--method", method, "--epochs", 2, "--limit-train", 200,
            "--limit-eval", 60, "--max-length", 64, "--output", files[-1])
        run(engine, "ntk", files[-1], "--train-samples", 8, "--test-samples", 4)
    run(window, "summary", *files, "--json")
    run(window, "figure", "spectrum", *files, "--output", folder / "spectrum.pdf")
    return worst, other, len(pairs)


def main(engine, window, rte, output, *families):
    engine, window, rte, output = (pathlib.Path(path).resolve() for path in (engine, window, rte, output))
    lines = remake.read_lines()
    failed = False
    print(f"{'family':12} {'features':>10}  tokens")
    for family in families or KINDS:
        folder = output / family
        folder.mkdir(parents=True)
        try:
            worst, other, count = walk(engine, window, rte, folder, family, lines)
            print(f"{family:12} {worst:10.1e}  {count - other} of {count} the same", flush=True)
            failed |= worst > 1e-4 or other > 0
        except Exception as error:
            print(f"{family:12} {error}", flush=True)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
