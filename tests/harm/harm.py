"""Kills finescope-engine at random moments and looks at what is left.

usage: harm.py [KILLS] [--engine FILE] [--window FILE] [--seed N] [--only KIND]

Each kind of work (train, ntk, import, study) is first done once, undisturbed: that is the reference, and its duration. Then
it is begun again and again in one folder, each time killed by SIGKILL at a moment drawn over that duration, or just after a
file has appeared; of a study sometimes its processes are killed too, or only one of them. After each kill:
  - whatever a reader saw in the file just before is there, and so is every row that was there before the work was begun;
  - every row there is bit for bit that of the reference;
  - finescope reads the file;
  - there is nothing beside it that does not belong there but what the killed process itself left.
After every few kills, and where it was quicker than its kill, the work may end: then the folder holds what the reference
holds, and nothing else.

Ends with 1 and the seed at the first thing that is not so. Needs Python's h5py and numpy.
"""
import argparse
import contextlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"  # what a killed process had locked is to be read
import h5py  # noqa: E402
import numpy as np  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "resources" / "demo"
KILLS_UNTIL_AN_END = 8
MARKERS = {"steps": "step", "epochs": "epoch", "classifier": "epoch"}


class Harm(Exception):
    """Something was lost, or left."""


def require(condition, text):
    if not condition:
        raise Harm(text)


def marker_of(group):
    """The dataset of a table that says which rows are complete, or None if the group is no such table."""
    name = "epoch" if group.startswith("splits/") else MARKERS.get(group)
    return name and f"{group}/{name}"


def tables_of(file):
    names = [*MARKERS, *(f"splits/{split}" for split in file["splits"])]
    return [name for name in names if marker_of(name) in file]


def committed_rows(path):
    """How many rows each table of a run file has; nothing if it is not there."""
    try:
        with h5py.File(path, "r", swmr=True) as file:
            return {table: len(file[marker_of(table)]) for table in tables_of(file)}
    except FileNotFoundError:
        return {}


def kernels_of(path):
    with h5py.File(path, "r") as file:
        return sorted(file["ntk"]) if "ntk" in file else []


def compare_rows(path, reference):
    """Every row of every table is the reference's; every kernel that is there is whole."""
    with h5py.File(path, "r", swmr=True) as file, h5py.File(reference, "r") as expected:
        for table in tables_of(file):
            rows = len(file[marker_of(table)])
            for name, data in file[table].items():
                place = f"{path}: {table}/{name}"
                if not isinstance(data, h5py.Dataset):
                    continue
                if name == "labels":
                    require(np.array_equal(data[()], expected[table][name][()]), f"{place}: other labels")
                    continue
                if name.startswith("features"):  # of the whole split, written once
                    require(len(data) in (0, len(expected[table][name])), f"{place}: half of its rows")
                    have, wanted = data[()], expected[table][name][: len(data)]
                else:
                    require(len(data) >= rows, f"{place}: {len(data)} rows, but {rows} are marked as complete")
                    have, wanted = data[:rows], expected[table][name][:rows]
                require(have.tobytes() == wanted.tobytes(), f"{place}: its rows are not those of the undisturbed run")
        for state in file.get("ntk", {}):
            for name, data in expected["ntk"][state].items():
                require(name in file["ntk"][state], f"{path}: ntk/{state}/{name} is missing")
                require(file["ntk"][state][name][()].tobytes() == data[()].tobytes(), f"{path}: ntk/{state}/{name} differs")


def processes_below(pid):
    """All processes that a process started, directly or not."""
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            children = pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split()
            for child in map(int, children):
                found += [child, *processes_below(child)]
    return found


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until_gone(pids):
    until = time.monotonic() + 60
    for pid in pids:
        while is_running(pid):
            require(time.monotonic() < until, f"process {pid} does not end after its parent was killed")
            time.sleep(0.01)


