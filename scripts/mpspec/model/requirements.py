"""Statements and rules: the requirements as objects."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from mpspec.model.vocabulary import Certainty, Confidence, Kind, Party, Strength, Verification

_CITATION = re.compile(r"(?P<document>(?:RFC|TS|TR|IANA|ITU-T)\b[^,;()]*), (?P<clause>[A-Za-z0-9.\-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a file of the project.

    Attributes:
        path: File, relative to the root of the project, with `/`.
        line: First line, from 1.
        end_line: Last line, from 1.
    """

    path: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Citation:
    """A clause of a document, written as `RFC 6043, 6.1` or `TS 23.333, 6.2.19.1`.

    Attributes:
        document: `RFC 6043`, `TS 23.333`, `TR 29.828`.
        clause: Clause, section or annex, such as `6.1`, `A.2.1` or `G.3`.
    """

    document: str
    clause: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one citation.

        Raises:
            ValueError: The text is not of that form.
        """
        match = _CITATION.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"'{text.strip()}' is not a citation such as 'RFC 6043, 6.1'")
        return cls(document=match["document"], clause=match["clause"])

    @property
    def folder(self) -> str:
        """Name of the folder that holds the document's tests: `rfc6043`, `ts23333`."""
        return re.sub(r"[^a-z0-9]", "", self.document.lower())

    def __str__(self) -> str:
        return f"{self.document}, {self.clause}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of the source text, verbatim.

    Attributes:
        id: ID, never reused.
        title: What it says, in the project's own words.
        clause: Clause of TR 29.828 that it stands in.
        kind: What it is.
        strength: Its verbal form.
        binds: Who it binds.
        verification: How it is verified.
        documents: The documents that it names.
        moves_to: Clauses of TS 23.333 that it is proposed to move to; none if it stays.
        confidence: How sure that proposal is; None if it stays.
        continues: Whether it continues the paragraph of the statement before it.
        text: The source's own words, with white space folded.
        location: Where it stands in `reqs/`.
    """

    id: str
    title: str
    clause: str
    kind: Kind
    strength: Strength
    binds: tuple[Party, ...]
    verification: Verification
    documents: tuple[str, ...]
    moves_to: tuple[str, ...]
    confidence: Confidence | None
    continues: bool
    text: str
    location: Location

    @property
    def sources(self) -> tuple[Citation, ...]:
        """The clause that the statement stands in, as a citation."""
        return (Citation(document="TR 29.828", clause=self.clause),)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the normative fields, in hexadecimal: what a review is bound to."""
        return _fingerprint(self.id, self.clause, self.kind, self.strength, *sorted(self.binds), self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One testable rule that the reference implementation keeps, in the project's own words.

    Attributes:
        id: ID, never reused.
        title: The rule in a few words.
        sources: Where it comes from.
        refines: IDs of the statements or rules that it refines.
        strength: Its verbal form.
        binds: Who it binds.
        verification: How it is verified.
        certainty: Whether it was read in its source.
        missing: What could not be read, where it is unverified; else empty.
        decision: Name of the decision record that it rests on; empty if none.
        text: The rule, with white space folded.
        location: Where it stands in `reqs/`.
    """

    id: str
    title: str
    sources: tuple[Citation, ...]
    refines: tuple[str, ...]
    strength: Strength
    binds: tuple[Party, ...]
    verification: Verification
    certainty: Certainty
    missing: str
    decision: str
    text: str
    location: Location

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the normative fields, in hexadecimal: what a review is bound to."""
        return _fingerprint(
            self.id,
            *map(str, self.sources),
            *sorted(self.refines),
            self.strength,
            *sorted(self.binds),
            self.verification,
            self.certainty,
            self.text,
        )


Requirement = Statement | Rule


def _fingerprint(*fields: str) -> str:
    digest = hashlib.sha256()
    for field in fields:
        octets = field.encode()
        digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.hexdigest()
