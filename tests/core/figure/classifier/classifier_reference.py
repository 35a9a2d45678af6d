"""What the rows of a run's classifier say, with NumPy in float64 from a run file, as JSON.

usage: classifier_reference.py RUN.h5 SPLIT

norms [K][C]; angles [K][C][C], radians, by the arc cosine; derivative [K][C]: a central difference of the mean loss of
SPLIT when a row is made longer, on logits; selected_derivative [C]: the closed form on the features of the selected
model; cosine, displacement [C]: from the first snapshot to the selected one.
"""

import json
import sys

import h5py
import numpy as np
from scipy.special import logsumexp, softmax


def loss(logits, labels):
    return (logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]).mean()


def difference(logits, labels, weight, bias):
    """Of the fourth order, row by row."""
    norms, found = np.linalg.norm(weight, axis=1), []
    for k, norm in enumerate(norms):
        def moved(change):
            scaled = logits.copy()
            scaled[:, k] = bias[k] + (logits[:, k] - bias[k]) * (norm + change) / norm
            return loss(scaled, labels)

        step = 1e-3 * norm
        near, far = moved(step) - moved(-step), moved(2 * step) - moved(-2 * step)
        found.append((8 * near - far) / (12 * step))
    return found


def main(path, name):
    with h5py.File(path) as file:
        weights = file["classifier/weight"][:].astype(float)
        biases = file["classifier/bias"][:].astype(float)
        split = file["splits"][name]
        labels = split["labels"][:]
        logits = split["logits"][:].astype(float)
        row = int(file["progress/selected"][0])
        key = (file["epochs/epoch"][row], file["epochs/stage"][row])
        keys = list(zip(file["classifier/epoch"][:], file["classifier/stage"][:]))
        assert keys == list(zip(split["epoch"][:], split["stage"][:])), "split has no logits at every snapshot"
        selected = keys.index(key)
        features = split["features"][:].astype(float)
    norms = np.linalg.norm(weights, axis=2)
    unit = weights / norms[:, :, None]
    weight, first = weights[selected], weights[0]
    residual = softmax(features @ weight.T + biases[selected], axis=1) - np.eye(len(weight))[labels]
    projection = features @ weight.T / norms[selected]
    print(json.dumps({
        "norms": norms.tolist(),
        "angles": np.arccos(np.clip(unit @ unit.transpose(0, 2, 1), -1, 1)).tolist(),
        "derivative": [difference(*each) for each in zip(logits, [labels] * len(logits), weights, biases)],
        "selected": selected,
        "selected_derivative": (residual * projection).mean(axis=0).tolist(),
        "cosine": (unit[0] * unit[selected]).sum(axis=1).tolist(),
        "displacement": np.linalg.norm(weight - first, axis=1).tolist(),
    }))


main(*sys.argv[1:])
