"""Writes run files that reach out of themselves or claim more than they hold, for test_hostile_files.cpp.

usage: write_hostile.py FOLDER

Each is smaller than 10 MiB.
"""

import os
import sys
import zlib
from pathlib import Path

import h5py
import numpy as np
from write_bad import C, H, N, good

FOLDER = Path(sys.argv[1])
MEBIBYTE = 1 << 20


def linked(path, link):
    """The object at `path` replaced by a link."""
    def change(file):
        if path in file:
            del file[path]
        file[path] = link
    return change


def outside(path):
    """A link into a pipe: whoever follows it waits for ever."""
    return linked(path, h5py.ExternalLink(str(FOLDER / "pipe"), "/steps"))


def remade(path, shape, dtype, **how):
    """The dataset at `path` made anew, without a value written to it."""
    def change(file):
        if path in file:
            del file[path]
        file.create_dataset(path, shape=shape, dtype=dtype, **how)
    return change


def external(path):
    return remade(path, (N,), "i8", external=[(str(FOLDER / "pipe"), 0, 8 * N)])


def virtual(path, source_file, source_path, shape=(N,)):
    def change(file):
        if path in file:
            del file[path]
        layout = h5py.VirtualLayout(shape=shape, dtype="i8")
        layout[...] = h5py.VirtualSource(source_file, source_path, shape=shape)
        file.create_virtual_dataset(path, layout)
    return change


def twice_deflated(file):
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((N,))
    creation.set_deflate(9)
    creation.set_deflate(9)
    del file["splits/test/labels"]
    labels = h5py.h5d.create(file.id, b"splits/test/labels", h5py.h5t.NATIVE_INT64, h5py.h5s.create_simple((N,)), creation)
    labels.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(N) % C)


