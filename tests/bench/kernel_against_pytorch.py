"""The exact kernel in PyTorch, written well, and bench_kernel of the same shapes, one after the other:

    kernel_against_pytorch.py BENCH_KERNEL [SAMPLES [TOKENS [CLASSES]]]        64 128 2

needs torch and transformers. PyTorch computes C vector-Jacobian products a sample, for the parameters of one
layer at a time, because those of all do not fit into memory, and a Gram matrix of each layer's gradients;
word embeddings by the rows that occur. Its number of threads is the faster of one and all (performance.md, Threads).
"""

import re
import subprocess
import sys
import time

import torch
from transformers import RobertaConfig, RobertaModel


def zipf_ids(samples, tokens, vocabulary):
    """The k-th most frequent id as often as 1/k, as in bench_kernel."""
    ids = 2 + torch.pow(float(vocabulary - 3), torch.rand(samples, tokens)).long()
    ids[:, 0] = 0
    return ids


def rows_of_gradients(model, head, ids, parameters, rows, used=None):
    """Writes the C gradients of one sample's logits over `parameters` into `rows` [C, p]."""
    logits = head @ model(input_ids=ids[None]).last_hidden_state[0, 0]
    for c in range(len(head)):
        gradients = torch.autograd.grad(logits[c], parameters, retain_graph=c + 1 < len(head))
        place = 0
        for gradient in gradients:
            flat = (gradient if used is None else gradient[used]).flatten()
            rows[c, place:place + flat.numel()].copy_(flat)
            place += flat.numel()


def kernel(model, head, ids):
    classes, count = len(head), len(ids)
    words = model.embeddings.word_embeddings.weight
    used = ids.unique()
    other = [p for name, p in model.embeddings.named_parameters() if not name.startswith("word")]
    groups = [(list(layer.parameters()), None) for layer in model.encoder.layer] + [(other, None), ([words], used)]
    f = torch.zeros(count * classes, count * classes, dtype=torch.float64)
    for parameters, chosen in groups:
        width = sum(p.numel() if chosen is None else len(chosen) * p.shape[1] for p in parameters)
        gradients = torch.empty(count * classes, width)
        for i in range(count):
            rows_of_gradients(model, head, ids[i], parameters, gradients[i * classes:(i + 1) * classes], chosen)
        f += (gradients @ gradients.T).double()
    return f


def pick_threads(model, head, ids):
    all_threads = torch.get_num_threads()
    times = {}
    for threads in {1, all_threads}:
        torch.set_num_threads(threads)
        kernel(model, head, ids[:1])
        begin = time.perf_counter()
        kernel(model, head, ids[:1])
        times[threads] = time.perf_counter() - begin
    best = min(times, key=times.get)
    torch.set_num_threads(best)
    return best


def product_rate():
    """Operations a second of large single-precision products."""
    size, times = 2048, 8
    a, b, best = torch.rand(size, size), torch.rand(size, size), 0
    for _ in range(3):
        begin = time.perf_counter()
        for _ in range(times):
            a @ b
        best = max(best, 2 * size**3 * times / (time.perf_counter() - begin))
    return best


def main(program, samples=64, tokens=128, classes=2):
    samples, tokens, classes = int(samples), int(tokens), int(classes)
    ours = subprocess.run([program, str(samples), str(tokens), str(classes)], check=True, capture_output=True, text=True).stdout
    print(ours, end="")
    our_seconds = float(re.search(r"elapsed: ([0-9.]+) s", ours).group(1))

    torch.manual_seed(1)
    config = RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5)
    model = RobertaModel(config, add_pooling_layer=False).eval()
    head = torch.randn(classes, config.hidden_size)
    ids = zipf_ids(samples, tokens, config.vocab_size)
    threads = pick_threads(model, head, ids)
    begin = time.perf_counter()
    kernel(model, head, ids)
    seconds = time.perf_counter() - begin
    rate = product_rate()
    print(f"PyTorch {torch.__version__}, {threads} threads, products {rate * 1e-9:.1f} GFLOP/s: {seconds:.1f} s; "
          f"finescope is {seconds / our_seconds:.2f} times faster")


if __name__ == "__main__":
    main(*sys.argv[1:])
