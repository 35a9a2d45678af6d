"""Makes one classification problem, solves it with scikit-learn and prints what it found as JSON.

usage: logistic_reference.py FOLDER KIND CLASSES ROWS WIDTH
Writes FOLDER/features (float32) and FOLDER/labels (int64), little-endian and row-major.
"""

import json
import sys
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

folder, kind = sys.argv[1:3]
classes, rows, width = (int(value) for value in sys.argv[3:6])

rng = np.random.default_rng(7 * classes + rows)
labels = rng.integers(0, classes, rows)
labels[:classes] = np.arange(classes)
centres = rng.normal(size=(classes, width))
spread = {"separable": 0.2, "noisy": 4.0, "similar": 4.0}[kind]
features = centres[labels] + spread * rng.normal(size=(rows, width))
if kind == "similar":
    # Like an encoder's: a common offset makes all features nearly parallel, and few directions carry the variance.
    features *= np.geomspace(1, 1e-3, width)
    offset = rng.normal(size=width)
    features += offset / np.linalg.norm(offset) * 18 * np.linalg.norm(features - features.mean(0), axis=1).mean()
features = features.astype("<f4")
features.tofile(folder + "/features")
labels.astype("<i8").tofile(folder + "/labels")

x = features.astype(np.float64)
unit = x / np.linalg.norm(x, axis=1, keepdims=True)
cosine = ((unit.sum(0) ** 2).sum() - rows) / (rows * (rows - 1))


def objective(weight, bias, strength):
    logits = x @ weight.T + bias
    logits = logits - logits.max(1, keepdims=True)
    losses = np.log(np.exp(logits).sum(1)) - logits[np.arange(rows), labels]
    return strength * losses.sum() + 0.5 * (weight**2).sum()


warnings.filterwarnings("ignore")
fits = []
for strength in np.logspace(-4, 4, 10):
    model = LogisticRegression(C=strength, multi_class="multinomial", solver="lbfgs", tol=1e-10, max_iter=4000)
    model.fit(x, labels)
    weight, bias = model.coef_, model.intercept_
    if classes == 2:
        # The model behind scikit-learn's binary "multinomial" is softmax([-z, z]).
        weight, bias = np.vstack([-weight, weight]), np.concatenate([-bias, bias])
    fits.append({"strength": strength, "objective": objective(weight, bias, strength),
                 "norm": float(np.linalg.norm(weight)), "accuracy": model.score(x, labels)})

folds = np.empty(rows, dtype=int)
for index, (_, test) in enumerate(StratifiedKFold(5).split(x, labels)):
    folds[test] = index

print(json.dumps({"cosine": cosine, "fits": fits, "folds": folds.tolist()}))
