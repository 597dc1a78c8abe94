"""A page of the site before it is drawn, and the frame that draws it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mpspec.site import addresses
from mpspec.site.code import highlighted
from mpspec.site.corpus import Corpus
from mpspec.site.glossary import Glossary, anchor, published
from mpspec.site.graph import drawn
from mpspec.site.markdown import Markdown
from mpspec.site.state_drawing import drawn_states

THEME = Path("docs/theme")
"""Templates and static files, relative to the root of the project."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the site.

    Attributes:
        path: Its file, relative to the top of the site.
        title: What it is called, as plain text.
        template: Template in `docs/theme` that draws it.
        data: What the template shows; plain values, so that a change is seen by comparing them.
        body: What a document's own source says, already as HTML; Sphinx knows when that changes.
    """

    path: str
    title: str
    template: str
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    body: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of the site that is no page.

    Attributes:
        path: Its place, relative to the top of the site.
        shows: All that it is made from, as plain values.
        make: Makes its octets; called only where they are not there yet.
    """

    path: str
    shows: Any = field(repr=False)
    make: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the contents: a link, indented by its level."""

    title: str
    path: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of the contents."""

    title: str
    entries: tuple[Entry, ...]


class Frame:
    """What all pages share: templates, contents, and the words that are explained.

    Attributes:
        digest: SHA-256, in hexadecimal, over everything that a page shows beside its own data.
    """

    def __init__(
        self, corpus: Corpus, contents: Sequence[Section], titles: Sequence[tuple[str, str]] = ()
    ) -> None:
        glossary = Glossary.load(
            corpus.root / "docs/abbreviations.toml", corpus.references, frozenset(corpus.model.requirements)
        )
        self._environment = _environment(corpus.root / THEME, glossary)
        self._contents = cache(lambda prefix: self._drawn_contents(contents, prefix))
        self.digest = _digest(
            [
                [(entry.title, entry.path, entry.level) for section in contents for entry in section.entries],
                [hashlib.sha256(path.read_bytes()).hexdigest() for path in _renderers(corpus.root)],
                sorted(glossary.identities),
                list(glossary.terms.values()),
                glossary.documents,
                glossary.references,
                list(titles),
            ]
        )
        self._environment.globals["version"] = self.digest[:8]

    def key(self, page: Page | File) -> str:
        """Return a digest of everything that a page or file shows."""
        if isinstance(page, File):
            return _digest([self.digest, page.path, page.shows])
        return _digest([self.digest, page.path, page.title, page.template, page.data])

    def render(self, page: Page) -> str:
        """Return the page as HTML."""
        prefix = "../" * page.path.count("/")
        here = f'href="{prefix}{page.path}"'
        return self._environment.get_template(page.template).render(
            page=page.path,
            title=page.title,
            prefix=prefix,
            contents=Markup(self._contents(prefix).replace(here, f'{here} aria-current="page"')),  # noqa: S704
            **page.data,
            **page.body,
        )

    def part(self, template: str, **data: Any) -> str:
        """Return a part of a page as HTML."""
        return self._environment.get_template(template).render(**data)

    def _drawn_contents(self, contents: Sequence[Section], prefix: str) -> str:
        return self._environment.get_template("contents.html").render(sections=contents, prefix=prefix)


def _environment(theme: Path, glossary: Glossary) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(theme),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    markdown = Markdown(glossary)
    environment.globals |= {
        "addresses": addresses,
        "anchor": anchor,
        "drawn": drawn,
        "drawn_states": drawn_states,
        "explain": glossary.explain,
        "glossary": glossary,
        "highlighted": highlighted,
        "link": addresses.relative,
        "markdown": markdown,
        "published": published,
    }
    environment.globals["site_name"] = "TR 29.828 clause 7.1 as code"
    environment.filters["plural"] = plural
    return environment


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, such as `1 test` or `3 tests`."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


def _renderers(root: Path) -> Iterator[Path]:
    """Yield every file that decides how a page is drawn."""
    yield from sorted(Path(__file__).parent.glob("*.py"))
    yield from sorted(path for path in (root / THEME).rglob("*") if path.is_file())


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()
