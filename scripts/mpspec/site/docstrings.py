"""Docstrings in the style of Google, cut into their sections."""

import re
from dataclasses import dataclass
from textwrap import dedent

_HEAD = re.compile(r"(?P<title>Args|Attributes|Returns|Yields|Raises|Source|Example|Examples|Note):")
_NAMED = re.compile(r"(?P<name>\*{0,2}[\w.]+(?: \([^)]*\))?): (?P<text>.*)")
_LISTED = {"Args", "Attributes", "Raises"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of a docstring.

    Attributes:
        title: `Args`, `Returns`, ...; empty for the text above them.
        text: Its text as Markdown, where it is no list.
        entries: Name and text of each entry, where it is a list.
    """

    title: str
    text: str = ""
    entries: tuple[tuple[str, str], ...] = ()


def parts(docstring: str) -> list[Part]:
    """Return the sections of a docstring whose indentation is taken off already."""
    found: list[Part] = []
    title, lines = "", list[str]()
    for line in [*docstring.splitlines(), "End:"]:
        match = _HEAD.fullmatch(line)
        if match or line == "End:":
            if any(each.strip() for each in lines):
                found.append(_part(title, dedent("\n".join(lines)).strip("\n")))
            title, lines = (match["title"] if match else ""), []
        else:
            lines.append(line)
    return found


def _part(title: str, text: str) -> Part:
    if title == "Source":
        return Part(
            title=title, entries=tuple((line.strip(), "") for line in text.splitlines() if line.strip())
        )
    if title not in _LISTED:
        return Part(title=title, text=text)
    entries: list[tuple[str, str]] = []
    for line in text.splitlines():
        match = None if line.startswith(" ") else _NAMED.fullmatch(line)
        if match:
            entries.append((match["name"], match["text"]))
        elif entries:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {line.strip()}".rstrip())
        else:
            return Part(title=title, text=text)
    return Part(title=title, entries=tuple(entries))
