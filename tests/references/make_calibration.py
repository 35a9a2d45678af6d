"""What other projects say of the same predictions: make_calibration.py OUTPUT.json FOLDER, shared/data/calibration.

Rows are made here as tests/core/analysis/calibration/calibration_samples.h makes them, or read from the folder. netcal, relplot, torchmetrics, scikit-learn and uncertainty-calibration (Kumar
et al.) are called; the two that are no packages, the code of the paper and of Guo et al., are written out below.
"""

import json
import pathlib
import sys
import warnings

import calibration as verified  # uncertainty-calibration
import numpy as np
import relplot
import torch
from netcal.metrics import ECE, MCE
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from torchmetrics.functional.classification import binary_calibration_error, multiclass_calibration_error

BIN_COUNTS = [10, 15, 20, 49]


class Generator:
    """references.md, Congruential logits."""

    def __init__(self):
        self.state = 12345

    def next(self):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return self.state >> 16 & 0x7FFF


def congruential_logits():
    generator, logits, labels = Generator(), [], []
    for _ in range(1000):
        row = [generator.next() / 32768 * 12 - 6 for _ in range(5)]
        label = generator.next() % 5
        if generator.next() % 100 < 70:
            row[label] += 2.5
        logits.append(row)
        labels.append(label)
    return np.array(logits, dtype=np.float32).astype(float), np.array(labels)


