"""Runs clang-tidy over the sources of app, core and widgets, with the checks of .clang-tidy.

usage: tidy.py [FILE...]      all of them unless files are named

The libraries' headers cost clang-tidy nearly all of its time. So sources that are compiled alike are read together, as
one batch that includes them. Sources that declare the same name in an unnamed namespace go into different batches; where
a batch still does not compile, its halves are read alone. A planted fault must be found first.

Ends with 1 if anything is found. Needs build/tidy configured (cmake --preset tidy), and nothing built: the tests stay
out because they include what moc makes.
"""
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "tidy"
BATCHES = BUILD / "batches"
FOLDERS = ("app", "core", "widgets")
LARGEST = 24
# Of the headers of LibTorch this check alone takes four fifths of the time: it looks for the body of every template.
TOO_LONG_FOR_TORCH = "performance-unnecessary-value-param"
FINDING = re.compile(r"^(?=/.*: error: )", re.M)
OWN_NAMES = (r"(?:struct|class|enum class|enum) (\w+)", r"using (?:\w+::)*(\w+)", r"^[^(]*?(\w+)(?:\[.*\])?(?: =|\{|;)", r"(\w+)\(")


def own_names(source):
    """What a source declares for itself, and whose it is: the source's own, but for aliases, which may be declared twice
    alike. clang-format puts all of it at the beginning of a line."""
    names, inside = {}, False
    for line in re.sub(r"^\[\[\w+\]\] ", "", source.read_text(), flags=re.M).splitlines():
        if line == "namespace {":
            inside = True
        elif line == "} // namespace":
            inside = False
        elif line[:1].isalpha() and (inside or line.startswith("using ")):
            found = next(filter(None, (re.search(pattern, line) for pattern in OWN_NAMES)), None)
            several = re.findall(r"(\w+) = ", line) if line.startswith("const") else []
            declared = several or ([found[1]] if found else [])
            names.update((name, line if line.startswith("using ") else str(source)) for name in declared)
    return names


@functools.cache
def needs_torch(file):
    """Whether a file includes LibTorch, directly or through headers of ours."""
    text = file.read_text()
    if re.search("^#include <(?:ATen|torch)/", text, re.M):
        return True
    headers = (ROOT / name for name in re.findall('^#include "(.+)"', text, re.M))
    return any(header.exists() and needs_torch(header) for header in headers)


def flags(entry, source):
    """The compiler's arguments without its name, the source and the object."""
    words = shlex.split(entry["command"])
    words = [word for word in words[1 : words.index("-o")] if not word.endswith("_autogen/include")]
    before = ["-include", str(HERE / "before_torch.h")] if needs_torch(source) else []
    return (*words, *before, "-w")


def checks(arguments):
    """The option that leaves out what takes too long, where it does."""
    return [f"--checks=-{TOO_LONG_FOR_TORCH}"] if str(HERE / "before_torch.h") in arguments else []


def sources():
    """Each source of ours with its flags."""
    found = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if any(source.is_relative_to(ROOT / folder) for folder in FOLDERS):
            found[source] = flags(entry, source)
    return found


def fits(batch, source_flags, names):
    return (batch["flags"] == source_flags and len(batch["sources"]) < LARGEST
            and all(batch["names"].get(name, owner) == owner for name, owner in names.items()))


def batches_of(files):
    """Lists of sources with the same flags that declare nothing of their own twice."""
    batches = []
    for source in sorted(files):
        names = own_names(source)
        batch = next((batch for batch in batches if fits(batch, files[source], names)), None)
        if batch is None:
            batch = {"flags": files[source], "sources": [], "names": {}}
            batches.append(batch)
        batch["sources"].append(source)
        batch["names"].update(names)
    return batches


def tidy(arguments, sources_read, name):
    """What clang-tidy finds in a file that includes the sources."""
    batch = BATCHES / f"{name}.cpp"
    batch.write_text("".join(f'#include "{source}"\n' for source in sources_read))
    done = subprocess.run(["clang-tidy-19", "--quiet", *checks(arguments), str(batch), "--", *arguments],
                          cwd=BUILD, capture_output=True, text=True)
    if done.returncode and not FINDING.search(done.stdout):
        raise RuntimeError(f"clang-tidy ended with {done.returncode} on {batch}: {done.stdout}{done.stderr}")
    return done.stdout if done.returncode else ""


def tidy_apart(arguments, sources_read, name):
    """The same; where the sources do not compile together, each half of them is read alone."""
    said = tidy(arguments, sources_read, name)
    if "[clang-diagnostic-error" not in said or len(sources_read) == 1:
        return said
    print("tidy: read apart, for together they do not compile:",
          *(source.relative_to(ROOT) for source in sources_read), flush=True)
    half = len(sources_read) // 2
    return (tidy_apart(arguments, sources_read[:half], f"{name}a")
            + tidy_apart(arguments, sources_read[half:], f"{name}b"))


def main():
    BATCHES.mkdir(parents=True, exist_ok=True)
    if "bugprone-use-after-move" not in tidy(["-std=c++20"], [HERE / "planted.cpp"], "planted"):
        sys.exit(f"tidy: the fault in {HERE / 'planted.cpp'} is not found")
    files = sources()
    named = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    unknown = [str(source) for source in named if source not in files]
    if unknown:
        sys.exit(f"tidy: no source of {', '.join(FOLDERS)}: {' '.join(unknown)}")
    chosen = {source: files[source] for source in named or files}
    batches = batches_of(chosen)
    found = set()  # a header's finding is said by every batch that includes it
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        readings = [pool.submit(tidy_apart, batch["flags"], batch["sources"], f"batch_{number}")
                    for number, batch in enumerate(batches)]
        for reading in readings:
            for finding in FINDING.split(reading.result())[1:]:
                if finding not in found:
                    print(finding, end="", flush=True)
                found.add(finding)
    print(f"tidy: {len(chosen)} sources in {len(batches)} batches, {len(found)} findings")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
