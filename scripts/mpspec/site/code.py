"""Code as it is shown: definitions with their lines, highlighted by classes alone."""

from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from mpspec.model import Location


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
    lexer = get_lexer_by_name(language, stripnl=False)
    drawn: str = highlight(text.rstrip("\n") + "\n", lexer, _FORMATTER)
    lines = drawn.rstrip("\n").split("\n")
    if not first:
        return Markup("\n".join(lines))  # noqa: S704 - Pygments escapes what it is given
    numbered = (
        f'<span class="line"{f" id=L{number}" if anchors else ""} data-line="{number}">{line}</span>'
        for number, line in enumerate(lines, first)
    )
    return Markup("\n".join(numbered))  # noqa: S704 - Pygments escapes what it is given


_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
