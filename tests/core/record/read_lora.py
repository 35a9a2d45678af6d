"""Prints every dataset below /lora of a run file as JSON: {PATH: {"type": dtype, "values": rows}}.

usage: read_lora.py FILE
"""

import json
import sys

import h5py

found = {}


def keep(name, item):
    if isinstance(item, h5py.Dataset):
        found["lora/" + name] = {"type": str(item.dtype), "values": item[...].tolist()}


with h5py.File(sys.argv[1], "r") as file:
    file["lora"].visititems(keep)
print(json.dumps(found))
