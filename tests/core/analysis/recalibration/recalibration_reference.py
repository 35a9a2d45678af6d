"""Makes two sets of logits, recalibrates the second as fitted on the first, and prints what scikit-learn, SciPy and NumPy
make of it as JSON.

usage: recalibration_reference.py FOLDER CLASSES FIT_ROWS ROWS RESAMPLES
Writes FOLDER/{fit,evaluated}_logits (float32) and _labels (int64), little-endian and row-major.
"""

import json
import sys
import warnings

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.isotonic import IsotonicRegression

warnings.filterwarnings("ignore")
folder = sys.argv[1]
classes, fit_rows, rows, resamples = (int(value) for value in sys.argv[2:6])
rng = np.random.default_rng(31 * classes + rows)
offset = np.linspace(-1, 1, classes)


def make(name, count):
    labels = rng.integers(0, classes, count)
    labels[:classes] = np.arange(classes)
    logits = rng.normal(size=(count, classes)) * np.linspace(1, 4, classes) + 2 * offset
    logits[np.arange(count), labels] += 2.5
    logits[:, 0] = np.round(logits[:, 0])  # ties
    logits = np.round(logits * 2) / 2 if count > 300 else logits
    logits.astype("<f4").tofile(f"{folder}/{name}_logits")
    labels.astype("<i8").tofile(f"{folder}/{name}_labels")
    return logits.astype("<f4").astype(np.float64), labels


class Softmax(BaseEstimator, ClassifierMixin):
    """A classifier that is trained already and whose features are the logits."""

    classes_ = np.arange(classes)

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        return softmax(X, axis=1)


def vector_scaling(logits, labels):
    one_hot = np.eye(classes)[labels]

    def objective(parameters):
        weight, bias = parameters[:classes], parameters[classes:]
        scores = logits * weight + bias
        residual = (softmax(scores, axis=1) - one_hot) / len(labels)
        value = -log_softmax(scores, axis=1)[np.arange(len(labels)), labels].mean()
        return value, np.concatenate([(residual * logits).sum(0), residual.sum(0)])

    start = np.concatenate([np.ones(classes), np.zeros(classes)])
    found = minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 2000})
    bias = found.x[classes:] - found.x[classes:].mean()
    return {"nll": found.fun, "weight": found.x[:classes].tolist(), "bias": bias.tolist()}


def numbers(probabilities, predicted, labels, nll, bins=15):
    confidence = probabilities[np.arange(len(labels)), predicted]
    right = predicted == labels
    edges = np.arange(bins + 1) / bins
    ece, mce = 0.0, 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            ece += inside.mean() * gap
            mce = max(mce, gap)
    brier = ((probabilities - np.eye(classes)[labels]) ** 2).sum(1).mean()
    return np.array([ece, mce, nll.mean(), brier, right.mean()])


class SplitMix:
    """splitmix64 of Steele et al. 2014, and numbers below a bound without bias."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        mask = (1 << 64) - 1
        while True:
            self.state = (self.state + 0x9E3779B97F4A7C15) & mask
            z = self.state
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
            z ^= z >> 31
            if z < mask // bound * bound:
                return z % bound


def change(logits, labels, temperature):
    def scored(t):
        return (softmax(logits / t, axis=1), logits.argmax(1),
                -log_softmax(logits / t, axis=1)[np.arange(len(labels)), labels])

    before, after = scored(1.0), scored(temperature)

    def of(scores, chosen):
        probabilities, predicted, nll = scores
        return numbers(probabilities[chosen], predicted[chosen], labels[chosen], nll[chosen])

    random = SplitMix(7)
    changes = []
    for _ in range(resamples):
        chosen = np.array([random.below(len(labels)) for _ in labels])
        changes.append(of(after, chosen) - of(before, chosen))
    everything = np.arange(len(labels))
    low, high = np.quantile(changes, [0.05, 0.95], axis=0)
    return {"before": of(before, everything).tolist(), "after": of(after, everything).tolist(),
            "low": low.tolist(), "high": high.tolist()}


fit_logits, fit_labels = make("fit", fit_rows)
logits, labels = make("evaluated", rows)
calibrated = CalibratedClassifierCV(Softmax(), method="isotonic", cv="prefit").fit(fit_logits, fit_labels)
one_against_rest = calibrated.predict_proba(logits)

top = softmax(fit_logits, axis=1).max(1)
right = fit_logits.argmax(1) == fit_labels
function = IsotonicRegression(out_of_bounds="clip").fit(top, right)
confidence = softmax(logits, axis=1).max(1)

print(json.dumps({
    "vector_scaling": vector_scaling(fit_logits, fit_labels),
    "isotonic": one_against_rest.ravel().tolist(),
    "changed": int((one_against_rest.argmax(1) != logits.argmax(1)).sum()),
    "top_label": function.predict(confidence).tolist(),
    "top_label_points": [function.X_thresholds_.tolist(), function.y_thresholds_.tolist()],
    "change": change(logits, labels, 1.7),
}))
