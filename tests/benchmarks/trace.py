"""What the trace costs: the gate and the review sheet at three sizes.

Usage: python tests/benchmarks/trace.py

The corpora are those of `corpus.py`. CPU seconds are of whole processes, the median of three; the ratio shows
how the cost grows with the size. Nothing is asserted.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from corpus import make

_ROOT = Path(__file__).parents[2]
_SIZES = (1000, 5000, 10000)
_RUNS = 3


def cpu_seconds(arguments: list[str], folder: Path) -> float:
    """Return the CPU seconds, user and system, of a process and its children; the median of three runs."""
    environment = os.environ | {"PYTHONPATH": f"{_ROOT / 'impl'}{os.pathsep}{_ROOT / 'scripts'}"}
    found = []
    for _ in range(_RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(found)


def commit(folder: Path) -> None:
    """Put everything in a folder under git."""
    git = ["git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org", "-C", str(folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "corpus"], check=True)


def main() -> None:
    """Print one line for each measurement."""
    base: dict[str, float] = {}
    for size in _SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make(folder, size)
            commit(folder)
            for label, arguments in (
                ("trace check", ["-m", "mpspec", "trace", "check"]),
                ("trace diff HEAD", ["-m", "mpspec", "trace", "diff", "HEAD"]),
            ):
                seconds = cpu_seconds(arguments, folder)
                first = base.setdefault(label, seconds)
                growth = f"{seconds / first:5.2f} times {_SIZES[0]}'s, {size / _SIZES[0]:.0f} times its size"
                print(f"{label:16} {size:6} requirements  {seconds:6.2f} CPU s  {growth}")


if __name__ == "__main__":
    main()
