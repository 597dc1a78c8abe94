"""Rules and docstrings as HTML: Markdown without HTML in it, with its terms explained."""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from mpspec.site import addresses
from mpspec.site.glossary import Glossary


class Markdown:
    """Renders Markdown; HTML in it is shown as text, never taken as HTML."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._parser = MarkdownIt("commonmark", {"html": False})
        self._parser.renderer.rules |= {"text": self._text, "code_inline": self._code}

    def inline(self, text: str, page: str, *, forms: bool = False) -> Markup:
        """Return one paragraph's text as HTML without the paragraph."""
        env = {"page": page, "seen": set(), "forms": forms}
        return Markup(self._parser.renderInline(text, env))  # noqa: S704 - the parser takes no HTML

    def blocks(self, text: str, page: str) -> Markup:
        """Return text of several paragraphs, lists and code as HTML."""
        env = {"page": page, "seen": set(), "forms": False}
        return Markup(self._parser.render(text, env))  # noqa: S704 - the parser takes no HTML

    def _text(self, tokens: Sequence[Token], at: int, _: Any, env: Any) -> str:
        return self._glossary.explain(tokens[at].content, env["page"], env["seen"], forms=env["forms"])

    def _code(self, tokens: Sequence[Token], at: int, _: Any, env: Any) -> str:
        content = tokens[at].content
        if content in self._glossary.identities:
            target = addresses.relative(env["page"], addresses.requirement(content))
            return Markup('<a class="id" href="{}">{}</a>').format(target, content)
        return Markup("<code>{}</code>").format(escape(content))
