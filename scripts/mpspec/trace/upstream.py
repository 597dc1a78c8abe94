"""A new version of the source clause against the statements: what it leaves, changes, adds and takes away."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from mpspec.model import Model, Statement
from mpspec.trace.sheet import Impact, impact
from mpspec.trace.words import Run, word_diff


class Fate(StrEnum):
    """What the new version does to a statement."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"
    NEW = "new"


_SHORTENED = {"i.e.", "e.g.", "(i.e.", "(e.g.", "cf.", "etc.", "vs."}
"""Words with a stop that ends no sentence."""
_SIMILAR = 0.6
"""Share of equal words from which a text counts as a changed statement, not as a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One statement, or one new piece of text.

    Attributes:
        fate: What happened to it.
        id: ID of the statement; empty for new text.
        text: Word by word, from the statement to the new version.
        touches: What the change touches; None where nothing changed.
    """

    fate: Fate
    id: str
    text: tuple[Run, ...]
    touches: Impact | None


def compare(model: Model, source: str) -> list[Found]:
    """Find each statement in a new version of the text.

    A statement that stands there word for word in the old order is unchanged, elsewhere it has moved. What is
    left of the new version is paired with the statements that were not found, where enough words are equal.

    Args:
        model: The model.
        source: The new version, headings included; white space does not count.
    """
    words = source.split()
    taken = [False] * len(words)
    for page in model.pages:
        heading = [*page.number.split(), *page.title.split()]
        if page.path.startswith("reqs/tr29828/") and (at := _position(words, taken, heading, 0)) >= 0:
            taken[at : at + len(heading)] = [True] * len(heading)
    places: dict[str, int] = {}
    after = 0
    for statement in model.statements:
        wanted = statement.text.split()
        at = _position(words, taken, wanted, after)
        if at < 0:
            at = _position(words, taken, wanted, 0)
        else:
            after = at + len(wanted)
        if at >= 0:
            places[statement.id] = at
            taken[at : at + len(wanted)] = [True] * len(wanted)
    moved = _out_of_order(places)
    pieces = _pieces(words, taken)
    found = []
    for statement in model.statements:
        if statement.id in places:
            fate = Fate.MOVED if statement.id in moved else Fate.UNCHANGED
            found.append(_found(model, fate, statement, statement.text))
            continue
        nearest = max(pieces, key=lambda piece: _likeness(statement, piece), default="")
        if nearest and _likeness(statement, nearest) >= _SIMILAR:
            pieces.remove(nearest)
            found.append(_found(model, Fate.CHANGED, statement, nearest))
        else:
            found.append(_found(model, Fate.GONE, statement, ""))
    found += [Found(fate=Fate.NEW, id="", text=tuple(word_diff("", piece)), touches=None) for piece in pieces]
    return found


def _found(model: Model, fate: Fate, statement: Statement, text: str) -> Found:
    touches = impact(model, statement.id) if fate is not Fate.UNCHANGED else None
    return Found(fate=fate, id=statement.id, text=tuple(word_diff(statement.text, text)), touches=touches)


def _position(words: list[str], taken: list[bool], wanted: list[str], start: int) -> int:
    """Return where these words stand in a row, none of them taken, or -1."""
    for at in range(start, len(words) - len(wanted) + 1):
        if (
            words[at] == wanted[0]
            and words[at : at + len(wanted)] == wanted
            and not any(taken[at : at + len(wanted)])
        ):
            return at
    return -1


def _out_of_order(places: dict[str, int]) -> set[str]:
    """Return the fewest statements that must have moved for the rest to be in order."""
    order = sorted(places, key=places.__getitem__)
    matcher = SequenceMatcher(a=list(places), b=order, autojunk=False)
    kept = {
        identity
        for block in matcher.get_matching_blocks()
        for identity in order[block.b : block.b + block.size]
    }
    return set(places) - kept


def _pieces(words: list[str], taken: list[bool]) -> list[str]:
    """Return the sentences of the text that no statement claims."""
    pieces: list[str] = []
    open_piece: list[str] = []
    for word, is_taken in zip(words, taken, strict=True):
        if not is_taken:
            open_piece.append(word)
        if open_piece and (is_taken or (word.endswith((".", ":", ";")) and word not in _SHORTENED)):
            pieces.append(" ".join(open_piece))
            open_piece = []
    if open_piece:
        pieces.append(" ".join(open_piece))
    return pieces


def _likeness(statement: Statement, piece: str) -> float:
    return SequenceMatcher(a=statement.text.split(), b=piece.split(), autojunk=False).ratio()
