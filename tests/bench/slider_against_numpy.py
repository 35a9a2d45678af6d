"""One move of the temperature slider in NumPy, written well, and bench_slider, one after the other:

    slider_against_numpy.py BENCH_SLIDER [--rounds 5] [--json FILE]

needs numpy. Both give every number at a new temperature: 15 bins (count, accuracy, mean confidence), ECE, MCE,
NLL, Brier score, accuracy and mean confidence. NumPy has three kinds of forms:
    plain       as it is usually written: all of softmax, the rows of one bin after the other
    confidence  without NLL and Brier score, which the others and ours give: float32, the largest logit subtracted, one
                bincount for each number of the bins (performance.md, Temperature slider)
    quickest    of logits that were prepared once (the largest subtracted), as ours are: float32 or float64, a row or a
                class contiguous, all rows at once or in blocks that stay in the cache, whichever is quickest
Least times of all rounds, in milliseconds: on the clock, and of the processor (all threads together), which says more
while the machine does something else.
"""

import argparse
import json
import subprocess
import time
from functools import partial
from itertools import product

import numpy as np

BINS = 15
SIZES = [(10_000, 10), (1_000_000, 10), (100_000, 150)]
BLOCK = 4096


class Form:
    """What NumPy keeps between two temperatures, and one update."""

    def __init__(self, logits, labels, dtype, class_major, blocked):
        shifted = (logits - logits.max(1, keepdims=True)).astype(dtype)
        self.axis = 0 if class_major else 1
        self.sums = "ij,ij->j" if class_major else "ij,ij->i"
        self.shifted = np.ascontiguousarray(shifted.T if class_major else shifted)
        self.label = shifted[np.arange(len(labels)), labels]
        self.right = (logits.argmax(1) == labels).astype(np.float64)
        block = BLOCK if blocked else len(labels)
        self.parts = [slice(start, min(start + block, len(labels))) for start in range(0, len(labels), block)]
        first = self.part(self.parts[0])
        self.buffer = np.empty(first.shape, dtype)
        self.name = f"{np.dtype(dtype).name}, {'class' if class_major else 'row'} contiguous" + \
            (f", blocks of {BLOCK}" if blocked else "")

    def part(self, rows):
        return self.shifted[:, rows] if self.axis == 0 else self.shifted[rows]

    def update(self, temperature):
        count, right, confidence = np.zeros(BINS), np.zeros(BINS), np.zeros(BINS)
        nll = brier = 0.0
        beta = self.shifted.dtype.type(1 / temperature)
        for rows in self.parts:
            shifted = self.part(rows)
            out = self.buffer[:, :shifted.shape[1]] if self.axis == 0 else self.buffer[:len(shifted)]
            exponential = np.exp(np.multiply(shifted, beta, out=out), out=out)
            total = exponential.sum(self.axis)
            squares = np.einsum(self.sums, exponential, exponential)
            sure = 1 / total
            label = self.label[rows] * beta
            bins = np.clip(np.ceil(sure * BINS).astype(np.intp) - 1, 0, BINS - 1)
            count += np.bincount(bins, minlength=BINS)
            right += np.bincount(bins, self.right[rows], BINS)
            confidence += np.bincount(bins, sure, BINS)
            nll += float((np.log(total) - label).sum(dtype=np.float64))
            brier += float(((squares * sure - 2 * np.exp(label)) * sure).sum(dtype=np.float64))
        n = count.sum()
        gap = np.abs(right - confidence)
        return {"ece": gap.sum() / n, "mce": (gap / np.maximum(count, 1)).max(), "nll": nll / n, "brier": 1 + brier / n,
                "accuracy": right.sum() / n, "confidence": confidence.sum() / n,
                "bins": (count, right / np.maximum(count, 1), confidence / np.maximum(count, 1))}


class PlainForm:
    """As it is usually written: softmax of all logits, then the rows of one bin after the other."""

    name = "float32, as usually written"

    def __init__(self, logits, labels):
        self.logits, self.labels = logits, labels

    def update(self, temperature):
        scaled = self.logits / np.float32(temperature)
        exponential = np.exp(scaled - scaled.max(1, keepdims=True))
        probability = exponential / exponential.sum(1, keepdims=True)
        confidence, right = probability.max(1), probability.argmax(1) == self.labels
        n, rows, edges = len(right), np.arange(len(right)), np.linspace(0, 1, BINS + 1)
        gaps, bins = [], []
        for low, high in zip(edges[:-1], edges[1:]):
            inside = (confidence > low) & (confidence <= high)
            if inside.any():
                bins.append((inside.sum(), right[inside].mean(), confidence[inside].mean()))
                gaps.append((bins[-1][0] / n, abs(bins[-1][1] - bins[-1][2])))
        of_label = probability[rows, self.labels]
        one_hot = np.zeros_like(probability)
        one_hot[rows, self.labels] = 1
        return {"ece": sum(share * gap for share, gap in gaps), "mce": max(gap for _, gap in gaps),
                "nll": -np.log(of_label).mean(), "brier": ((probability - one_hot) ** 2).sum(1).mean(),
                "accuracy": right.mean(), "confidence": confidence.mean(), "bins": bins}


