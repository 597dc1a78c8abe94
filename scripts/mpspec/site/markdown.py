"""Rules and docstrings as HTML: Markdown without HTML in it, with its terms explained."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from mpspec.site import addresses
from mpspec.site.glossary import Glossary

_MARKED = re.compile(r"[^\w ,.;:()/'\"=?-]|\b_|_\b|__|  |^ | $")
"""What Markdown may take for more than text; a text without any of it needs no parser.

An underscore inside of a word, as an ID has it, is text.
"""


class _Renderer(RendererHTML):
    """Explains the terms in text, and leads from an ID in code to its page; on no page it does neither."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        content = tokens[idx].content
        if not env["page"]:
            return escape(content)
        glossary: Glossary = env["glossary"]
        return glossary.explain(content, env["page"], env["seen"], forms=env["forms"])

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        content = tokens[idx].content
        if env["page"] and content in env["glossary"].identities:
            target = addresses.relative(env["page"], addresses.requirement(content))
            return Markup('<a class="id" href="{}">{}</a>').format(target, content)
        return Markup("<code>{}</code>").format(content)


class Markdown:
    """Renders Markdown; HTML in it is shown as text, never taken as HTML."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)

    def inline(self, text: str, page: str, *, forms: bool = False) -> Markup:
        """Return one paragraph's text as HTML without the paragraph; its terms explain themselves.

        Args:
            text: The paragraph.
            page: Page that it stands on, for the links.
            forms: Whether the verbal forms (shall, may, ...) are set apart.
        """
        if not _MARKED.search(text):
            return self._glossary.explain(text, page, forms=forms)
        rendered = self._parser.renderInline(text, self._env(page, forms=forms))
        return Markup(rendered)  # noqa: S704 - the parser takes no HTML

    def plain(self, text: str) -> Markup:
        """Return a title or a line of a list as HTML, without links and explanations in it."""
        if not _MARKED.search(text):
            return escape(text)
        rendered = self._parser.renderInline(text, self._env("", forms=False))
        return Markup(rendered)  # noqa: S704 - the parser takes no HTML

    def blocks(self, text: str, page: str) -> Markup:
        """Return text of several paragraphs, lists and code as HTML."""
        rendered = self._parser.render(text, self._env(page, forms=False))
        return Markup(rendered)  # noqa: S704 - the parser takes no HTML

    def _env(self, page: str, *, forms: bool) -> dict[str, Any]:
        return {"page": page, "seen": set(), "forms": forms, "glossary": self._glossary}
