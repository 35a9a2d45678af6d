"""Compares two run files dataset by dataset, bit by bit; the heartbeat is a time. Prints a JSON array of what differs.

usage: same_runs.py A.h5 B.h5
"""
import json
import sys

import h5py

differs = []
with h5py.File(sys.argv[1], "r") as a, h5py.File(sys.argv[2], "r") as b:
    names = {}
    for which, file in (("a", a), ("b", b)):
        file.visititems(lambda name, item: names.setdefault(name, set()).add(which)
                        if isinstance(item, h5py.Dataset) else None)
    for name, where in sorted(names.items()):
        if name == "progress/heartbeat":
            continue
        if where != {"a", "b"} or a[name].shape != b[name].shape or a[name][()].tobytes() != b[name][()].tobytes():
            differs.append(name)
    for name in sorted(set(a.attrs) | set(b.attrs)):
        if name not in ("run_id", "created", "host", "pid") and str(a.attrs.get(name)) != str(b.attrs.get(name)):
            differs.append("@" + name)
    if len(names) < 20:
        differs.append(f"only {len(names)} datasets")
print(json.dumps(differs))
