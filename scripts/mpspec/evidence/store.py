"""The evidence of one test run, as a file."""

import hashlib
import json
import subprocess
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from mpspec.model import UnreadableSource
from mpspec.model.cases import NO_EVIDENCE
from mpspec.model.files import write_beside

PATH = Path("build/evidence/results.json")
"""Where the evidence of a checkout lies, relative to its root."""

_SCHEMA = 3
_SOURCES = (
    "impl/**/*",
    "tests/**/*.py",
    "tests/vectors/**/*",
    "reqs/**/*.md",
    "scripts/mpspec/evidence/*.py",
    "scripts/*.py",
    "pyproject.toml",
    # None of these is there; pytest would read each of them.
    "conftest.py",
    "pytest.ini",
    ".pytest.ini",
    "pytest.toml",
    ".pytest.toml",
    "tox.ini",
    "setup.cfg",
)


class MissingEvidence(UnreadableSource):
    """There is no evidence yet."""


class EditedEvidence(UnreadableSource):
    """The evidence is not as the run left it."""


class Outcome(StrEnum):
    """How one run of a test ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"
    FLAKY = "flaky"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run of a test, with one set of parameters.

    Attributes:
        node: pytest's name of it, with its parameters.
        outcome: How it ended.
        seconds: How long set-up, call and teardown took together.
        reason: Why it was skipped or what failed, in one line; empty where it passed.
        executed: Names of the implementing definitions that it executed.
    """

    node: str
    outcome: Outcome
    seconds: float
    reason: str = ""
    executed: tuple[str, ...] = ()

    @property
    def case(self) -> str:
        """Name of the test without parameters, as the model has it."""
        return self.node.partition("[")[0]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one run of the tests showed.

    Attributes:
        commit: Commit that was checked out; empty outside of git.
        modified: Whether the work tree differed from that commit.
        finished: When the run ended, UTC, as `2026-11-23T04:40:00Z`.
        python: Version of the interpreter.
        partial: Why it shows less than all tests would, in one plain sentence; empty where it was whole.
        files: SHA-256 of each source that it speaks of, by its path.
        results: Every run of every test.
    """

    commit: str
    modified: bool
    finished: str
    python: str
    partial: str
    files: dict[str, str] = field(repr=False)
    results: tuple[Result, ...] = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read evidence from its file.

        Raises:
            MissingEvidence: There is no file.
            EditedEvidence: Its seal does not fit what it says.
            UnreadableSource: The file is not JSON, or is of another schema.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["schema"] != _SCHEMA:
                raise UnreadableSource(
                    f"{path} is of schema {data['schema']}, and {_SCHEMA} is wanted: run scripts/test again."
                )
            if data.pop("seal") != _seal(data):
                raise EditedEvidence(f"{path} was edited after its run: run scripts/test again.")
            return cls(
                commit=str(data["commit"]),
                modified=bool(data["modified"]),
                finished=str(data["finished"]),
                python=str(data["python"]),
                partial=str(data["partial"]),
                files={str(name): str(digest) for name, digest in data["files"].items()},
                results=tuple(_result(entry) for entry in data["results"]),
            )
        except FileNotFoundError as error:
            raise MissingEvidence(
                "There is no evidence of a test run yet: run scripts/test first."
            ) from error
        except OSError as error:
            raise UnreadableSource(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise UnreadableSource(f"{path} is not evidence of a test run: it is not text.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableSource(f"{path} is not evidence of a test run: {error!r}.") from error

    def save(self, path: Path) -> None:
        """Write the evidence to its file.

        Raises:
            CannotRun: The file cannot be written.
        """
        data = {"schema": _SCHEMA, **asdict(self)}
        data["seal"] = _seal(data)
        write_beside(path, (json.dumps(data, indent=1, sort_keys=True) + "\n").encode())

    @cached_property
    def by_case(self) -> dict[str, tuple[Result, ...]]:
        """Results by the name of their test without parameters."""
        found: defaultdict[str, list[Result]] = defaultdict(list)
        for result in self.results:
            found[result.case].append(result)
        return {case: tuple(results) for case, results in found.items()}

    def outdated(self, root: Path) -> list[str]:
        """Return the sources that were changed, added or removed since the run, in order."""
        now = fingerprints(root)
        return sorted(
            name for name in now.keys() | self.files.keys() if now.get(name) != self.files.get(name)
        )


def fingerprints(root: Path) -> dict[str, str]:
    """Return the SHA-256, in hexadecimal, of each source that evidence speaks of, by its path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in _SOURCES
        for path in sorted(root.glob(pattern))
        if path.is_file()
        and path.parent.name != "__pycache__"
        and not path.relative_to(root).as_posix().startswith(NO_EVIDENCE)
    }


def commit_of(root: Path) -> tuple[str, bool]:
    """Return the commit that is checked out, empty without git, and whether the work tree differs from it."""
    try:
        commit = _git(root, "rev-parse", "HEAD")
        return commit, bool(_git(root, "status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        return "", False


def _seal(data: dict[str, Any]) -> str:
    """Return the SHA-256 of evidence; it shows an edit by hand, and is no signature."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _result(entry: dict[str, Any]) -> Result:
    return Result(
        node=str(entry["node"]),
        outcome=Outcome(entry["outcome"]),
        seconds=float(entry["seconds"]),
        reason=str(entry["reason"]),
        executed=tuple(map(str, entry["executed"])),
    )
