"""The kept results of mutants, and the list of those that no test can notice.

The results lie in `tests/mutation/results.json`, those of each definition under a seal, so that an edit by
hand shows. A mutant that no test can tell from the original is named in `tests/mutation/equivalent.toml` with
the reason and the name of the person who gives it.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from mpspec.model import UnreadableSource
from mpspec.model.files import write_beside

RESULTS = Path("tests/mutation/results.json")
EQUIVALENT = Path("tests/mutation/equivalent.toml")
_SCHEMA = 2


class Verdict(StrEnum):
    """What the tests made of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"
    EQUIVALENT = "equivalent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many mutants the tests noticed, of those that can be told from the original.

    Attributes:
        noticed: Killed, or ended by their time limit.
        total: All but the equivalent ones.
    """

    noticed: int
    total: int

    def __str__(self) -> str:
        return f"{self.noticed} of {self.total} mutants caught"

    @property
    def percent(self) -> float:
        """Share of the noticed, in percent; 100 where there is none to notice."""
        return 100.0 * self.noticed / self.total if self.total else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """What became of one mutant.

    Attributes:
        id: ID of the mutant.
        line: Its line.
        verdict: What the tests made of it.
        killer: The test that noticed it first; empty where none did.
        diff: The change, for a person.
        reason: Why it is equivalent, and who says so; else empty.
    """

    id: str
    line: int
    verdict: Verdict
    killer: str
    diff: str
    reason: str = ""

    @property
    def noticed(self) -> bool:
        """Whether it counts for the tests: killed, or ended by its time limit."""
        return self.verdict in {Verdict.KILLED, Verdict.TIMED_OUT}


def score(results: Iterable[MutantResult]) -> Score:
    """Count results."""
    counted = [result for result in results if result.verdict is not Verdict.EQUIVALENT]
    return Score(noticed=sum(result.noticed for result in counted), total=len(counted))


Kept = Mapping[str, tuple[str, tuple[MutantResult, ...]]]
"""Fingerprint and results of each definition, by its name."""


def read_results(root: Path) -> Kept:
    """Read the kept results; without the file there are none.

    Raises:
        UnreadableSource: The file is no such file, or somebody edited it.
    """
    try:
        data = json.loads((root / RESULTS).read_text(encoding="utf-8"))
        if data["schema"] != _SCHEMA:
            raise UnreadableSource(
                f"{RESULTS.as_posix()} is of schema {data['schema']}, and {_SCHEMA} is wanted: remove it and "
                "run mpspec evidence mutants."
            )
        for name, entry in data["definitions"].items():
            if entry.pop("seal") != _seal(name, entry):
                raise UnreadableSource(
                    f"{RESULTS.as_posix()}: the results of {name} were edited after their run; remove them, "
                    "and mpspec evidence mutants runs it again."
                )
        return {
            name: (str(entry["fingerprint"]), tuple(map(_result, entry["mutants"])))
            for name, entry in data["definitions"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSource(f"{RESULTS.as_posix()} cannot be read: {error!r}.") from error


def write_results(root: Path, kept: Kept) -> None:
    """Write the results of all definitions.

    Raises:
        CannotRun: The file cannot be written.
    """
    definitions: dict[str, Any] = {}
    for name, (fingerprint, results) in kept.items():
        entry = {"fingerprint": fingerprint, "mutants": [asdict(result) for result in results]}
        definitions[name] = {**entry, "seal": _seal(name, entry)}
    data = {"schema": _SCHEMA, "definitions": definitions}
    write_beside(root / RESULTS, (json.dumps(data, indent=0, sort_keys=True) + "\n").encode())


def _seal(name: str, entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a definition's results; it shows an edit by hand, and is no signature."""
    return hashlib.sha256(f"{name}\n{json.dumps(entry, sort_keys=True)}".encode()).hexdigest()


def _result(fields: Mapping[str, Any]) -> MutantResult:
    return MutantResult(**{**fields, "verdict": Verdict(fields["verdict"])})


def read_equivalent(root: Path) -> dict[str, str]:
    """Return why each mutant of the list cannot be noticed, and who says so, by its ID.

    Raises:
        UnreadableSource: The file is not TOML, or an entry lacks the mutant, the reason or the name.
    """
    try:
        data = tomllib.loads((root / EQUIVALENT).read_text(encoding="utf-8"))
        found = {}
        for entry in data.get("equivalent", []):
            mutant, reason, by = (str(entry[name]).strip() for name in ("mutant", "reason", "by"))
            if not (mutant and reason and by):
                raise UnreadableSource(
                    f"{EQUIVALENT.as_posix()}: each entry has the mutant, a reason, and who gives it."
                )
            found[mutant] = f"{reason.rstrip('.')}. ({by})"
        return found
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSource(f"{EQUIVALENT.as_posix()} cannot be read: {error!r}.") from error