def hundredths():
    """Confidences on edges, at 0 and at 1, and many that are equal."""
    generator, confidence, right = Generator(), [], []
    for _ in range(2000):
        hundredth = generator.next() % 101
        confidence.append(hundredth / 100)
        right.append(int(generator.next() % 100 < 10 + hundredth * 7 // 10))
    return np.array(confidence), np.array(right)


def softmax(logits, temperature=1.0):
    exponents = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return exponents / exponents.sum(axis=1, keepdims=True)


def top_label(probabilities, labels):
    return probabilities.max(axis=1), (probabilities.argmax(axis=1) == labels).astype(int)


def in_bins(confidence, right, edges):
    """Guo et al.'s loop: (lo, hi], a row at 0 in no bin but still among N."""
    gaps = []
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gaps.append((inside.mean(), abs(confidence[inside].mean() - right[inside].mean())))
    return {"ece": float(sum(share * gap for share, gap in gaps)), "mce": float(max(gap for _, gap in gaps))}


def by_sklearn(confidence, right, count):
    accuracy, mean = calibration_curve(right, confidence, n_bins=count)
    edges = np.linspace(0, 1, count + 1)
    rows = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=count)
    return {"ece": float(np.sum(rows[rows > 0] * np.abs(accuracy - mean)) / len(confidence))}


def by_torchmetrics(confidence, right, count):
    given = torch.tensor(confidence, dtype=torch.float32), torch.tensor(right)
    return {name: float(binary_calibration_error(*given, n_bins=count, norm=norm)) for name, norm in (("ece", "l1"), ("mce", "max"))}


def under_conventions(confidence, right, count):
    # Guo et al. compare float32 with float32; what float32 sums would add to that is left out.
    single = confidence.astype(np.float32).astype(float)
    return {
        "paper": in_bins(confidence, right, np.linspace(0, 1, count + 1)),
        "gpleiss": {"ece": in_bins(single, right, torch.linspace(0, 1, count + 1).double().numpy())["ece"]},
        "netcal": {"ece": ECE(count).measure(confidence, right), "mce": MCE(count).measure(confidence, right)},
        "torchmetrics": by_torchmetrics(confidence, right, count),
        "scikit-learn": by_sklearn(confidence, right, count),
        "verified_calibration": {"ece": float(verified.get_ece(confidence, right, num_bins=count))},
        "relplot": {"ece": float(relplot.metrics.binnedECE(confidence, right, nbins=count))},
    }


def wilson(confidence, right, count):
    bins = np.minimum(np.ceil(confidence * count).astype(int), count) - 1
    bounds = []
    for index in range(count):
        inside = right[np.maximum(bins, 0) == index]
        interval = binomtest(int(inside.sum()), len(inside)).proportion_ci(0.95, method="wilson") if len(inside) else None
        bounds.append([float(interval.low), float(interval.high)] if interval else None)
    return bounds


def bootstrap(confidence, right, count):
    """Percentiles of ECE and MCE over 4000 draws of the rows, from NumPy's generator: near ours, not equal to it."""
    draws, generator = [], np.random.default_rng(1)
    edges = np.linspace(0, 1, count + 1)
    for _ in range(4000):
        rows = generator.integers(0, len(confidence), len(confidence))
        errors = in_bins(confidence[rows], right[rows], edges)
        draws.append([errors["ece"], errors["mce"]])
    return {name: np.percentile(np.array(draws)[:, column], [2.5, 97.5]).tolist() for column, name in enumerate(["ece", "mce"])}


def numbers_of(confidence, right):
    smooth, width = relplot.smECE(confidence, right, return_width=True)
    return {
        "rows": len(confidence),
        "bins": [{"count": count, **under_conventions(confidence, right, count)} for count in BIN_COUNTS],
        "smooth": {"error": float(smooth), "bandwidth": float(width)},
        "equal_mass": {
            str(count): {
                "ece": float(verified.lower_bound_scaling_ce(confidence, right, p=1, debias=False, num_bins=count)),
                "l2": float(verified.lower_bound_scaling_ce(confidence, right, p=2, debias=True, num_bins=count)),
            }
            for count in BIN_COUNTS
        },
        "wilson": wilson(confidence, right, 15),
        "bootstrap": bootstrap(confidence, right, 15),
    }


def class_wise(probabilities, labels):
    return float(np.mean([ECE(15).measure(probabilities[:, k], (labels == k).astype(int)) for k in range(probabilities.shape[1])]))


def two_classes():
    """The first two logits of congruential_logits(), labels 0 and 1, as each project is called with two classes."""
    logits, labels = congruential_logits()
    probabilities, labels = softmax(logits[:, :2]), labels % 2
    second, (confidence, right) = probabilities[:, 1], top_label(probabilities, labels)
    both = {}
    for count in BIN_COUNTS:
        both[str(count)] = {
            # Given [N, 2] it takes the second column by itself; given what came true of the top label, that.
            "netcal": {"given": ECE(count).measure(probabilities, labels), "given_mce": MCE(count).measure(probabilities, labels),
                       "second": ECE(count).measure(second, labels), "top": ECE(count).measure(confidence, right)},
            "torchmetrics": {
                "second": float(binary_calibration_error(torch.tensor(second, dtype=torch.float32), torch.tensor(labels), n_bins=count, norm="l1")),
                "top": float(multiclass_calibration_error(torch.tensor(probabilities, dtype=torch.float32), torch.tensor(labels), num_classes=2,
                                                          n_bins=count, norm="l1")),
            },
            "scikit-learn": {"second": by_sklearn(second, labels, count)["ece"], "top": by_sklearn(confidence, right, count)["ece"]},
            "verified_calibration": {"second": float(verified.get_ece(second, labels, num_bins=count)),
                                     "top": float(verified.get_ece(probabilities, labels, num_bins=count))},
            "relplot": {"second": float(relplot.metrics.binnedECE(second, labels, nbins=count)),
                        "top": float(relplot.metrics.binnedECE(*relplot.metrics.multiclass_logits_to_confidences(probabilities, labels, probs=True),
                                                               nbins=count))},
        }
    return both


def main(output, folder):
    warnings.simplefilter("ignore")
    folder = pathlib.Path(folder)
    cases = {"hundredths": numbers_of(*hundredths())}
    logits, labels = congruential_logits()
    for temperature in (1, 2):
        probabilities = softmax(logits, temperature)
        case = numbers_of(*top_label(probabilities, labels))
        case["class_wise"] = class_wise(probabilities, labels)
        cases[f"congruential, T = {temperature}"] = case
    for name in ("probs_densenet40_c100_logits.csv", "probs_resnet110_c10_logits.csv"):
        table = np.loadtxt(folder / name, delimiter=",", skiprows=1)
        cases[name] = numbers_of(table[:, 2], (table[:, 0] == table[:, 1]).astype(int))
    saved = np.load(folder / "lenet-5-cifar-10.npz")
    # Logits as tests/core/analysis/calibration/published_calibration.py makes them.
    probabilities = softmax(np.log(saved["predictions"].astype(float)).astype(np.float32).astype(float))
    case = numbers_of(*top_label(probabilities, saved["ground_truth"]))
    case["class_wise"] = class_wise(probabilities, saved["ground_truth"])
    cases["lenet-5-cifar-10.npz"] = case
    pathlib.Path(output).write_text(json.dumps(cases, indent=1) + "\n")
    pathlib.Path(output).with_name("calibration_two_classes.json").write_text(json.dumps(two_classes(), indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
