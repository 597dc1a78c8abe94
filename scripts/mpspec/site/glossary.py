"""Abbreviations, documents and IDs in running text: each explains itself and leads to its place."""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from markupsafe import Markup, escape

from mpspec.model.vocabulary import ID_PATTERN, Strength
from mpspec.site import addresses

_FORMS = "|".join(
    form.replace(" ", r"\s+") for form in sorted({*Strength} - {Strength.NONE}, key=len, reverse=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """An abbreviation or term of art.

    Attributes:
        name: As it stands in the text.
        means: Its expansion or meaning.
        note: One more sentence; empty where none is wanted.
        source: Where it was read; empty where that is common knowledge.
    """

    name: str
    means: str
    note: str = ""
    source: str = ""

    @property
    def explanation(self) -> str:
        """What a reader is shown."""
        return f"{self.means}. {self.note}".rstrip()

    @property
    def anchor(self) -> str:
        """Its place on the page of abbreviations."""
        return anchor(self.name)


def anchor(name: str) -> str:
    """Return the anchor of a term or document on the page of abbreviations."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """The words that a delegate may want explained.

    Attributes:
        terms: Abbreviations and terms of art, by name.
        documents: Title of each document, by its number, such as `RFC 8856`.
        references: Document behind each number in square brackets, such as `2`.
        identities: Every ID that has a page.
    """

    terms: dict[str, Term]
    documents: dict[str, str]
    references: dict[str, str]
    identities: frozenset[str]

    @classmethod
    def load(cls, path: Path, references: dict[str, str], identities: frozenset[str]) -> Self:
        """Read the file of abbreviations."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(
            terms={name: Term(name=name, **fields) for name, fields in data["terms"].items()},
            documents=data["documents"],
            references=references,
            identities=identities,
        )

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        terms = "|".join(re.escape(name) for name in sorted(self.terms, key=len, reverse=True))
        return re.compile(
            rf"(?P<id>\b{ID_PATTERN.pattern}\b)"
            r"|(?P<reference>\[\d+\])"
            r"|(?P<document>\b(?:RFC\s\d{4}|TS\s\d\d\.\d{3}|TR\s\d\d\.\d{3})\b)"
            rf"|(?P<term>(?<![\w-])(?:{terms})(?=s?(?![\w-])))"
            rf"|(?P<form>\b(?:{_FORMS})\b)"
        )

    def explain(self, text: str, page: str, seen: set[str] | None = None, *, forms: bool = False) -> Markup:
        """Return text as HTML in which each term explains itself where it first stands.

        Args:
            text: Plain text.
            page: Page that it stands on, for the links.
            seen: Terms that were explained already; those of this text are added.
            forms: Whether the verbal forms (shall, may, ...) are set apart.
        """
        known: set[str] = set() if seen is None else seen
        parts: list[Markup] = []
        at = 0
        for match in self._pattern.finditer(text):
            parts.append(escape(text[at : match.start()]))
            parts.append(self._marked(match, page, known, forms))
            at = match.end()
        parts.append(escape(text[at:]))
        return Markup("").join(parts)

    def _marked(self, match: re.Match[str], page: str, seen: set[str], forms: bool) -> Markup:
        text = match[0]
        if match["id"]:
            if text not in self.identities:
                return escape(text)
            return _link(addresses.relative(page, addresses.requirement(text)), text, "id")
        if match["form"]:
            return Markup('<b class="form">{}</b>').format(text) if forms else escape(text)
        name = self.references.get(text[1:-1], "") if match["reference"] else " ".join(text.split())
        if name in seen and not match["reference"]:
            return escape(text)
        seen.add(name)
        explanation = self._explanation(name, with_name=bool(match["reference"]))
        if not explanation:
            return escape(text)
        place = addresses.relative(page, f"{addresses.GLOSSARY}#{anchor(name)}")
        return _link(place, text, "term", explanation)

    def _explanation(self, name: str, *, with_name: bool) -> str:
        if name in self.terms:
            return self.terms[name].explanation
        title = self.documents.get(name, "")
        return f"{name}: {title}" if with_name and title else title


def _link(target: str, text: str, kind: str, explanation: str = "") -> Markup:
    title = Markup(' title="{}"').format(explanation) if explanation else Markup("")
    return Markup('<a class="{}" href="{}"{}>{}</a>').format(kind, target, title, text)


def published(document: str, clause: str) -> str:
    """Return the public address of a document, at the clause where that can be addressed; or nothing."""
    number = document.partition(" ")[2]
    if document.startswith("RFC "):
        part = "appendix" if clause[:1].isalpha() else "section"
        return f"https://www.rfc-editor.org/rfc/rfc{number}#{part}-{clause}"
    if re.fullmatch(r"T[SR] \d\d\.\d{3}", document):
        return f"https://www.3gpp.org/dynareport/{number.replace('.', '')}.htm"
    return ""
