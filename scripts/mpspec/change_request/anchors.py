"""Names of the bookmarks around statements: by them a statement is found again after editing."""

import re

from mpspec.model.vocabulary import ID_PATTERN

ANCHOR = re.compile(rf"(?P<statement>{ID_PATTERN.pattern})(?:__[0-9]+)?(?P<copy>(?:_Copy_[0-9]+)*)")
"""Name of such a bookmark: the ID, and where a statement stands there again, `__2` and so on behind it.

LibreOffice puts `_Copy_1` behind all that when the text is copied, or is moved while changes are recorded.
"""


def anchor_name(statement: str, use: int) -> str:
    """Return the name of the bookmark around a statement that stands there for the `use`-th time."""
    return statement if use == 1 else f"{statement}__{use}"


def original_anchor(anchor: str) -> str:
    """Return the name of the bookmark that another one is a copy of; its own where it is none."""
    if "_Copy_" not in anchor:
        return anchor
    match = ANCHOR.fullmatch(anchor)
    return anchor.removesuffix(match["copy"]) if match else anchor


def anchored_statement(anchor: str) -> str:
    """Return the ID of the statement behind the name of a bookmark; empty where it is none of ours."""
    match = ANCHOR.fullmatch(anchor)
    return match["statement"] if match else ""
