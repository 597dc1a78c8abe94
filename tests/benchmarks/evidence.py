"""What it costs to note which code each test executes: the same tests plain and with `--evidence`.

Usage: python tests/benchmarks/evidence.py

Both are run in turns, each in a process of its own, and the medians of their CPU seconds, user and system,
are compared; the wanted ratio is at most 1.5. Nothing is asserted.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 3
WANTED = 1.5
ROOT = Path(__file__).parents[2]
TESTS = ["tests/conformance", "tests/property", "tests/unit"]


def cpu_seconds(*options: str) -> float:
    """Return the CPU seconds of one run of the tests."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'impl'}{os.pathsep}{ROOT / 'scripts'}"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options, *TESTS],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print both medians and their ratio."""
    plain, recorded = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            plain.append(cpu_seconds())
            recorded.append(cpu_seconds(f"--evidence={Path(folder) / 'results.json'}"))
    without, with_evidence = statistics.median(plain), statistics.median(recorded)
    print(f"plain:    {without:6.1f} CPU s")
    print(f"recorded: {with_evidence:6.1f} CPU s")
    print(f"ratio:    {with_evidence / without:6.2f} (wanted: at most {WANTED})")


if __name__ == "__main__":
    main()
