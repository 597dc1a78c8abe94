"""What differs between two texts: word by word inside a paragraph, paragraph by paragraph in a clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|\s|[^\w\s]")

_MANY_WORDS = 5_000
"""Words of a paragraph from which on those that stand everywhere in it do not count, to save time."""

_MAX_PAIRS = 40_000
"""Pairs of paragraphs that are weighed against each other; a larger gap counts as wholly replaced."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from an old text to a new one; positions are characters.

    Attributes:
        start: Where the old piece begins; end: where it ends.
        text: What stands there instead; for an equal piece None.
    """

    start: int
    end: int
    text: str | None


def edits(old: str, new: str) -> list[Edit]:
    """Return the steps from one text to another, in order; they cut between words, never inside one.

    A non-breaking space counts as any other, so that old text is not marked for its spaces alone. A space
    between two changes goes with them, so that a reader sees one change.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    starts = [0]
    for token in before:
        starts.append(starts[-1] + len(token))
    matcher = SequenceMatcher(a=_spaced(before), b=_spaced(after), autojunk=False)
    steps: list[Edit] = []
    codes = matcher.get_opcodes()
    for number, (tag, i, j, at, until) in enumerate(codes):
        text = "".join(after[at:until])
        between = 0 < number < len(codes) - 1 and not text.strip()
        if tag == "equal" and not between:
            steps.append(Edit(starts[i], starts[j], None))
        elif steps and steps[-1].text is not None:
            steps[-1] = Edit(steps[-1].start, starts[j], steps[-1].text + text)
        else:
            steps.append(Edit(starts[i], starts[j], text))
    return steps


def _spaced(tokens: list[str]) -> list[str]:
    return [" " if word == "\N{NO-BREAK SPACE}" else word for word in tokens]


def resemblance(old: str, new: str, *, least: float) -> float:
    """Return how much two texts have in common, by words: 1 for equal ones, 0 for less than `least`.

    Lengths and counts of words, which are cheap, tell of most pairs that they cannot reach it.
    """
    a, b = old.split(), new.split()
    if 2 * min(len(a), len(b)) < least * (len(a) + len(b)):
        return 0.0
    matcher = SequenceMatcher(a=a, b=b, autojunk=len(b) > _MANY_WORDS)
    if matcher.quick_ratio() < least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= least else 0.0


Pair = tuple[int | None, int | None]
"""Places of an old paragraph and of the new one that it becomes; None where there is no such one."""


def align(old: Sequence[str], new: Sequence[str], *, least: float) -> list[Pair]:
    """Return which new paragraph each old one becomes, in an order that keeps both.

    Args:
        old: Texts of the old paragraphs.
        new: Texts of the new paragraphs.
        least: Resemblance from which on a paragraph counts as changed, not as replaced by another.
    """
    begin, end = _common(old, new)
    pairs: list[Pair] = [*zip(range(begin), range(begin), strict=True)]
    inner, fresh = old[begin : len(old) - end], new[begin : len(new) - end]
    for tag, i, j, at, until in SequenceMatcher(a=inner, b=fresh, autojunk=False).get_opcodes():
        olds, news = range(begin + i, begin + j), range(begin + at, begin + until)
        pairs += zip(olds, news, strict=True) if tag == "equal" else _weighed(old, olds, new, news, least)
    pairs += zip(range(len(old) - end, len(old)), range(len(new) - end, len(new)), strict=True)
    return pairs


def _common(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many texts are the same at the begin, and how many more at the end."""
    least = min(len(old), len(new))
    begin = next((at for at in range(least) if old[at] != new[at]), least)
    end = next((at for at in range(least - begin) if old[-1 - at] != new[-1 - at]), least - begin)
    return begin, end


def _weighed(old: Sequence[str], olds: range, new: Sequence[str], news: range, least: float) -> list[Pair]:
    """Align two runs of paragraphs that are nowhere equal: the pairing that resembles most."""
    if len(olds) * len(news) > _MAX_PAIRS:
        return [*((i, None) for i in olds), *((None, j) for j in news)]
    weights = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    ratios: dict[tuple[int, int], float] = {}
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            ratio = resemblance(old[olds[i]], new[news[j]], least=least)
            ratios[i, j] = ratio or -1.0
            weights[i][j] = max(weights[i + 1][j], weights[i][j + 1], weights[i + 1][j + 1] + ratios[i, j])
    pairs: list[Pair] = []
    i = j = 0
    while i < len(olds) and j < len(news):
        if ratios[i, j] > 0 and weights[i][j] == weights[i + 1][j + 1] + ratios[i, j]:
            pairs.append((olds[i], news[j]))
            i, j = i + 1, j + 1
        elif weights[i][j] == weights[i + 1][j]:
            pairs.append((olds[i], None))
            i += 1
        else:
            pairs.append((None, news[j]))
            j += 1
    pairs += [(at, None) for at in olds[i:]]
    pairs += [(None, at) for at in news[j:]]
    return pairs
