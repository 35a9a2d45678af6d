"""Recomputes from a run file's arrays what the engine wrote beside them, with NumPy, h5py and scikit-learn.

usage: run_facts.py RUN.h5 [RUN.h5 ...]; prints a JSON array with one object per file:
  series_error   largest difference between a recorded series of /epochs and its recomputation
  shapes         every dataset with its shape, as "/path": [..]
  nan            columns that are NaN throughout
  probe          of the fitted head, where there is one: strength (definitions.md, Linear probing), residual
                 (relative, of V = strength * sum delta phi^T), bias_residual, gap_per_row (penalised objective minus
                 scikit-learn's at the same strength, per row)
"""
import json
import sys

import h5py
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, matthews_corrcoef


def log_softmax(logits):
    logits = logits.astype(np.float64)
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def rows_by_key(group):
    return {(e, s): i for i, (e, s) in enumerate(zip(group["epoch"][:], group["stage"][:]))}


def probe_facts(file, weight, bias):
    x = file["splits/train/features_pretrained"][:].astype(np.float64)
    y = file["splits/train/labels"][:]
    n = len(y)
    log_p = log_softmax(x @ weight.T + bias)
    delta = np.eye(len(weight))[y] - np.exp(log_p)
    pull = delta.T @ x
    strength = float((weight * pull).sum() / (pull**2).sum())
    grid = np.logspace(-4, 4, 10)
    strength = float(grid[np.argmin(abs(np.log(grid / strength)))])
    ours = strength * -log_p[np.arange(n), y].sum() + 0.5 * (weight**2).sum()
    fit = LogisticRegression(C=strength, multi_class="multinomial", tol=1e-10, max_iter=100000).fit(x, y)
    theirs_w, theirs_b = fit.coef_, fit.intercept_
    if len(theirs_w) == 1:  # scikit-learn 1.2 keeps the second row of the symmetric pair
        theirs_w, theirs_b = np.vstack([-theirs_w, theirs_w]), np.concatenate([-theirs_b, theirs_b])
    theirs_p = log_softmax(x @ theirs_w.T + theirs_b)
    theirs = strength * -theirs_p[np.arange(n), y].sum() + 0.5 * (theirs_w**2).sum()
    return {"strength": strength, "residual": float(np.linalg.norm(strength * pull - weight) / np.linalg.norm(weight)),
            "bias_residual": float(abs(delta.sum(0)).max()), "gap_per_row": float((ours - theirs) / n)}


def facts(path):
    with h5py.File(path, "r") as file:
        shapes = {}
        file.visititems(lambda name, item: shapes.update({"/" + name: list(item.shape)})
                        if isinstance(item, h5py.Dataset) else None)
        epochs = {name: item[:] for name, item in file["epochs"].items()}
        heads = rows_by_key(file["classifier"])
        error = 0.0
        for row, key in enumerate(zip(epochs["epoch"], epochs["stage"])):
            weight = file["classifier/weight"][heads[key]].astype(np.float64)
            bias = file["classifier/bias"][heads[key]].astype(np.float64)
            expected = {"classifier_weight_norm": np.sqrt((weight**2).sum()), "classifier_bias_norm": np.linalg.norm(bias)}
            for name in ("validation", "test"):
                split = file["splits"][name]
                logits = split["logits"][rows_by_key(split)[key]].astype(np.float64)
                y = split["labels"][:]
                expected[name + "_accuracy"] = accuracy_score(y, logits.argmax(1))
                expected[name + "_matthews"] = matthews_corrcoef(y, logits.argmax(1))
                expected[name + "_loss"] = log_loss(y, np.exp(log_softmax(logits)), labels=range(logits.shape[1]))
                if name == "test":
                    expected["logit_norm"] = np.linalg.norm(logits, axis=1).mean()
            if row == file["progress/selected"][0]:
                before = file["splits/test/features_pretrained"][:].astype(np.float64)
                after = file["splits/test/features"][:].astype(np.float64)
                expected["feature_difference"] = np.linalg.norm(after - before, axis=1).mean()
                unit = after / np.linalg.norm(after, axis=1, keepdims=True)
                n = len(unit)
                expected["feature_cosine_similarity"] = ((unit @ unit.T).sum() - n) / (n * (n - 1))
                logits = file["splits/test/logits"][rows_by_key(file["splits/test"])[key]]
                error = max(error, abs(after @ weight.T + bias - logits).max() / max(1, abs(logits).max()))
            for name, value in expected.items():
                error = max(error, abs(value - epochs[name][row]) / max(1.0, abs(value)))
        columns = {f"/{group}/{name}": item[:] for group in ("steps", "epochs") for name, item in file[group].items()}
        result = {"series_error": float(error), "shapes": shapes,
                  "nan": sorted(name for name, values in columns.items() if np.isnan(values).all())}
        if (1.0, 0) in heads:
            row = heads[(1.0, 0)]
            result["probe"] = probe_facts(file, file["classifier/weight"][row].astype(np.float64),
                                          file["classifier/bias"][row].astype(np.float64))
        return result


print(json.dumps([facts(path) for path in sys.argv[1:]]))