class Work:
    """One kind of work in a folder of its own. `begin` gives the arguments of the engine."""

    name = ""
    share = 1.05  # of the undisturbed work's duration, over which the moments are drawn
    most_left = 1  # hidden files, after one was killed

    def __init__(self, programs, folder):
        self.programs = programs
        self.folder = folder / self.name
        self.reference = folder / f"{self.name}-reference"
        self.folder.mkdir()
        self.reference.mkdir()

    def prepare(self):
        """Does the work undisturbed, once."""
        self.set_up(self.reference)
        self.run(self.arguments(self.reference))  # the first is slower: the system reads the program
        self.clear(self.reference)
        self.set_up(self.reference)
        begun = time.monotonic()
        self.run(self.arguments(self.reference))
        self.seconds = time.monotonic() - begun
        self.set_up(self.folder)

    def clear(self, folder):
        shutil.rmtree(folder)
        folder.mkdir()

    def set_up(self, folder):
        pass

    def run(self, arguments):
        done = subprocess.run([self.programs.engine, *map(str, arguments)], capture_output=True, text=True, timeout=600)
        require(done.returncode == 0, f"{self.name}: undisturbed, it ends with {done.returncode}: {done.stderr.strip()}")

    def run_files(self, folder):
        return sorted(path for path in folder.rglob("*.h5") if not path.name.startswith("."))

    def looked_at(self):
        return {path: (path.stat().st_ino, committed_rows(path)) for path in self.run_files(self.folder)}

    def wait_for_a_name(self, process):
        """Until a file appears in the folder: what follows is over in milliseconds."""
        before = set(self.folder.rglob("*"))
        while process.poll() is None and set(self.folder.rglob("*")) <= before:
            time.sleep(0.0005)

    def harm_once(self, random):
        before = self.looked_at()
        begun = time.monotonic()
        process = subprocess.Popen([self.programs.engine, *map(str, self.arguments(self.folder))],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if random.random() < 0.3:
            self.wait_for_a_name(process)
            time.sleep(random.uniform(0, 0.01))
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, begun + random.uniform(0, self.share * self.seconds) - time.monotonic()))
        seen = self.looked_at() if random.random() < 0.5 else {}  # looking takes its time
        killed = process.poll() is None
        self.kill(process, random)
        process.wait()
        now = {path: committed_rows(path) for path in self.run_files(self.folder)}
        for path, (inode, rows) in [*before.items(), *seen.items()]:
            require(path in now, f"{path} is gone")
            if path.stat().st_ino == inode:  # not replaced by a new run
                self.require_at_least(path, rows, now[path])
        for path in now:
            compare_rows(path, self.reference / path.relative_to(self.folder))
        if now:
            self.programs.require_readable(now)
        self.require_no_more_than_one_left()
        return killed

    def kill(self, process, random):
        kill(process.pid)

    @staticmethod
    def require_at_least(path, rows, now):
        for table, count in rows.items():
            require(now[table] >= count, f"{path}: {table} had {count} rows and has {now[table]}")

    def leftovers(self):
        names = {path.relative_to(self.reference) for path in self.reference.rglob("*")}
        return sorted(str(path) for path in (one.relative_to(self.folder) for one in self.folder.rglob("*")) if path not in names)

    def require_no_more_than_one_left(self):
        left = self.leftovers()
        hidden = [name for name in left if not name.endswith(".lock")]
        require(len(hidden) <= self.most_left, f"{self.name}: more is left than one killed process leaves: {left}")
        return left

    def end(self):
        """Lets the work end, and compares the folder with the reference."""
        self.run(self.arguments(self.folder))
        left = self.leftovers()
        require(not left, f"{self.name}: left behind for good: {left}")
        files = self.run_files(self.reference)
        require(len(self.run_files(self.folder)) == len(files), f"{self.name}: not every run is there at the end")
        for reference in files:
            path = self.folder / reference.relative_to(self.reference)
            compare_rows(path, reference)
            self.require_at_least(path, committed_rows(reference), committed_rows(path))
            require(kernels_of(path) == kernels_of(reference), f"{path}: a kernel is missing at the end")
        self.clear(self.folder)
        self.set_up(self.folder)


class Train(Work):
    name = "train"

    def arguments(self, folder):
        return ["train", "--model", DEMO / "model", "--task", "demo", "--data", DEMO / "data", "--method", "lp-ft", "--epochs", 4,
                "--limit-train", 60, "--limit-eval", 30, "--threads", 1, "--overwrite", "--progress", "none", "--output", folder / "run.h5"]


