"""The numbers of resources/demo/README.md, from the recorded runs:

    write_numbers.py FINESCOPE DEMO [--print]

FINESCOPE is the window's program, whose `summary` computes them; DEMO is the demo's folder. What stands between the
marks in its README is written anew, or only printed. An interval is Student's, of 95 %, over the seeds.
"""

import json
import math
import statistics
import subprocess
import sys
from pathlib import Path

import h5py

METHODS = {"lp": "LP", "ft": "FT", "lp-ft": "LP-FT", "lora": "LoRA", "lp-lora": "LP-LoRA"}
BEGIN, END = "<!-- numbers -->\n", "<!-- end of numbers -->"
QUANTILE = 2.776445105  # t(0.975, 4), of five seeds


def feature_difference(run, file):
    """Of the selected model; in `summary` it needs the features themselves, which only one seed keeps."""
    return float(file["epochs/feature_difference"][file["progress/selected"][0]])


def first_loss(run, file):
    """A batch has eight rows, so that one alone says little."""
    stage, loss = file["steps/stage"][:], file["steps/train_loss"][:]
    if not (stage == 0).any() or not (stage == 1).any():
        return None
    return float(loss[stage == 1][:8].mean() / loss[stage == 0][-1])


def temperature_gain(split):
    return lambda run, file: 100 * (run["splits"][split]["ece"] - run["temperature"]["splits"][split]["ece"])


ROWS = [
    ("accuracy on the test split, %", 1, lambda run, file: 100 * run["splits"]["test"]["accuracy"]),
    ("accuracy out of distribution, %", 1, lambda run, file: 100 * run["splits"]["ood"]["accuracy"]),
    ("feature difference on the test split", 2, feature_difference),
    ("classifier weight norm, final", 2, lambda run, file: run["classifier"]["weight_norm"]["final"]),
    ("fitted temperature", 2, lambda run, file: run["temperature"]["value"]),
    ("ECE that it takes off on the test split, points", 1, temperature_gain("test")),
    ("the same out of distribution", 1, temperature_gain("ood")),
    ("mean loss of the first eight steps of fine-tuning, divided by the probe's", 2, first_loss),
]


def shown(values, digits):
    if None in values:
        return "-"
    mean, half = statistics.mean(values), QUANTILE * statistics.stdev(values) / math.sqrt(len(values))
    if half == 0:
        return f"{mean:.{digits}f}"
    return f"{mean:.{digits}f} [{mean - half:.{digits}f}, {mean + half:.{digits}f}]".replace("[-0.0,", "[0.0,")


def table(program, demo):
    files = sorted((demo / "runs").rglob("*.h5"))
    text = subprocess.run([program, "summary", "--json", *files], check=True, capture_output=True, text=True).stdout
    values = {method: [[] for _ in ROWS] for method in METHODS}
    for file, run in zip(files, json.loads(text)):
        with h5py.File(file, locking=False) as opened:
            for numbers, (_, _, number) in zip(values[run["method"]], ROWS):
                numbers.append(number(run, opened))
    assert all(len(numbers) == 5 for rows in values.values() for numbers in rows), "five seeds of each method"
    lines = ["| mean [95 % interval] of five seeds | " + " | ".join(METHODS.values()) + " |",
             "|---" * (len(METHODS) + 1) + "|"]
    for row, (name, digits, _) in enumerate(ROWS):
        cells = [shown(values[method][row], digits) for method in METHODS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for row, (name, digits, _) in enumerate(ROWS[:2]):
        differences = [a - b for a, b in zip(values["lp-ft"][row], values["ft"][row])]
        lines.append(f"\nLP-FT less FT, seed by seed, {name}: {shown(differences, digits)}.")
    return "\n".join(lines) + "\n"


def main():
    program, demo = sys.argv[1], Path(sys.argv[2])
    numbers = table(program, demo)
    if "--print" in sys.argv[3:]:
        print(numbers, end="")
        return
    readme = demo / "README.md"
    before, rest = readme.read_text().split(BEGIN)
    readme.write_text(before + BEGIN + numbers + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
