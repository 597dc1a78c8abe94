"""What a requirement of each strength needs to be verified: the table in `reqs/strengths.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mpspec.model import UnreadableSource
from mpspec.model.vocabulary import Strength

PATH = Path("reqs/strengths.toml")
"""Where the table lies, relative to the root of the project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What one strength needs.

    Attributes:
        inspection: Whether a person's review may stand for a test.
        executed: Whether its tests have to execute code that claims it.
        mutants: How many mutants of that code its tests notice at least, as far as they were tried.
    """

    inspection: bool
    executed: bool
    mutants: int


def read_strengths(root: Path) -> Mapping[Strength, Needs]:
    """Read the table.

    Raises:
        UnreadableSource: It is missing, is not TOML, or lacks a strength or one of its needs.
    """
    try:
        data = tomllib.loads((root / PATH).read_text(encoding="utf-8"))
        found = {Strength(name): Needs(**needs) for name, needs in data.items()}
    except (OSError, ValueError, TypeError) as error:
        raise UnreadableSource(f"{PATH.as_posix()} cannot be read: {error}.") from error
    for strength in Strength:
        needs = found.get(strength)
        if needs is None:
            raise UnreadableSource(f"{PATH.as_posix()} does not say what '{strength}' needs.")
        if not all(
            type(value) is kind
            for value, kind in ((needs.inspection, bool), (needs.executed, bool), (needs.mutants, int))
        ):
            raise UnreadableSource(
                f"{PATH.as_posix()}: '{strength}' has true or false for inspection and executed, "
                "and a number for mutants."
            )
    return found
