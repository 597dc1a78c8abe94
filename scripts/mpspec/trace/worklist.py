"""What is to be reviewed: suspects first, then what nobody has reviewed yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from mpspec.trace import Trace
from mpspec.trace.words import as_text, word_diff


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One requirement that waits for a review.

    Attributes:
        id: Its ID.
        title: Its title.
        suspect: Whether a text changed since it was reviewed; else it was never reviewed.
        reason: Why it waits, in one plain sentence.
        diff: Its text against the reviewed one, with `[-deleted-]` and `{+inserted+}` words; empty if equal.
    """

    id: str
    title: str
    suspect: bool
    reason: str
    diff: str


def entries(trace: Trace) -> list[Entry]:
    """Return every requirement that waits for a review, suspects first, each part in reading order."""
    model = trace.model
    found = []
    for identity, requirement in model.requirements.items():
        review = model.last_review.get(identity)
        why = model.suspects.get(identity)
        if review is not None and why is None:
            continue
        changed = review is not None and review.text != requirement.text
        found.append(
            Entry(
                id=identity,
                title=requirement.title,
                suspect=why is not None,
                reason=why or "Nobody has reviewed it yet.",
                diff=as_text(word_diff(review.text, requirement.text)) if review and changed else "",
            )
        )
    return sorted(found, key=lambda entry: not entry.suspect)


def lines(waiting: list[Entry]) -> Iterator[str]:
    """Yield the list for a terminal."""
    for entry in waiting:
        yield f"{entry.id}  {entry.reason}"
        if entry.diff:
            yield f"    {entry.diff}"
    suspect = sum(entry.suspect for entry in waiting)
    yield f"{suspect} suspect, {len(waiting) - suspect} not yet reviewed."
