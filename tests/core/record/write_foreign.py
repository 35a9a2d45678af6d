"""Writes run files with h5py, from the description of the format alone: what somebody's own script would do.

usage: write_foreign.py FOLDER

Every value is a function of its indexes, which test_run_file.cpp computes again.
"""

import sys
from pathlib import Path

import h5py
import numpy as np

N, C, H = 6, 3, 4


def logits(rows):
    return np.fromfunction(lambda k, n, c: 100 * k + 10 * n + c, (rows, N, C))


def root(file, strings, **more):
    """The root attributes, with strings stored as `strings` makes them."""
    file.attrs["format"] = strings("finescope-run")
    file.attrs["format_version"] = 1
    file.attrs["run_id"] = strings("0f0e")
    file.attrs["method"] = strings("lp-ft")
    file.attrs["task"] = strings("rte")
    file.attrs["seed"] = np.int16(1001)
    for name, value in more.items():
        file.attrs[name] = value


def complete(path):
    """Everything of version 1, in other widths than ours, as variable-length strings, in SWMR order."""
    with h5py.File(path, "w", libver="latest") as file:
        root(file, str, name="théorie", task="größer", created="2026-01-02T03:04:05Z", creator="a script", host="elsewhere", pid=12,
             model="roberta-base", config='{"a": 1}')
        file.attrs.create("class_names", ["no", "maybe", "yes"], dtype=h5py.string_dtype())
        progress = file.create_group("progress")
        progress["status"] = np.array([1], "i1")
        progress["step"] = np.array([8], "i8")
        progress["total_steps"] = np.array([8], "i8")
        progress["heartbeat"] = np.array([1.5e9])
        progress["selected"] = np.array([1], "i8")
        progress.create_dataset("message", shape=(1,), dtype=h5py.string_dtype("utf-8", 1024))[0] = "schön"
        steps = file.create_group("steps")
        steps["step"] = np.arange(8, dtype="u4")
        steps["epoch"] = np.arange(8, dtype="f4") / 4
        steps["stage"] = np.ones(8, "u1")
        steps["train_loss"] = np.arange(8, dtype="f2") / 2
        steps["my_own_series"] = np.arange(8, dtype="i4")
        epochs = file.create_group("epochs")
        epochs["epoch"] = np.array([0, 1, 2], "i4")
        epochs["stage"] = np.ones(3, "i8")
        epochs["test_loss"] = np.array([3, 2, 1], ">f4")
        classifier = file.create_group("classifier")
        classifier["weight"] = np.fromfunction(lambda k, c, h: 100 * k + 10 * c + h, (3, C, H))
        classifier["bias"] = np.fromfunction(lambda k, c: 10 * k + c, (3, C))
        classifier["epoch"] = np.array([0.0, 1.0, 2.0])
        classifier["stage"] = np.ones(3, "i1")
        for name, role in (("validation", "validation"), ("test", "test"), ("far", "ood"), ("train", "train")):
            split = file.create_group(f"splits/{name}")
            split.attrs["role"] = role
            split.attrs["task"] = "größer"
            split["labels"] = np.arange(N, dtype="u1") % C
            split.create_dataset("logits", data=logits(3).astype("f8"), compression="gzip")
            split["epoch"] = np.array([0.0, 1.0, 2.0], "f4")
            split["stage"] = np.ones(3, "i2")
            split["features"] = np.fromfunction(lambda n, h: 10 * n + h, (N, H)).astype("f2")
            split.create_dataset("features_pretrained", shape=(0, H), maxshape=(None, H), dtype="f4")
        state = file.create_group("ntk/pretrained")
        state.attrs["adapted"] = "full"
        state.attrs["C"] = C
        state["train_index"] = np.array([4, 2])
        state["train_labels"] = np.array([1, 0])
        state["train_residuals"] = np.fromfunction(lambda n, c: 10.0 * n + c, (2, C))
        state["P_train"] = np.eye(2)
        state["F_train"] = np.fromfunction(lambda i, j: 10.0 * i + j, (2 * C, 2 * C))
        state["spectrum"] = np.fromfunction(lambda i, j: 10.0 * i + j, (3, 2 * C))
        file["notes"] = "something of the user's own"


def least(path):
    """As little as a run file can hold: one row of logits, fixed-length strings, no steps, no progress."""
    with h5py.File(path, "w") as file:
        root(file, np.bytes_)
        file.attrs["class_names"] = np.array(["no", "maybe", "yes"], dtype="S8")
        split = file.create_group("splits/test")
        split.attrs["role"] = np.bytes_("test")
        split["labels"] = np.arange(N) % C
        split["logits"] = logits(1).astype("f4")
        split["epoch"] = np.array([3.0])
        split["stage"] = np.array([1])


def unequal(path):
    """Parts of unequal lengths, as a writer that was interrupted leaves them."""
    with h5py.File(path, "w", libver="latest") as file:
        root(file, str)
        file.attrs["class_names"] = ["no", "maybe", "yes"]
        steps = file.create_group("steps")
        steps["step"] = np.arange(4)
        steps["epoch"] = np.arange(6) / 4
        steps["stage"] = np.ones(5, "i1")
        steps["train_loss"] = np.arange(6.0)
        steps["gradient_norm"] = np.arange(2.0)
        steps["learning_rate"] = np.zeros(0)
        split = file.create_group("splits/test")
        split.attrs["role"] = "test"
        split["labels"] = np.arange(N) % C
        split["logits"] = logits(3)
        split["epoch"] = np.array([0.0, 1.0])
        split["stage"] = np.ones(4, "i1")


def left_open(path):
    """A file whose writer, without SWMR, never closed it: readers refuse it until its flags are cleared."""
    with h5py.File(path, "w", libver="latest") as file:
        root(file, str)
        file.attrs["class_names"] = ["no", "maybe", "yes"]
        file.flush()
        contents = path.read_bytes()
    path.write_bytes(contents)


def many_layers(path):
    """More groups than a reader keeps open, after a block of the user's own, from whose end HDF5 counts places."""
    with h5py.File(path, "w", userblock_size=2048) as file:
        root(file, str)
        file.attrs["class_names"] = ["no", "maybe", "yes"]
        for layer in range(300):
            for name, sign in (("query", 1), ("value", -1)):
                file[f"lora/{layer}/{name}/A"] = np.full((2, 3), sign * (layer + 1.0))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    complete(folder / "complete.h5")
    least(folder / "least.h5")
    unequal(folder / "unequal.h5")
    many_layers(folder / "many_layers.h5")
    left_open(folder / "left_open.h5")
