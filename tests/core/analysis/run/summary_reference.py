"""Computes the numbers of `finescope summary --json` with NumPy, SciPy and scikit-learn from a run file.

usage: summary_reference.py RUN.h5            prints the object
       summary_reference.py --add-kernels RUN.h5   first adds a kernel of random numbers to the file
"""

import json
import sys
import warnings

import h5py
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import accuracy_score, log_loss, matthews_corrcoef
from sklearn.metrics.pairwise import cosine_similarity

warnings.filterwarnings("ignore")


def add_kernels(path):
    rng = np.random.default_rng(5)
    with h5py.File(path, "r+") as file:
        count, classes, width = 12, file["classifier/weight"].shape[1], 9
        labels = np.arange(count) % classes
        residuals = np.eye(classes)[labels] - softmax(rng.normal(size=(count, classes)), axis=1)
        phi = rng.normal(size=(count, width))
        jacobian = rng.normal(size=(count * classes, 20))
        for state, stored in (("pretrained", False), ("after_lp", True)):
            group = file.create_group("ntk/" + state)
            group.attrs["adapted"] = "full"
            group.attrs["float_type"] = "float64"
            group.attrs["C"] = classes
            group["train_index"] = np.arange(count)
            group["train_labels"] = labels
            group["train_residuals"] = residuals
            group["P_train"] = phi @ phi.T + 1
            group["F_train"] = jacobian @ jacobian.T
            if stored:
                group["spectrum"] = -np.sort(-rng.uniform(size=(3, count * classes)), axis=1)
                regression = rng.uniform(size=(3, 4))
                regression[1, 2] = np.nan
                group["regression"] = regression


def binned(probabilities, labels, bins=15):
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    edges = np.linspace(0, 1, bins + 1)
    ece, gaps = 0.0, []
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gaps.append(abs(right[inside].mean() - confidence[inside].mean()))
            ece += inside.mean() * gaps[-1]
    return ece, max(gaps)


def nll(logits, labels, temperature=1.0):
    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels].mean())


def fisher(features, labels):
    present = np.unique(labels)
    count, width = features.shape
    within, between = np.zeros((width, width)), np.zeros((width, width))
    for label in present:
        members = features[labels == label]
        mean = members.mean(0)
        within += (members - mean).T @ (members - mean)
        between += len(members) * np.outer(mean - features.mean(0), mean - features.mean(0))
    values, vectors = np.linalg.eigh(within)
    kept = values > 1e-12 * values[-1]
    if count - len(present) >= width:
        inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        return np.trace(inverse @ between), 0.0, int(kept.sum())
    ridge = 1e-3
    shifted = within + ridge * np.trace(within) / width * np.eye(width)
    return np.trace(np.linalg.solve(shifted, between)), ridge, int(kept.sum())


def cosine(features):
    upper = np.triu_indices(len(features), 1)
    return cosine_similarity(features)[upper].mean()


def kernel(group):
    classes = int(group.attrs["C"])
    p, f, residuals = group["P_train"][()], group["F_train"][()], group["train_residuals"][()]
    count = len(p)
    parts = {"P": np.kron(p, np.eye(classes)), "F": f}
    parts["total"] = parts["P"] + parts["F"]
    ratios = []
    for i in range(count):
        rows = slice(i * classes, (i + 1) * classes)
        ratios.append(np.linalg.norm(parts["F"][rows] @ residuals.ravel()) /
                      np.linalg.norm(parts["total"][rows] @ residuals.ravel()))
    result = {"n": count, "C": classes, "ft_ratio": np.mean(ratios)}
    for row, (name, matrix) in enumerate(parts.items()):
        values = group["spectrum"][row] if "spectrum" in group else np.linalg.svd(matrix, compute_uv=False)
        share = values / values.sum()
        share = share[share > 0]
        regression = group["regression"][row] if "regression" in group else [np.nan] * 4
        result[name] = {
            "rank": int((values > values.max() * len(values) * np.finfo(np.float32).eps).sum()),
            "frobenius_norm": np.linalg.norm(matrix),
            "effective_rank": np.exp(-(share * np.log(share)).sum()),
            "stable_rank": (values**2).sum() / values.max() ** 2,
            "regression": dict(zip(("train", "test", "train_class", "test_class"), regression)),
        }
    return result


