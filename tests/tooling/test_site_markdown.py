"""Markdown as the site shows it: a text that needs no parser is shown as the parser would show it."""

from pathlib import Path

import pytest

from mpspec.site.glossary import Glossary
from mpspec.site.markdown import Markdown

_ROOT = Path(__file__).parents[2]
_PAGE = "req/MP_BFCP_003.html"


@pytest.fixture(scope="module")
def markdown() -> Markdown:
    identities = frozenset({"MP_BFCP_003"})
    return Markdown(Glossary.load(_ROOT / "docs/abbreviations.toml", {"2": "TS 23.333"}, identities))


@pytest.mark.parametrize(
    "text",
    [
        "The MRFC shall use TLS, as MP_BFCP_003 says.",
        "a_b, _c_ and __d__, e__f, _g h_",
        "It's 'so' or \"so\": 1.5/2; (a-b) = c?",
        "a  b",
        "*a* and `b` <b>c</b> &amp; \\* [2] ![d](e) f~g",
    ],
)
def test_a_line_reads_the_same_alone_and_in_a_text(markdown: Markdown, text: str) -> None:
    assert markdown.blocks(text, _PAGE) == f"<p>{markdown.inline(text, _PAGE)}</p>\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("test_rule__holds of a < b & 'c'", "test_rule__holds of a &lt; b &amp; &#39;c&#39;"),
        ("a_b: 'c'", "a_b: &#39;c&#39;"),
        ("MP_BFCP_003 and _this_", "MP_BFCP_003 and <em>this</em>"),
    ],
)
def test_a_title_has_no_links(markdown: Markdown, text: str, shown: str) -> None:
    assert markdown.plain(text) == shown
