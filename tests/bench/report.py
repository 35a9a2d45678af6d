"""What was promised, beside what `./dev bench` has just measured:

    report.py FOLDER

FOLDER holds PROGRAM.json of each Google Benchmark program (--benchmark_out), slider_against_numpy.json,
tokenizer_against_package.json where `./dev references` has made its environment, and, after `./dev bench --long`,
bench_kernel.txt. Times are by the clock; of repetitions it takes the median. The goals of the
project stand in GOALS and nowhere else.
"""

import json
import os
import re
import statistics
import sys
from pathlib import Path

MS, S = 1e-3, 1.0
WINDOW, SLIDER, FEATURES = "bench_calibration", "bench_slider", "bench_features"
NOT_HERE = "not measured"


def timed(program, name):
    """Seconds that the benchmark takes whose name is NAME, up to Google Benchmark's own additions."""
    return lambda folder: time_of(folder / f"{program}.json", name)


def numpy_ratio(rows, classes, form):
    """How many times as long NumPy takes."""
    return lambda folder: ratio_of(folder / "slider_against_numpy.json", rows, classes, form)


def package_ratio(folder):
    """How many times as long the package takes, for the kind of tokenizer where that is the least."""
    comparisons = read(folder / "tokenizer_against_package.json").get("comparisons", [])
    return min((run["ratio"] for run in comparisons), default=None)


def printed(file, pattern):
    """The number that PATTERN finds in a program's output."""
    return lambda folder: number_in(folder / file, pattern)


def numpy_goals(rows, classes, times):
    shown = f"slider, {rows:,} x {classes}, NumPy's time in ours, "
    return [(shown + text, times, "times", "least", numpy_ratio(rows, classes, form))
            for form, text in (("plain", "as usually written"), ("confidence", "confidences and bins only"),
                               ("quickest", "its quickest form"))]


# What, the goal, its unit, whether it is the most or the least there may be, and where the number comes from.
GOALS = [
    ("slider, 1,000,000 x 10: all numbers at a new T", 4 * MS, "ms", "most", timed(SLIDER, "sliderTable/1000000/10")),
    ("slider, 100,000 x 150", 4 * MS, "ms", "most", timed(SLIDER, "sliderTable/100000/150")),
    ("slider, 10,000 x 10", 0.1 * MS, "ms", "most", timed(SLIDER, "sliderTable/10000/10")),
    *numpy_goals(10_000, 10, 50),
    *numpy_goals(1_000_000, 10, 50),
    *numpy_goals(100_000, 150, 25),
    ("token ids on one thread, the slowest kind: `tokenizers`' time in ours", 1, "times", "least", package_ratio),
    ("Calibration page, 12 runs of 10,000 x 10: a frame of the drag", 16 * MS, "ms", "most",
     timed(WINDOW, "drag/runs:12")),
    ("the same: the release, with exact numbers", 16 * MS, "ms", "most", timed(WINDOW, "release/runs:12")),
    ("1,000 bootstrap replicates of 10,000 rows", 1 * S, "s", "most",
     timed("bench_calibration_measures", "bootstrapBand/10000")),
    ("table recalibration, 600 rows of 1,000 classes", 5 * S, "s", "most",
     timed("bench_calibration_measures", "recalibrateThousandClasses")),
    ("features, 40,000 x 768: cosine, difference, Fisher's ratio", 10 * S, "s", "most",
     timed(FEATURES, "features/intervals:0")),
    ("the same with intervals", 30 * S, "s", "most", timed(FEATURES, "features/intervals:1")),
    ("plot of the demo's ten ticked runs after the start", 200 * MS, "ms", "most",
     timed("bench_window", "paintedDemoPlot/runs:10")),
    ("1,000 demo runs looked at by children before they are read (four cores)", 1 * S, "s", "most",
     timed("bench_file_probe", "lookAtRuns/runs:1000")),
    ("heat map of 2,000 x 2,000: the wheel on the map", 16 * MS, "ms", "most",
     timed("bench_heat_map", "zoomMap/samples:2000")),
    ("the same: the wheel on its colours", 16 * MS, "ms", "most", timed("bench_heat_map", "zoomColours/samples:2000")),
    ("exact kernel, RoBERTa-base, n = 250, T = 128 (--long): times the least", 1.35, "times", "most",
     printed("bench_kernel.txt", r"elapsed: .* ([\d.]+) times the least")),
    ("the same: memory", 4.3, "GiB", "most", printed("bench_kernel.txt", r"peak ([\d.]+) GiB")),
]


def time_of(file, name):
    runs = [run for run in read(file).get("benchmarks", [])
            if run.get("run_type") == "iteration" and not run.get("error_occurred")
            and (run["name"] == name or run["name"].startswith(name + "/"))]
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    return statistics.median(run["real_time"] * unit[run["time_unit"]] for run in runs) if runs else None


def ratio_of(file, rows, classes, form):
    return next((run["ratio"] for run in read(file).get("comparisons", [])
                 if (run["rows"], run["classes"], run["form"]) == (rows, classes, form)), None)


def number_in(file, pattern):
    found = re.search(pattern, file.read_text()) if file.exists() else None
    return float(found[1]) if found else None


def read(file):
    text = file.read_text() if file.exists() else ""
    return json.loads(text) if text.strip() else {}


def shown(value, unit):
    return f"{value / MS if unit == 'ms' else value:.3g} {unit}"


def main():
    folder = Path(sys.argv[1])
    rows, met = [], 0
    for what, goal, unit, kind, measure in GOALS:
        value = measure(folder)
        promised = f"at {kind} {shown(goal, unit)}"
        if value is None:
            rows.append((what, promised, NOT_HERE, "", ""))
            continue
        holds = value <= goal if kind == "most" else value >= goal
        met += holds
        rows.append((what, promised, shown(value, unit), f"{value / goal:.2f}", "yes" if holds else "NO"))
    head = ("What", "promised", "measured", "measured/promised", "met")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    measured = sum(row[2] != NOT_HERE for row in rows)
    load = os.getloadavg()[2]
    print(f"{met} of {measured} goals met, {len(rows) - measured} not measured; {os.cpu_count()} cores, mean load of "
          f"the last 15 minutes {load:.1f}. Other work on the machine makes every number worse.")


if __name__ == "__main__":
    main()
