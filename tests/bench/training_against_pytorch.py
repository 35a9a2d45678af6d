"""Fine-tuning throughput of bench_training and of the same loop in PyTorch, in turns, on the same shapes and threads:

    training_against_pytorch.py BENCH_TRAINING [STEPS]        20

wants a torch of the LibTorch version that BENCH_TRAINING is built with (Debian 12: python3-torch), and transformers.
Both loops: random weights, batches of 8 rows of 128 tokens, dropout 0.1, AdamW without weight decay, gradient norm
clipped to 1, linear decay, the loss read back after every step.
"""

import os
import re
import subprocess
import sys
import time

ROWS, TOKENS, CLASSES, WARM_UP = 8, 128, 2, 3


def encoder(shape):
    import transformers

    if shape == "roberta-base":
        config = transformers.RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5)
        return transformers.RobertaModel(config, add_pooling_layer=False)
    config = transformers.BertConfig(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)
    return transformers.BertModel(config, add_pooling_layer=False)


def add_lora(model):
    """r = alpha = 8 on query and value; everything else frozen."""
    import torch

    class Adapted(torch.nn.Module):
        def __init__(self, linear):
            super().__init__()
            self.linear = linear
            self.a = torch.nn.Parameter(torch.empty(8, linear.in_features).uniform_(-1, 1) / linear.in_features**0.5)
            self.b = torch.nn.Parameter(torch.zeros(linear.out_features, 8))

        def forward(self, x):
            return self.linear(x) + x @ self.a.T @ self.b.T

    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for layer in model.encoder.layer:
        attention = layer.attention.self
        attention.query, attention.value = Adapted(attention.query), Adapted(attention.value)


def train(shape, method, steps):
    import torch

    torch.manual_seed(1)
    model = encoder(shape)
    if method == "lora":
        add_lora(model)
    head = torch.nn.Sequential(torch.nn.Dropout(0.1), torch.nn.Linear(model.config.hidden_size, CLASSES))
    parameters = [p for p in [*model.parameters(), *head.parameters()] if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=1e-5, weight_decay=0)
    total = WARM_UP + steps
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / total)
    rows = torch.randint(4, model.config.vocab_size, (ROWS * total, TOKENS))
    labels = torch.arange(ROWS * total) % CLASSES
    mask = torch.ones(ROWS, TOKENS, dtype=torch.int64)
    model.train()
    head.train()
    for step, order in enumerate(torch.randperm(ROWS * total).split(ROWS)):
        if step == WARM_UP:
            begin = time.perf_counter()
        features = model(input_ids=rows[order], attention_mask=mask).last_hidden_state[:, 0]
        loss = torch.nn.functional.cross_entropy(head(features), labels[order])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
        loss.item()
    print(f"torch {torch.__version__}: {ROWS * steps / (time.perf_counter() - begin):.3f} samples/s")


def output_of(command, threads):
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    version, rate = re.search(r"orch (\d+\.\d+\.\d+).* ([0-9.]+) samples/s", text).groups()
    return version, float(rate)


def main(program, steps="20"):
    print("| shape | method | threads | finescope, samples/s | PyTorch, samples/s | ratio |\n|---|---|---|---|---|---|")
    for shape in "minilm", "roberta-base":
        for method in "ft", "lora":
            for threads in sorted({1, os.cpu_count()}):
                ours, our_rate = output_of([program, shape, method, steps, str(threads)], threads)
                theirs, their_rate = output_of([sys.executable, __file__, "--pytorch", shape, method, steps], threads)
                if ours != theirs:
                    sys.exit(f"bench_training has LibTorch {ours}, this Python has torch {theirs}: compare the same version")
                print(f"| {shape} | {method} | {threads} | {our_rate:.2f} | {their_rate:.2f} | {our_rate / their_rate:.2f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--pytorch":
        train(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main(*sys.argv[1:])
