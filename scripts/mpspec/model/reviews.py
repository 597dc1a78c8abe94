"""Reviews: who read which text when, in `reqs/reviews.toml`."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from mpspec.model.files import write_beside
from mpspec.model.problem import UnreadableSource
from mpspec.model.requirements import Requirement

PATH = Path("reqs/reviews.toml")
"""Where the reviews lie, relative to the root of the project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's reading of one text.

    Attributes:
        requirement: ID of the statement or rule.
        by: Name of the person.
        date: Day of the review, as `2026-11-23`.
        fingerprint: Fingerprint of the normative fields that were read.
        text: The text that was read, so that a later one can be shown against it.
        note: What the person had to say; may be empty.
    """

    requirement: str
    by: str
    date: str
    fingerprint: str
    text: str
    note: str = ""


def read_reviews(root: Path) -> tuple[Review, ...]:
    """Read every review, the oldest first; without the file there is none.

    Raises:
        UnreadableSource: The file is not TOML, or a review lacks a field.
    """
    try:
        data = tomllib.loads((root / PATH).read_text(encoding="utf-8"))
        if set(data) - {"review"}:
            raise UnreadableSource(
                f"{PATH.as_posix()} holds '{min(set(data) - {'review'})}', which is no review."
            )
        return tuple(map(_review, data.get("review", [])))
    except FileNotFoundError:
        return ()
    except KeyError as error:
        raise UnreadableSource(f"A review in {PATH.as_posix()} has no field {error}.") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableSource(f"{PATH.as_posix()} cannot be read: {error}") from error


def _review(entry: dict[str, Any]) -> Review:
    fields = {name: str(entry[name]) for name in Review.__slots__ if name != "note" or name in entry}
    review = Review(**fields)
    if not review.by.strip():
        raise UnreadableSource(f"A review of {review.requirement} in {PATH.as_posix()} names nobody.")
    if date.fromisoformat(review.date).isoformat() != review.date:
        raise UnreadableSource(f"'{review.date}' in {PATH.as_posix()} is not a day such as 2026-11-23.")
    return review


def record(root: Path, requirements: Iterable[Requirement], *, by: str, date: str, note: str) -> None:
    """Add a review of each requirement to the file; comments and earlier reviews stay as they are.

    Args:
        root: Root of the project.
        requirements: What was read.
        by: Name of the person.
        date: Day of the review, as `2026-11-23`.
        note: What the person had to say; may be empty.

    Raises:
        CannotRun: The file cannot be read or written.
    """
    read_reviews(root)
    path = root / PATH
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    entries = document.setdefault("review", tomlkit.aot())
    for requirement in requirements:
        entry = tomlkit.table()
        entry["requirement"] = requirement.id
        entry["by"] = by
        entry["date"] = date
        entry["fingerprint"] = requirement.fingerprint
        entry["text"] = requirement.text
        if note:
            entry["note"] = note
        entries.append(entry)
    write_beside(path, tomlkit.dumps(document).encode())
