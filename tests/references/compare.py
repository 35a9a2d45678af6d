"""compare.py MADE COMMITTED TABLES: exits 1 and names the files that differ; numbers may differ by 1e-6."""

import json
import pathlib
import sys

TOLERANCE = 1e-6


def near(a, b):
    if isinstance(a, float) or isinstance(b, float):
        return isinstance(a, (int, float)) and isinstance(b, (int, float)) and abs(a - b) <= TOLERANCE * max(1, abs(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(near, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[key], b[key]) for key in a)
    return a == b


def same(made, committed):
    if not committed.exists():
        return False
    if made.suffix == ".json":
        return near(json.loads(made.read_text()), json.loads(committed.read_text()))
    return made.read_bytes() == committed.read_bytes()


def main(made, committed, tables):
    made, committed = pathlib.Path(made), pathlib.Path(committed)
    files = sorted(path for path in made.rglob("*") if path.is_file())
    differing = []
    for path in files:
        twin = pathlib.Path(tables) if path.name == "unicode_tables.cpp" else committed / path.relative_to(made)
        if not same(path, twin):
            differing.append(str(twin))
    if differing:
        sys.exit("references: differ from what is remade:\n  " + "\n  ".join(differing))
    print(f"references: {len(files)} files are as remade")


if __name__ == "__main__":
    main(*sys.argv[1:])
