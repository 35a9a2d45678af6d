"""Reads a data set as definitions.md, Data sets, says, with Python's own readers, and prints what came out.

usage: read_tasks.py TASK FOLDER

One JSON object: for each split its rows, the labels' counts, its first and its last row [first, second, label], and the SHA-256 of
all rows, each as first + 0x1F + second + 0x1F + label + 0x1E (second empty where there is none)."""

import csv
import hashlib
import json
import math
import sys
from pathlib import Path


def json_rows(path):
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line.strip()]


def tsv_rows(path, quoting):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=quoting))


def held_out(rows):
    count = math.ceil(len(rows) / 10)
    return {"train": rows[:-count], "validation": rows[-count:]}


def super_glue(folder, row):
    return {**held_out([row(r) for r in json_rows(folder / "train.jsonl")]),
            "test": [row(r) for r in json_rows(folder / "val.jsonl")]}


def truth(row):
    return 1 if row["label"] else 0


def pair_of(classes):
    return lambda r: (r["premise"], r["hypothesis"], classes.index(r["label"]))


def wsc(r):
    return r["target"]["span2_text"] + ": " + r["text"], r["target"]["span1_text"], truth(r)


def wic(r):
    return f"{r['sentence1']} {r['sentence2']} Does {r['word']} have the same meaning in both sentences?", "", truth(r)


def cola(folder):
    def rows(name):
        return [(r[3], "", int(r[1])) for r in tsv_rows(folder / name, csv.QUOTE_NONE)]
    return {**held_out(rows("train.tsv")), "test": rows("dev.tsv")}


def sst2(folder):
    def rows(name):
        return [(r[0], "", int(r[1])) for r in tsv_rows(folder / name, csv.QUOTE_NONE)[1:]]
    return {**held_out(rows("train.tsv")), "test": rows("dev.tsv")}


def mrpc(folder):
    def rows(name):
        return [(r[3], r[4], int(r[0]), (r[1], r[2])) for r in tsv_rows(folder / name, csv.QUOTE_NONE)[1:]]
    if (folder / "train.tsv").exists():
        train, test = rows("train.tsv"), rows("dev.tsv")
    else:
        listed = {tuple(r) for r in tsv_rows(folder / "dev_ids.tsv", csv.QUOTE_NONE)}
        both = rows("msr_paraphrase_train.txt")
        train, test = [r for r in both if r[3] not in listed], [r for r in both if r[3] in listed]
    return {**held_out([r[:3] for r in train]), "test": [r[:3] for r in test]}


def boss(folder):
    def rows(name):
        return [(r[0], "", int(r[1])) for r in tsv_rows(folder / name, csv.QUOTE_MINIMAL)[1:]]
    splits = held_out(rows("train.tsv")) if (folder / "train.tsv").exists() else {}
    return {**splits, "test": rows("test.tsv")}


def pubmed(folder):
    def rows(name):
        found = []
        for line in (folder / name).read_bytes().decode().split("\n"):
            if line and not line.startswith("###"):
                label, sentence = line.split("\t")
                found.append((sentence.lower(), "", LABELS.index(label)))
        return found
    return {"train": rows("train.txt"), "validation": rows("dev.txt"), "test": rows("test.txt")}


LABELS = ["BACKGROUND", "CONCLUSIONS", "METHODS", "OBJECTIVE", "RESULTS"]
READERS = {
    "boolq": lambda folder: super_glue(folder, lambda r: (r["question"], r["passage"], truth(r))),
    "cb": lambda folder: super_glue(folder, pair_of(["entailment", "contradiction", "neutral"])),
    "rte": lambda folder: super_glue(folder, pair_of(["entailment", "not_entailment"])),
    "wic": lambda folder: super_glue(folder, wic),
    "wsc": lambda folder: super_glue(folder, wsc),
    "cola": cola,
    "mrpc": mrpc,
    "sst2": sst2,
    "amazon": boss,
    "dynasent": boss,
    "semeval": boss,
    "sst5": boss,
    "pubmed": pubmed,
}


def described(rows):
    digest = hashlib.sha256()
    counts = {}
    for first, second, label in rows:
        digest.update(f"{first}\x1f{second}\x1f{label}\x1e".encode())
        counts[label] = counts.get(label, 0) + 1
    return {"rows": len(rows), "labels": [counts[label] for label in sorted(counts)], "first": rows[0],
            "last": rows[-1], "sha256": digest.hexdigest()}


splits = READERS[sys.argv[1]](Path(sys.argv[2]))
print(json.dumps({name: described(rows) for name, rows in splits.items()}))