class Kernel(Work):
    name = "ntk"

    def set_up(self, folder):
        self.run(["train", "--model", DEMO / "model", "--task", "demo", "--data", DEMO / "data", "--method", "ft", "--epochs", 1,
                  "--limit-train", 40, "--limit-eval", 20, "--threads", 1, "--progress", "none", "--output", folder / "run.h5"])

    def arguments(self, folder):
        return ["ntk", folder / "run.h5", "--train-samples", 8, "--test-samples", 4, "--threads", 1, "--progress", "none"]


class Import(Work):
    name = "import"
    ROWS, CLASSES = 20000, 5

    def set_up(self, folder):
        draws = np.random.default_rng(1)
        np.savez(folder / "predictions.npz", logits=draws.normal(size=(self.ROWS, self.CLASSES)).astype(np.float32),
                 labels=draws.integers(0, self.CLASSES, self.ROWS))

    def arguments(self, folder):
        return ["import", folder / "predictions.npz", "--overwrite", "--progress", "none", "--output", folder / "run.h5"]


class Study(Work):
    name = "study"
    share = 0.35  # it goes on where it was killed
    most_left = 3  # a cell's, study.json's and choice.json's: each goes when its own file is written again

    def arguments(self, folder):
        return ["study", HERE / "study.json", "--resume", "--jobs", 1, "--progress", "none", "--output", folder]

    def kill(self, process, random):
        below = processes_below(process.pid)
        choice = random.random()
        if below and choice < 0.25:  # a cell alone, as the kernel does when memory is short; then the rest
            kill(random.choice(below))
            time.sleep(random.uniform(0, 0.3))
        below = sorted({*below, *processes_below(process.pid)})
        kill(process.pid)
        if choice < 0.6:
            for pid in below:
                kill(pid)
        wait_until_gone(below)


class Programs:
    def __init__(self, engine, window):
        self.engine, self.window = engine, window

    def require_readable(self, files):
        done = subprocess.run([self.window, "summary", "--json", *map(str, files)], capture_output=True, text=True, timeout=120)
        require(done.returncode == 0, f"finescope summary ends with {done.returncode}: {done.stderr.strip()}")


def harm(kills, programs, seed, kinds):
    draws = random.Random(seed)
    counts = {kind.name: [0, 0] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="finescope-harm-") as folder:
        works = [kind(programs, pathlib.Path(folder)) for kind in kinds]
        for work in works:
            work.prepare()
        said = time.monotonic()
        try:
            while sum(killed for killed, _ in counts.values()) < kills:
                work = min(works, key=lambda one: counts[one.name])
                killed = work.harm_once(draws)
                counts[work.name][0] += killed
                counts[work.name][1] += 1
                if not killed or counts[work.name][1] % KILLS_UNTIL_AN_END == 0:
                    work.end()
                if time.monotonic() - said > 30:
                    said = time.monotonic()
                    print(f"harm: {sum(killed for killed, _ in counts.values())} of {kills} kills", flush=True)
            for work in works:
                work.end()
        except (Harm, OSError) as problem:
            kept = tempfile.mkdtemp(prefix=f"finescope-harm-{work.name}-")
            shutil.copytree(work.folder, kept, dirs_exist_ok=True)
            print(f"harm: seed {seed}, {work.name}, after {counts[work.name][0]} kills: {problem}", file=sys.stderr)
            print(f"harm: the folder as it was found: {kept}", file=sys.stderr)
            return 1
    for name, (killed, begun) in counts.items():
        print(f"harm: {name}: {killed} kills; begun {begun} times")
    print(f"harm: {sum(killed for killed, _ in counts.values())} kills, no committed row lost, nothing left behind (seed {seed})")
    return 0


def main():
    build = HERE.parent.parent / "build" / "release" / "app"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", nargs="?", type=int, default=1000)
    parser.add_argument("--engine", default=build / "engine" / "finescope-engine")
    parser.add_argument("--window", default=build / "window" / "finescope")
    parser.add_argument("--seed", type=int, default=None, help="of the moments [by the clock]")
    kinds = {kind.name: kind for kind in (Train, Kernel, Import, Study)}
    parser.add_argument("--only", choices=kinds, help="one kind of work")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else time.time_ns() % 1000000
    return harm(given.kills, Programs(given.engine, given.window), seed, [kinds[given.only]] if given.only else list(kinds.values()))


if __name__ == "__main__":
    sys.exit(main())