def bomb(path, shape, dtype, chunk):
    """Every chunk of zeros, deflated."""
    def change(file):
        if path in file:
            del file[path]
        dataset = file.create_dataset(path, shape=shape, dtype=dtype, chunks=chunk, compression="gzip")
        small = zlib.compress(bytes(int(np.prod(chunk)) * np.dtype(dtype).itemsize), 9)
        for corner in np.ndindex(*(-(-extent // step) for extent, step in zip(shape, chunk))):
            dataset.id.write_direct_chunk(tuple(i * step for i, step in zip(corner, chunk)), small)
    return change


def deflated_zeros(count):
    packer = zlib.compressobj(9)
    block = bytes(MEBIBYTE)
    return b"".join(packer.compress(block) for _ in range(count // MEBIBYTE)) + packer.flush()


def inflated_chunk(path, count):
    """A chunk that says it holds the labels and is longer once it is inflated."""
    def change(file):
        del file[path]
        # A chunk larger than the labels, so that HDF5 spends enough bytes on its length.
        dataset = file.create_dataset(path, shape=(N,), maxshape=(None,), dtype="i8", chunks=(65536,), compression="gzip")
        dataset.id.write_direct_chunk((0,), deflated_zeros(count))
    return change


def inflated_chunk_of_many(path, count):
    """The same of a dataset whose other chunks are not there, so that all of them together are no longer than they may be."""
    def change(file):
        del file[path]
        dataset = file.create_dataset(path, shape=(N, MEBIBYTE), dtype="f4", chunks=(1, MEBIBYTE), compression="gzip")
        dataset.id.write_direct_chunk((0, 0), deflated_zeros(count))
    return change


def all_of(*changes):
    def change(file):
        for one in changes:
            one(file)
    return change


def steps(rows, **how):
    return all_of(*(remade(f"steps/{name}", (rows,), kind, **how)
                    for name, kind in (("step", "i8"), ("epoch", "f8"), ("stage", "i1"), ("train_loss", "f8"))))


def many_columns(file):
    for i in range(5000):
        file[f"steps/{i}"] = np.ones(4)


def short_columns(file):
    """A million rows that are there, and columns of one row, each of which stands for a million."""
    rows = 1_000_000
    for name, kind in (("step", "i8"), ("epoch", "f8"), ("stage", "i1")):
        bomb(f"steps/{name}", (rows,), kind, (rows // 10,))(file)
    for i in range(500):
        file[f"steps/{i}"] = np.ones(1)


def many_splits(file):
    for i in range(300):
        split = file.create_group(f"splits/{i}")
        split.attrs["role"] = "ood"
        split["labels"] = np.arange(N) % C


def many_classes(file):
    file.attrs.create("class_names", np.full(300_000, b"a"), dtype="S1")


def many_kernels(file):
    for i in range(100):
        file.create_group(f"ntk/{i}")


def many_snapshots(file):
    rows = 30_000
    for name, kind, shape in (("weight", "f4", (C, H)), ("bias", "f4", (C,)), ("epoch", "f8", ()), ("stage", "i1", ())):
        del file[f"classifier/{name}"]
        value = np.arange(rows, dtype="f8") if name == "epoch" else np.zeros((rows, *shape), kind)
        file.create_dataset(f"classifier/{name}", data=value, compression="gzip")


def rows_in_one_chunk(file):
    """Each of the rows costs the inflation of all of them."""
    rows = 10_000
    for name, kind in (("epoch", "f8"), ("stage", "i1")):
        del file[f"splits/test/{name}"]
        file[f"splits/test/{name}"] = np.arange(rows, dtype="f8") if name == "epoch" else np.ones(rows, kind)
    bomb("splits/test/logits", (rows, N, C), "f4", (rows, N, C))(file)


def many_evaluations(file):
    rows = 30_000
    for name, value in (("epoch", np.arange(rows, dtype="f8")), ("stage", np.ones(rows, "i1"))):
        del file[f"epochs/{name}"]
        file[f"epochs/{name}"] = value


def many_bombs(file):
    """Splits that are allowed one by one and are too much together."""
    for i in range(20):
        split = file.create_group(f"splits/{i}")
        split.attrs["role"] = "ood"
        split["labels"] = np.zeros(N, "i8")
        bomb(f"splits/{i}/features", (N, 2 * MEBIBYTE), "f4", (N, MEBIBYTE // 8))(file)


def large_kernel(file):
    n = 4000
    state = file.create_group("ntk/after_lp")
    state.attrs["C"] = 1
    state["train_index"] = np.arange(n)
    state["train_labels"] = np.zeros(n, "i8")
    state["train_residuals"] = np.zeros((n, 1))
    for name in ("P_train", "F_train"):
        bomb(f"ntk/after_lp/{name}", (n, n), "f8", (n // 10, n))(file)


HOSTILE = {
    # A run file is one file.
    "soft_link": linked("steps/train_loss", h5py.SoftLink("/epochs/epoch")),
    "soft_link_loop": linked("splits/test/labels", h5py.SoftLink("/splits/test/labels")),
    "soft_link_group": linked("classifier", h5py.SoftLink("/steps")),
    "external_series": outside("steps/mine"),
    "external_labels": outside("splits/test/labels"),
    "external_split": outside("splits/more"),
    "external_progress": outside("progress"),
    "external_kernel": outside("ntk/pretrained/P_train"),
    "external_lora": outside("lora/0"),
    "external_itself": linked("splits/test/logits", h5py.ExternalLink("external_itself.h5", "/splits/test/logits")),
    "external_storage": external("splits/test/labels"),
    "external_storage_series": external("steps/mine"),
    "virtual": virtual("splits/test/labels", "good.h5", "/splits/test/labels"),
    "virtual_itself": virtual("splits/test/labels", ".", "/splits/test/labels"),
    "virtual_pair": all_of(virtual("splits/test/labels", ".", "/other"), virtual("other", ".", "/splits/test/labels")),
    "virtual_pipe": virtual("splits/test/labels", str(FOLDER / "pipe"), "/splits/test/labels"),
    "named_type": lambda file: (file.pop("splits/test/labels"), file.__setitem__("splits/test/labels", np.dtype("i8"))),
    "filter_lzf": remade("splits/test/labels", (N,), "i8", chunks=(N,), compression="lzf"),
    "filter_scale": remade("splits/test/labels", (N,), "i8", chunks=(N,), scaleoffset=4),
    "filter_twice": twice_deflated,
    # What is claimed is compared with what is there.
    "steps_of_nothing": steps(300_000_000, chunks=(256,)),
    "steps_never_written": steps(5_000_000, chunks=(256,)),
    "steps_in_one_piece": steps(300_000_000),
    "steps_in_chunks": steps(2_000_000, chunks=(1,)),
    "steps_too_many": steps(2**60, chunks=(1 << 20,)),
    "steps_deflated": all_of(*(bomb(f"steps/{name}", (100_000_000,), kind, (1_000_000,))
                               for name, kind in (("step", "i8"), ("epoch", "f8"), ("stage", "i1")))),
    "epochs_of_nothing": all_of(remade("epochs/epoch", (300_000_000,), "f8"), remade("epochs/stage", (300_000_000,), "i1")),
    "short_columns": short_columns,
    "many_columns": many_columns,
    "many_splits": many_splits,
    "many_classes": many_classes,
    "many_kernels": many_kernels,
    "many_snapshots": many_snapshots,
    "many_evaluations": many_evaluations,
    "rows_in_one_chunk": rows_in_one_chunk,
    "many_bombs": many_bombs,
    "logits_of_nothing": all_of(remade("splits/test/labels", (400_000_000,), "i8"),
                                remade("splits/test/logits", (2, 400_000_000, C), "f4", chunks=(1, 1000, C))),
    "labels_deflated": all_of(bomb("splits/test/labels", (200_000_000,), "i1", (1_000_000,)),
                              lambda file: file.pop("splits/test/logits"), lambda file: file.pop("splits/test/features")),
    "features_deflated": bomb("splits/test/features", (N, 100 * MEBIBYTE), "f4", (1, MEBIBYTE)),
    "large_chunk": remade("splits/test/labels", (N,), "i8", maxshape=(None,), chunks=(1 << 28,), fillvalue=1),
    "large_text": remade("progress/message", (1,), f"S{1 << 30}", chunks=(1,)),
    "many_texts": remade("progress/message", (100_000_000,), "S8", chunks=(1000,)),
    "large_kernel": large_kernel,
    "longer_than_it_says": inflated_chunk("splits/test/labels", 1536 * MEBIBYTE),
    "one_of_many_is_longer": inflated_chunk_of_many("splits/test/features", 3072 * MEBIBYTE),
}

if __name__ == "__main__":
    os.mkfifo(FOLDER / "pipe")
    for name, change in {"good": lambda file: None, **HOSTILE}.items():
        path = FOLDER / f"{name}.h5"
        # Attributes of more than 64 KiB need the newer format.
        with h5py.File(path, "w", libver="latest" if name == "many_classes" else None) as file:
            good(file)
            change(file)
        assert path.stat().st_size < 10 * MEBIBYTE, (name, path.stat().st_size)
