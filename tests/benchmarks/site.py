"""What the site costs: a full build, one with nothing to do, and one after a statement changed.

Usage: python tests/benchmarks/site.py [SIZE ...]

The first line is of this project as it stands, the others of the corpora of `corpus.py`, by default of 1,000
requirements. CPU seconds are those of whole processes. Nothing is asserted.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from corpus import make

_ROOT = Path(__file__).parents[2]
_SIZES = (1000,)


def build(root: Path) -> float:
    """Build the site of a project beside it, and return the CPU seconds, user and system."""
    site = root.with_name("site")
    command = ["-m", "sphinx", "-q", "-c", "docs", "-d", str(root.with_name("doctrees")), ".", str(site)]
    environment = os.environ | {"PYTHONPATH": f"{_ROOT / 'impl'}{os.pathsep}{_ROOT / 'scripts'}"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], cwd=root, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(name: str, root: Path, page: str) -> None:
    """Print the three figures of a project; the changed statement is the first of a page."""
    full, idle = build(root), build(root)
    changed = root / page
    text = changed.read_text(encoding="utf-8")
    at = text.index("\n\n", text.index(":::{")) + 2
    changed.write_text(f"{text[:at]}Changed: {text[at:]}", encoding="utf-8")
    one = build(root)
    files = [path for path in root.with_name("site").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(
        f"{name}: full {full:.1f} s, nothing changed {idle:.1f} s, one statement changed {one:.1f} s CPU; "
        f"{len(files):,} files, {size:.1f} MB",
        flush=True,
    )


def main() -> None:
    """Print a line for each project."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        for name in ("docs", "reqs", "impl", "tests", "build/evidence"):
            if (_ROOT / name).exists():
                shutil.copytree(_ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        measure("this project", root, "reqs/tr29828/7_1_1_3.md")
    for size in [int(argument) for argument in sys.argv[1:]] or _SIZES:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "project"
            root.mkdir()
            make(root, size)
            shutil.copytree(_ROOT / "docs", root / "docs")
            shutil.copy(_ROOT / "reqs/references.toml", root / "reqs/references.toml")
            measure(f"{size:,} requirements", root, "reqs/tr29828/7.md")


if __name__ == "__main__":
    main()
