"""Making everything that a reader can open: evidence of a test run, the site, the documents."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mpspec.change_request import write_documents
from mpspec.evidence.store import PATH as EVIDENCE
from mpspec.evidence.store import Evidence
from mpspec.model import CannotRun, Model
from mpspec.model.files import write_beside

SITE = Path("build/site")
_DOCUMENTS = Path("build/documents")
_LOG = Path("build/evidence/pytest.txt")
_MOST = 20
"""Broken tests that are named; the log has them all."""

_DOCTREES = Path("build/doctrees")
RECORD = _DOCTREES / "pages.json"
"""Digests behind all pages and files of the site, as the builder leaves them."""

_REASON = re.compile(r"^ *sphinx\.errors\.SphinxError: (.+)$", re.MULTILINE)
"""Why a build cannot be, at the end of all that Sphinx tells of itself."""

_PERCENT = re.compile(r"\[\s*(\d{1,3})%\]")

Tell = Callable[[str], None]
"""Is told how far a step is, in a word or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a step ended.

    Attributes:
        good: Whether nothing is wrong.
        summary: What it did, in a few words.
        details: What the program said where something is wrong; else empty.
    """

    good: bool
    summary: str
    details: str = ""


def run_tests(root: Path, tell: Tell) -> Outcome:
    """Run the tests for the evidence; where no source changed since the last run, that one stands."""
    try:
        evidence = Evidence.load(root / EVIDENCE)
        if not evidence.outdated(root):
            return _tests_outcome(evidence, f"as of {evidence.finished[:10]}, nothing changed since")
    except CannotRun:
        pass  # There is none yet, or it is of another day.
    command = ["pytest", "-q", "-n", "auto", "--dist", "loadgroup", f"--evidence={EVIDENCE}", "tests"]
    command += ["--ignore=tests/site", "--ignore=tests/benchmarks"]
    before = _changed(root / EVIDENCE)
    code, said = _run(root, command, tell)
    if _changed(root / EVIDENCE) == before:
        return Outcome(good=False, summary=f"pytest could not run (exit code {code})", details=said)
    outcome = _tests_outcome(Evidence.load(root / EVIDENCE), "")
    write_beside(root / _LOG, said.encode())
    if outcome.good:
        return outcome
    broken = [line for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    details = "\n".join([*broken[:_MOST], f"What pytest said is in {_LOG}."])
    return Outcome(good=False, summary=outcome.summary, details=details)


def site(root: Path, tell: Tell) -> Outcome:
    """Build the site; only what changed is read and written again."""
    command = ["sphinx", "-n", "-W", "--keep-going", "-c", "docs", "-d", str(_DOCTREES), ".", str(SITE)]
    code, said = _run(root, command, tell)
    pages = sum(1 for _ in (root / SITE).rglob("*.html"))
    reason = _REASON.search(said)
    details = reason[1] if reason else said
    return Outcome(good=code == 0, summary=f"{pages:,} pages", details=details if code else "")


def documents(root: Path) -> list[Path]:
    """Write every change request, and return the files, relative to the root.

    Raises:
        CannotRun: A definition or what it names cannot be read, or a file cannot be written.
    """
    return [path.relative_to(root) for path in write_documents(Model.load(root), root / _DOCUMENTS)]


def _tests_outcome(evidence: Evidence, when: str) -> Outcome:
    outcomes = [str(result.outcome) for result in evidence.results]
    counts = [f"{outcomes.count(each)} {each}" for each in sorted(set(outcomes))]
    good = not set(outcomes) - {"passed", "skipped"}
    return Outcome(good=good, summary=", ".join(counts) + (f"; {when}" if when else ""))


def _run(root: Path, module: list[str], tell: Tell) -> tuple[int, str]:
    """Run a module of this environment, tell its percentages, and return its exit code and what it said."""
    path = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    places = [str(root / "impl"), str(root / "scripts"), os.environ.get("PYTHONPATH", "")]
    own = {
        "PATH": os.pathsep.join(path),
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",  # Without it a pipe hides how far the work is.
    }
    said = []
    with subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | own,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            match = _PERCENT.search(line)
            if match:
                tell(f"{match[1]} %")
            else:
                said.append(line)
    return process.returncode, "".join(said)


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
