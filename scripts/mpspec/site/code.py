"""Code as it is shown: definitions with their lines, highlighted by classes alone."""

from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

from mpspec.model import Location

_HEAVIEST = 105_000
"""Characters of highlighted code that a page holds; what takes more is shown without colours."""


def lines_of(root: Path, place: Location) -> str:
    """Return the lines of a definition as they stand in its file, with its indentation taken off."""
    lines = _file(root / place.path, (root / place.path).stat().st_mtime_ns)[place.line - 1 : place.end_line]
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    return "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines)


@lru_cache(maxsize=1024)
def _file(path: Path, _: int) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def highlighted(text: str, language: str = "python", first: int = 0, *, anchors: bool = False) -> Markup:
    """Return code as HTML, one element for each line.

    Args:
        text: The code.
        language: Its name, as Pygments knows it.
        first: Number of its first line; 0 shows none.
        anchors: Whether each line can be linked to, as `#L12`.
    """
    text = text.rstrip("\n") + "\n"
    drawn = _numbered(_coloured(text, language), first, anchors=anchors)
    if len(drawn) > _HEAVIEST:
        drawn = _numbered(escape(text), first, anchors=anchors)
    return Markup(drawn)  # noqa: S704 - Pygments and `escape` escape what they are given


@lru_cache(maxsize=1024)
def _coloured(text: str, language: str) -> str:
    """Return code with its colours; a definition stands on the page of each rule that it implements."""
    coloured: str = highlight(text, _lexer(language), _FORMATTER)
    return coloured


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False)


def _numbered(drawn: str, first: int, *, anchors: bool) -> str:
    lines = drawn.rstrip("\n").split("\n")
    if not first:
        return "\n".join(lines)
    return "\n".join(
        f'<span class="line"{f" id=L{number}" if anchors else ""} data-line="{number}">{line}</span>'
        for number, line in enumerate(lines, first)
    )


_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