def summarise(path):
    with h5py.File(path, "r") as file:
        text = {name: file.attrs[name] for name in ("run_id", "name", "method", "task", "model")}
        keys = list(zip(file["epochs/epoch"][()], file["epochs/stage"][()]))
        selected = int(file["progress/selected"][0])
        reported = keys[selected] if selected >= 0 else keys[-1]
        status = ("running", "complete", "failed", "cancelled")[int(file["progress/status"][0])]

        def norm(name, key):
            return float(np.linalg.norm(file["classifier/" + name][keys.index(key)].astype(np.float64))) \
                if key in keys else None

        result = {"file": path, **text, "seed": int(file.attrs["seed"]), "status": status, "probe": None,
                  "classifier": {name + "_norm": {"initial": norm(name, keys[0]), "after_lp": norm(name, (1, 0)),
                                                  "final": norm(name, reported)} for name in ("weight", "bias")},
                  "splits": {}}
        arrays = {}
        for name, split in file["splits"].items():
            labels = split["labels"][()]
            own = list(zip(split["epoch"][()], split["stage"][()]))
            logits = split["logits"][own.index(reported)].astype(np.float64)
            arrays[name] = (split.attrs["role"], logits, labels)
            probabilities = softmax(logits, axis=1)
            ece, mce = binned(probabilities, labels)
            predicted = logits.argmax(1)
            features = {key: split[key][()].astype(np.float64)
                        if key in split and split[key].size else None for key in ("features_pretrained", "features")}
            before, after = features["features_pretrained"], features["features"]
            ratios = [fisher(value, labels) if value is not None else (None, None, None) for value in (before, after)]
            result["splits"][name] = {
                "role": split.attrs["role"], "n": len(labels), "accuracy": accuracy_score(labels, predicted),
                "matthews": matthews_corrcoef(labels, predicted),
                "nll": log_loss(labels, probabilities, labels=range(logits.shape[1])),
                "brier": float(((probabilities - np.eye(logits.shape[1])[labels]) ** 2).sum(1).mean()),
                "ece": ece, "mce": mce, "mean_confidence": probabilities.max(1).mean(),
                "logit_norm": np.linalg.norm(logits, axis=1).mean(),
                "features": {
                    "cosine_similarity": {"pretrained": None if before is None else cosine(before),
                                          "final": None if after is None else cosine(after)},
                    "difference": None if before is None or after is None
                    else np.linalg.norm(after - before, axis=1).mean(),
                    "fdr": {"pretrained": ratios[0][0], "final": ratios[1][0],
                            "ridge": ratios[1][1] if ratios[1][1] is not None else ratios[0][1],
                            "rank_within": {"pretrained": ratios[0][2], "final": ratios[1][2]}}},
            }
        one_class = {name: int(logits.argmax(1)[0]) for name, (role, logits, labels) in arrays.items()
                     if role in ("test", "ood") and len(set(labels)) > 1 and len(set(logits.argmax(1))) == 1}
        result["collapsed"] = one_class or None
        _, logits, labels = next(value for value in arrays.values() if value[0] == "validation")
        found = minimize_scalar(lambda x: nll(logits, labels, np.exp(x)), bounds=(np.log(0.01), np.log(1000)),
                                method="bounded", options={"xatol": 1e-10})
        temperature = float(np.exp(found.x))
        result["temperature"] = {"fitted_on": "validation", "value": temperature, "at_bound": False, "reason": None,
                                 "equivalent_weight_norm": norm("weight", reported) / temperature, "splits": {}}
        for name, (role, logits, labels) in arrays.items():
            scaled = softmax(logits / temperature, axis=1)
            ece, mce = binned(scaled, labels)
            result["temperature"]["splits"][name] = {
                "nll": nll(logits, labels, temperature), "ece": ece, "mce": mce,
                "brier": float(((scaled - np.eye(logits.shape[1])[labels]) ** 2).sum(1).mean()),
                "in_sample": role == "validation"}
        result["ntk"] = {state: kernel(group) for state, group in file.get("ntk", {}).items()}
        return result


def plain(value):
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value


if sys.argv[1] == "--add-kernels":
    add_kernels(sys.argv[2])
print(json.dumps(plain(summarise(sys.argv[-1]))))
