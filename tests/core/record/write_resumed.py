"""Writes run files of runs that were resumed, each a list of rows as their keys.

usage: write_resumed.py FOLDER

Values say in which row of the file they stand: train_loss, the classifier's weights and the logits of row 7 are 7.
"""

import sys
from pathlib import Path

import h5py
import numpy as np

N, C, H = 4, 2, 3
NAN = float("nan")


def write(path, steps=(), epochs=(), selected=-1, columns=None):
    """steps: (stage, step, epoch); epochs: (stage, epoch); columns: other columns of /steps."""
    with h5py.File(path, "w") as file:
        file.attrs["format"] = "finescope-run"
        file.attrs["format_version"] = 1
        file.attrs["run_id"] = path.stem
        file.attrs["method"] = "lp-ft"
        file.attrs["task"] = "toy"
        file.attrs.create("class_names", ["no", "yes"], dtype=h5py.string_dtype())
        file["progress/status"] = np.array([1], "i1")
        file["progress/selected"] = np.array([selected], "i8")
        if steps:
            file["steps/stage"] = np.array([row[0] for row in steps], "i1")
            file["steps/step"] = np.array([row[1] for row in steps], "i8")
            file["steps/epoch"] = np.array([row[2] for row in steps], "f8")
            for name, values in (columns or {"train_loss": np.arange(len(steps))}).items():
                file[f"steps/{name}"] = np.array(values, "f8")
        if epochs:
            rows = np.arange(len(epochs), dtype="f4")
            for group in ("epochs", "classifier", "splits/test"):
                file[f"{group}/stage"] = np.array([row[0] for row in epochs], "i1")
                file[f"{group}/epoch"] = np.array([row[1] for row in epochs], "f8")
            file["epochs/train_loss"] = rows
            file["classifier/weight"] = np.broadcast_to(rows[:, None, None], (len(rows), C, H))
            file["classifier/bias"] = np.broadcast_to(rows[:, None], (len(rows), C))
            file["splits/test"].attrs["role"] = "test"
            file["splits/test/labels"] = np.zeros(N, "i8")
            file["splits/test/logits"] = np.broadcast_to(rows[:, None, None], (len(rows), N, C))


def tuning(*steps, per_epoch=10):
    return [(1, step, step / per_epoch) for step in steps]


FILES = {
    "onward": dict(steps=tuning(1, 2, 3), epochs=[(1, 0), (1, 1), (1, 2)], selected=1),
    "steps_back": dict(steps=tuning(0, 1, 2, 3, 4, 5, 3, 4, 5, 6)),
    "steps_back_epochs_on": dict(steps=[(1, s, e / 3) for e, s in enumerate([0, 1, 2, 3, 4, 5, 3, 4, 5, 6])]),
    "epochs_back_steps_on": dict(steps=[(1, s, e) for s, e in enumerate([0.5, 1, 1.5, 2, 1.5, 2, 2.5])]),
    "steps_back_twice": dict(steps=tuning(1, 2, 3, 4, 5, 3, 4, 2, 3, 4, 5, 6)),
    "to_the_start": dict(steps=tuning(1, 2, 3, 1, 2)),
    "between_steps": dict(steps=tuning(10, 20, 30, 25, 35)),
    "last_step_again": dict(steps=tuning(1, 2, 3, 3, 4)),
    "two_kinds_of_rows": dict(steps=tuning(1, 2, 2, 3),
                              columns={"train_loss": [0, 1, NAN, 3], "validation_loss": [NAN, NAN, 5, NAN]}),
    "epochs_back": dict(epochs=[(1, e) for e in (0, 1, 2, 3, 2, 3, 4)], selected=6),
    "last_epoch_again": dict(epochs=[(1, e) for e in (0, 1, 1, 2)], selected=1),
    "first_try_selected": dict(epochs=[(1, e) for e in (0, 1, 2, 3, 1, 2)], selected=3),
    "stages_back": dict(steps=[(0, 1, 0), (0, 2, 0), (1, 1, .5), (1, 2, 1), (0, 1, 0), (0, 2, 0), (0, 3, 0), (1, 1, .5)],
                        epochs=[(0, 0), (0, 1), (1, 0), (1, 1), (0, 0), (0, 1), (1, 0), (1, 1)], selected=7),
}

if __name__ == "__main__":
    for name, rows in FILES.items():
        write(Path(sys.argv[1]) / f"{name}.h5", **rows)
