"""Differences of two texts, word by word."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Change(StrEnum):
    """What happened to a run of words."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in a row that share their fate.

    Attributes:
        change: What happened to them.
        text: The words, joined by single spaces.
    """

    change: Change
    text: str


def word_diff(old: str, new: str) -> list[Run]:
    """Return the runs that lead from one text to another; white space does not count."""
    before, after = old.split(), new.split()
    runs: list[Run] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, at, until in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run(Change.KEPT, " ".join(before[start:end])))
            continue
        if end > start:
            runs.append(Run(Change.DELETED, " ".join(before[start:end])))
        if until > at:
            runs.append(Run(Change.INSERTED, " ".join(after[at:until])))
    return runs


_MARKS = {Change.KEPT: ("", ""), Change.DELETED: ("[-", "-]"), Change.INSERTED: ("{+", "+}")}


def as_text(runs: Iterable[Run]) -> str:
    """Return runs as one line, with `[-deleted-]` and `{+inserted+}` words, as git shows a word diff."""
    return " ".join(f"{_MARKS[run.change][0]}{run.text}{_MARKS[run.change][1]}" for run in runs)