class ConfidenceForm:
    """Confidences and bins only."""

    name = "float32, confidences and bins only"

    def __init__(self, logits, labels):
        self.logits = logits
        self.right = (logits.argmax(1) == labels).astype(np.float64)

    def update(self, temperature):
        scaled = self.logits / np.float32(temperature)
        scaled -= scaled.max(1, keepdims=True)
        confidence = 1 / np.exp(scaled).sum(1)
        bins = np.digitize(confidence, np.linspace(0, 1, BINS + 1)[1:-1], right=True)
        count = np.bincount(bins, minlength=BINS)
        right, sure = np.bincount(bins, self.right, BINS), np.bincount(bins, confidence, BINS)
        gap, n = np.abs(right - sure), len(confidence)
        return {"ece": gap.sum() / n, "mce": (gap / np.maximum(count, 1)).max(), "accuracy": right.sum() / n,
                "confidence": sure.sum() / n}


def check(one, other):
    for name in one.keys() - {"bins"}:
        assert abs(one[name] - other[name]) < 1e-4, (name, one[name], other[name])


def numpy_times(rows, classes, repeats):
    generator = np.random.default_rng(1)
    logits = generator.normal(0, 3, (rows, classes)).astype(np.float32)
    labels = generator.integers(0, classes, rows)
    expected = PlainForm(logits, labels).update(1.5)
    times = {}
    for kind in [PlainForm, ConfidenceForm] + [partial(Form, dtype=dtype, class_major=major, blocked=blocked)
                                               for dtype, major, blocked in
                                               product((np.float32, np.float64), (False, True), (False, True))]:
        form = kind(logits, labels)
        check(form.update(1.5), expected)
        for i in range(repeats):
            begin = time.perf_counter(), time.process_time()
            form.update(0.5 + 0.5 * i)
            taken = 1e3 * (time.perf_counter() - begin[0]), 1e3 * (time.process_time() - begin[1])
            times[form.name] = least(times.get(form.name, taken), taken)
    return times


def least(one, other):
    return min(one[0], other[0]), min(one[1], other[1])


def our_times(bench, rows, classes):
    out = subprocess.run([bench, f"--benchmark_filter=^sliderTable/{rows}/{classes}(/|$)", "--benchmark_format=json",
                          "--benchmark_repetitions=5"], check=True, capture_output=True, text=True).stdout
    runs = [run for run in json.loads(out)["benchmarks"] if run["run_type"] == "iteration"]
    return min(run["real_time"] for run in runs), min(run["cpu_time"] for run in runs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="writes the ratios by the clock there")
    options = parser.parse_args()
    bench, rounds, comparisons = options.bench, options.rounds, []
    print(f"numpy {np.__version__}; milliseconds on the clock and of the processor, least of {rounds} rounds")
    for rows, classes in SIZES:
        ours, theirs = (np.inf, np.inf), {}
        for _ in range(rounds):
            ours = least(ours, our_times(bench, rows, classes))
            for name, taken in numpy_times(rows, classes, 3).items():
                theirs[name] = least(theirs.get(name, taken), taken)
        for name, taken in sorted(theirs.items(), key=lambda item: item[1]):
            print(f"    {rows} x {classes}, numpy, {name}: {taken[0]:.3f}, {taken[1]:.3f}")
        plain, confidence = theirs.pop(PlainForm.name), theirs.pop(ConfidenceForm.name)
        quickest = [min(taken[i] for taken in theirs.values()) for i in range(2)]
        print(f"{rows} x {classes}: ours {ours[0]:.3f}, {ours[1]:.3f}")
        for what, them in (("plain", plain), ("confidence", confidence), ("quickest", quickest)):
            comparisons.append({"rows": rows, "classes": classes, "form": what, "ratio": them[0] / ours[0],
                                "ours_ms": ours[0], "numpy_ms": them[0]})
            print(f"    numpy, {what}: {them[0]:.3f}, {them[1]:.3f}: {them[0] / ours[0]:.1f} and "
                  f"{them[1] / ours[1]:.1f} times as long", flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"numpy": np.__version__, "comparisons": comparisons}, file, indent=1)


if __name__ == "__main__":
    main()
