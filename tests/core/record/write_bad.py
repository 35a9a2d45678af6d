"""Writes run files that are wrong in one way each, for test_bad_files.cpp.

usage: write_bad.py FOLDER
"""

import sys
from pathlib import Path

import h5py
import numpy as np

N, C, H = 6, 3, 4


def good(file):
    file.attrs["format"] = "finescope-run"
    file.attrs["format_version"] = 1
    file.attrs["run_id"] = "0"
    file.attrs["method"] = "ft"
    file.attrs["class_names"] = ["no", "maybe", "yes"]
    file["progress/status"] = np.array([1], "i1")
    file["steps/step"] = np.arange(4)
    file["steps/epoch"] = np.arange(4) / 4
    file["steps/stage"] = np.ones(4, "i1")
    file["steps/train_loss"] = np.ones(4)
    file["epochs/epoch"] = np.arange(2.0)
    file["epochs/stage"] = np.ones(2, "i1")
    file["classifier/weight"] = np.zeros((2, C, H), "f4")
    file["classifier/bias"] = np.zeros((2, C), "f4")
    file["classifier/epoch"] = np.arange(2.0)
    file["classifier/stage"] = np.ones(2, "i1")
    split = file.create_group("splits/test")
    split.attrs["role"] = "test"
    split["labels"] = np.arange(N) % C
    split["logits"] = np.zeros((2, N, C), "f4")
    split["epoch"] = np.arange(2.0)
    split["stage"] = np.ones(2, "i1")
    split["features"] = np.zeros((N, H), "f4")
    kernel = file.create_group("ntk/pretrained")
    kernel.attrs["C"] = C
    kernel["train_index"] = np.arange(2)
    kernel["train_labels"] = np.zeros(2, "i8")
    kernel["train_residuals"] = np.zeros((2, C))
    kernel["P_train"] = np.zeros((2, 2))
    kernel["F_train"] = np.zeros((2 * C, 2 * C))


def attribute(name, value):
    def change(file):
        file.attrs[name] = value
    return change


def replaced(path, value):
    def change(file):
        if path in file:
            del file[path]
        if value is not None:
            file[path] = value
    return change


def without_attribute(path, name):
    def change(file):
        del file[path].attrs[name]
    return change


def element(path, index, value):
    def change(file):
        file[path][index] = value
    return change


CHANGES = {
    "good": lambda file: None,
    "version": attribute("format_version", 2),
    "version_text": attribute("format_version", "1"),
    "format": attribute("format", "somebody else's"),
    "format_steers": attribute("format", "a\x1b[2J\rb" + "x" * 200),
    "no_format": without_attribute("/", "format"),
    "no_method": without_attribute("/", "method"),
    "no_class_names": without_attribute("/", "class_names"),
    "class_names_numbers": attribute("class_names", np.arange(3)),
    "status": replaced("progress/status", np.array([9], "i1")),
    "selected": replaced("progress/selected", np.array([7], "i8")),
    "selected_below": replaced("progress/selected", np.array([-2], "i8")),
    "no_step": replaced("steps/step", None),
    "no_steps_stage": replaced("steps/stage", None),
    "series_shape": replaced("steps/train_loss", np.zeros((4, 2))),
    "series_text": replaced("steps/train_loss", "text"),
    "no_epoch": replaced("epochs/epoch", None),
    "stage": element("epochs/stage", 1, 7),
    "epoch_nan": element("epochs/epoch", 1, np.nan),
    "epoch_infinite": element("steps/epoch", 3, np.inf),
    "epoch_negative": element("classifier/epoch", 1, -1.0),
    "seed_half": attribute("seed", 1.5),
    "seed_nan": attribute("seed", np.nan),
    "seed_huge": attribute("seed", np.uint64(2**64 - 1)),
    "weight_shape": replaced("classifier/weight", np.zeros((2, C + 1, H), "f4")),
    "bias_shape": replaced("classifier/bias", np.zeros((2, C + 1), "f4")),
    "no_bias": replaced("classifier/bias", None),
    "no_classifier_epoch": replaced("classifier/epoch", None),
    "no_role": without_attribute("splits/test", "role"),
    "no_labels": replaced("splits/test/labels", None),
    "labels_shape": replaced("splits/test/labels", np.zeros((N, 1), "i8")),
    "labels_group": replaced("splits/test/labels/inner", 1),
    "logits_rank": replaced("splits/test/logits", np.zeros((N, C), "f4")),
    "logits_rows": replaced("splits/test/logits", np.zeros((2, N + 1, C), "f4")),
    "logits_classes": replaced("splits/test/logits", np.zeros((2, N, C - 1), "f4")),
    "logits_text": replaced("splits/test/logits", np.full((2, N, C), b"x")),
    "no_logits_epoch": replaced("splits/test/epoch", None),
    "features_rows": replaced("splits/test/features", np.zeros((N - 1, H), "f4")),
    "nan_logits": element("splits/test/logits", (1, 2, 0), np.nan),
    "infinite_logits": element("splits/test/logits", (1, slice(0, 6), 1), np.inf),
    "nan_features": element("splits/test/features", (3, 1), np.nan),
    "label_high": element("splits/test/labels", 4, C),
    "label_negative": element("splits/test/labels", 4, -1),
    "label_half": replaced("splits/test/labels", np.array([0, 1, 2, 0, 0.5, 2])),
    "kernel_shape": replaced("ntk/pretrained/F_train", np.zeros((2, 2))),
    "no_kernel_part": replaced("ntk/pretrained/P_train", None),
    "kernel_label": replaced("ntk/pretrained/train_labels", np.array([0, 3])),
    "kernel_spectrum": replaced("ntk/pretrained/spectrum", np.zeros((2, 6))),
}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, change in CHANGES.items():
        with h5py.File(folder / f"{name}.h5", "w") as file:
            good(file)
            if name == "labels_group":
                del file["splits/test/labels"]
            change(file)
    whole = (folder / "good.h5").read_bytes()
    (folder / "truncated.h5").write_bytes(whole[: len(whole) // 2])
    (folder / "truncated_early.h5").write_bytes(whole[:20])
    (folder / "text.h5").write_text("loss,accuracy\n1.0,0.5\n" * 100)
    (folder / "empty.h5").write_bytes(b"")
    (folder / "folder.h5").mkdir()
