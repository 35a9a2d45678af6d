"""Prints every dataset and attribute below a group of a run file as JSON: {PATH: {"type": dtype, "values": rows}},
and {PATH@NAME: value} for attributes.

usage: read_group.py FILE GROUP
"""

import json
import sys

import h5py

found = {}


def keep(name, item):
    path = f"{sys.argv[2]}/{name}"
    if isinstance(item, h5py.Dataset):
        found[path] = {"type": str(item.dtype), "values": item[...].tolist()}
    for key, value in item.attrs.items():
        found[f"{path}@{key}"] = value.item() if hasattr(value, "item") else value


with h5py.File(sys.argv[1], "r") as file:
    file[sys.argv[2]].visititems(keep)
print(json.dumps(found))
