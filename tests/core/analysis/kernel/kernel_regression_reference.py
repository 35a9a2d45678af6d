"""Makes a kernel of a given Frobenius norm and regresses on its rows as the paper does, with scikit-learn.

usage: kernel_regression_reference.py FOLDER CLASSES SAMPLES NORM
Writes FOLDER/p, f, p_test, f_test (float64), FOLDER/labels, labels_test (int64); prints as JSON, of P, F and P + F: the
objective for each strength, by scikit-learn and by Newton's method in NumPy; and, up to a norm of 100, the strength that
scikit-learn chooses, its mean accuracies and the accuracies of LogisticRegressionCV. Above, it does not reach the optima that
it chooses among, however long it takes.
"""

import json
import sys
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV

warnings.filterwarnings("ignore")
folder = sys.argv[1]
classes, samples = int(sys.argv[2]), int(sys.argv[3])
norm = float(sys.argv[4])

rng = np.random.default_rng(samples + classes)
tests = samples // 2
labels = rng.integers(0, classes, samples + tests)
labels[:classes] = np.arange(classes)
centres = rng.normal(size=(classes, 12))
phi = 3 + centres[labels] + 1.5 * rng.normal(size=(samples + tests, 12))
# Spectra that fall over six decades, as those of kernels do; rows of F are i*C + c.
head = rng.normal(size=(classes, 40))
jacobian = np.einsum("nk,ckd->ncd", phi, rng.normal(size=(classes, 12, 40))) * np.geomspace(1, 1e-3, 40)
jacobian += 0.3 * np.tanh(phi @ rng.normal(size=(12, 40)))[:, None, :] * head
jacobian = jacobian.reshape(-1, 40)
p, f = phi @ phi[:samples].T + 1, jacobian @ jacobian[: samples * classes].T
f *= norm / np.linalg.norm(f[: samples * classes])
arrays = {"p": p[:samples], "p_test": p[samples:], "f": f[: samples * classes], "f_test": f[samples * classes:]}
for name, values in arrays.items():
    np.ascontiguousarray(values, dtype="<f8").tofile(f"{folder}/{name}")
labels[:samples].astype("<i8").tofile(folder + "/labels")
labels[samples:].astype("<i8").tofile(folder + "/labels_test")

eye = np.eye(classes)
targets = eye[labels].ravel().astype(int)
train, test = targets[: samples * classes], targets[samples * classes:]


def objective(rows, alpha, intercept, strength):
    signs = 2 * train - 1
    return strength * np.logaddexp(0, -signs * (rows @ alpha + intercept)).sum() + 0.5 * (alpha**2).sum()


def newton(rows, strength):
    """The optimum by Newton's method in the eigenbasis of the rows, with halved steps."""
    _, sizes, right = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    columns = np.hstack([(rows - rows.mean(0)) @ right.T, np.ones((len(rows), 1))])
    penalty = np.append(np.ones(len(sizes)), 0)
    point, signs = np.zeros(columns.shape[1]), 2 * train - 1

    def value(at):
        return strength * np.logaddexp(0, -signs * (columns @ at)).sum() + 0.5 * (penalty * at**2).sum()

    for _ in range(500):
        probability = 0.5 * (1 + np.tanh(columns @ point / 2))
        gradient = strength * columns.T @ (probability - train) + penalty * point
        weights = strength * probability * (1 - probability)
        hessian = (columns.T * weights) @ columns + np.diag(penalty)
        scale = 1 / np.sqrt(np.diag(hessian) + 1e-300)
        step = scale * np.linalg.lstsq(scale[:, None] * hessian * scale, scale * gradient, rcond=1e-15)[0]
        length = 1.0
        while value(point - length * step) > value(point) and length > 1e-12:
            length /= 2
        point = point - length * step
        if gradient @ step < 1e-12 * value(point):
            break
    return value(point)


def accuracies(rows, truth, which, model):
    scores = model.decision_function(rows)
    return [float(((scores > 0) == truth).mean()),
            float((scores.reshape(-1, classes).argmax(1) == labels[which]).mean())]


result = []
for use_p, use_f in ((1, 0), (0, 1), (1, 1)):
    rows = use_p * np.kron(arrays["p"], eye) + use_f * arrays["f"]
    test_rows = use_p * np.kron(arrays["p_test"], eye) + use_f * arrays["f_test"]
    fits = []
    for strength in np.logspace(-4, 4, 10):
        model = LogisticRegression(C=strength, max_iter=10000, random_state=0).fit(rows, train)
        fits.append({"strength": strength, "newton": newton(rows, strength),
                     "sklearn": objective(rows, model.coef_[0], model.intercept_[0], strength)})
    result.append({"fits": fits})
    if norm > 100:
        continue
    choice = LogisticRegressionCV(max_iter=10000, random_state=0, tol=1e-8).fit(rows, train)
    own = accuracies(rows, train, slice(0, samples), choice)
    other = accuracies(test_rows, test, slice(samples, None), choice)
    result[-1] |= {"chosen": float(choice.C_[0]), "means": choice.scores_[1].mean(0).tolist(),
                   "accuracies": [own[0], other[0], own[1], other[1]]}
print(json.dumps(result))
