"""Completeness: the statements, in their order, are the source text, word for word, and it is as received."""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from mpspec.model.pages import Page
from mpspec.model.problem import Problem, UnreadableSource
from mpspec.model.requirements import Location

PATH = Path("reqs/tr29828/pcr.txt")
"""The source text, relative to the root of the project."""

REFERENCES = Path("reqs/references.toml")
"""Where the digest of the source text lies, beside what it is, relative to the root of the project."""

_FIRST_LINES = ("7", "MRFC/ MRFP interface (Mp)")
"""The heading that the clause begins with; what stands above it belongs to the cover of the P-CR."""

_SHOWN = 12
"""Words of a gap that a message shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """One word of the requirements, with the directive or heading that it belongs to."""

    text: str
    location: Location


def clause_text(root: Path) -> str:
    """Return the source text from the heading of clause 7 on.

    Raises:
        UnreadableSource: The file is missing, is not UTF-8, or does not hold that heading.
    """
    try:
        text = from_heading((root / PATH).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableSource(f"{PATH.as_posix()} cannot be read: {error}") from error
    if not text:
        raise UnreadableSource(f"{PATH.as_posix()} does not hold the heading '{' '.join(_FIRST_LINES)}'.")
    return text


def faults_of_digest(root: Path) -> Iterator[Problem]:
    """Yield a problem where the source text is not the one that was received, be it by white space alone.

    Raises:
        UnreadableSource: One of the files cannot be read.
    """
    try:
        wanted = tomllib.loads((root / REFERENCES).read_text(encoding="utf-8")).get("source", {})
        found = hashlib.sha256((root / PATH).read_bytes()).hexdigest()
        file, digest = (str(wanted.get(name, "")) for name in ("file", "sha256"))
    except FileNotFoundError:
        file, digest = "", ""
    except (OSError, ValueError, AttributeError) as error:
        raise UnreadableSource(f"{REFERENCES.as_posix()} cannot be read: {error}.") from error
    if file != PATH.as_posix() or not digest:
        said = f"It does not give the digest of {PATH.as_posix()}."
    elif digest != found:
        said = f"{PATH.as_posix()} is not the text that was received: its digest is {found}."
    else:
        return
    yield Problem(path=REFERENCES.as_posix(), line=0, code="other-source", message=said)


def from_heading(text: str) -> str:
    """Return a text from the heading of clause 7 on; empty where it does not hold that heading."""
    lines = text.splitlines()
    for at in range(len(lines) - 1):
        if tuple(line.strip() for line in lines[at : at + 2]) == _FIRST_LINES:
            return "\n".join(lines[at:])
    return ""


def differences(source: str, pages: Iterable[Page]) -> list[Problem]:
    """Return a problem for each run of words that was lost, added, changed or claimed twice.

    Args:
        source: The source text; white space does not count.
        pages: Pages of the clause, in reading order.
    """
    wanted = source.split()
    words = [word for page in pages for word in _words(page)]
    found = [word.text for word in words]
    if found == wanted:
        return []
    problems = []
    matcher = SequenceMatcher(a=wanted, b=found, autojunk=False)
    for tag, start, end, at, until in matcher.get_opcodes():
        if tag == "equal":
            continue
        lost, added = wanted[start:end], found[at:until]
        if lost and added:
            code, message = (
                "text-changed",
                f"The source has '{_shown(lost)}', and here stands '{_shown(added)}'.",
            )
        elif lost:
            code, message = "text-lost", f"The source has '{_shown(lost)}' here, and no statement has it."
        else:
            code, message = "text-added", f"The source does not have '{_shown(added)}' here."
        location = (
            words[min(at, len(words) - 1)].location
            if words
            else Location(path=PATH.as_posix(), line=0, end_line=0)
        )
        problems.append(Problem(path=location.path, line=location.line, code=code, message=message))
    return problems


def _words(page: Page) -> Iterator[_Word]:
    heading = Location(path=page.path, line=1, end_line=1)
    for text in [*page.number.split(), *page.title.split()]:
        yield _Word(text=text, location=heading)
    for statement in page.requirements:
        for text in statement.text.split():
            yield _Word(text=text, location=statement.location)


def _shown(words: list[str]) -> str:
    return " ".join(words if len(words) <= _SHOWN else [*words[:_SHOWN], "..."])
