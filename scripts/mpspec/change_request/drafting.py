"""First drafts of statements: what a program can say of a sentence, for a person to judge and mend."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from mpspec.change_request.references import CITED
from mpspec.model.verbal_forms import strength
from mpspec.model.vocabulary import Kind, Party, Strength, Verification

_TITLE_WORDS = 8

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[\"“])")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|cf|etc|vs|No|Fig)\.$")
_EDITORS_NOTE = re.compile(r"Editor[’']?s note", re.I)
_DOCUMENT = re.compile(r"\b(?:TS|TR)\s+\d{2}\.\d{3}|\bRFC\s+\d+")
_POINTER = re.compile(r"^(?:see|as specified in|as described in)\b|\bsee (?:sub)?clause\b", re.I)

_KIND_OF = {
    Strength.SHALL: Kind.REQUIREMENT,
    Strength.SHALL_NOT: Kind.REQUIREMENT,
    Strength.SHOULD: Kind.RECOMMENDATION,
    Strength.SHOULD_NOT: Kind.RECOMMENDATION,
    Strength.MAY: Kind.PERMISSION,
    Strength.NEED_NOT: Kind.PERMISSION,
}
_TESTED = {Kind.REQUIREMENT, Kind.RECOMMENDATION, Kind.PERMISSION}
_PARTIES = {
    Party.IMS_UE: re.compile(r"\bUEs?\b"),
    Party.KMS: re.compile(r"\bKMS\b"),
    Party.MRFC: re.compile(r"\bMRFC\b"),
    Party.MRFP: re.compile(r"\bMRFP\b"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBlock:
    """A paragraph or row of a table of a foreign clause.

    Attributes:
        clause: Number of its clause.
        title: Title of that clause.
        heading: Whether it is the heading itself, which has no further text.
        text: Its text.
    """

    clause: str
    title: str
    heading: bool
    text: str


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph; a stop behind "e.g." and its like ends none."""
    found: list[str] = []
    for piece in _SENTENCE_END.split(" ".join(text.split())):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += f" {piece}"
        elif piece:
            found.append(piece)
    return found


def kind_of(text: str) -> Kind:
    """Return what a sentence probably is, by its beginning and its verbal form."""
    if _EDITORS_NOTE.match(text):
        return Kind.EDITORS_NOTE
    if re.match(r"NOTE\b", text):
        return Kind.RATIONALE
    form = strength(text)
    if form in _KIND_OF:
        return _KIND_OF[form]
    return Kind.POINTER if _POINTER.search(text) else Kind.DEFINITION


def next_identity(like: str, taken: Collection[str]) -> str:
    """Return the next free ID with the prefix of another: `MP_BFCP_009` after `MP_BFCP_008`."""
    prefix = like.rpartition("_")[0]
    numbers = [
        int(identity.rpartition("_")[2])
        for identity in taken
        if identity.rpartition("_")[0] == prefix and identity.rpartition("_")[2].isdecimal()
    ]
    return f"{prefix}_{max(numbers, default=0) + 1:03d}"


def draft_statement(identity: str, clause: str, text: str, *, continues: bool) -> str:
    """Return the directive of a statement with every field proposed."""
    kind = kind_of(text)
    words = CITED.sub("", text).split()
    title = " ".join(words[:_TITLE_WORDS]).rstrip(".,;:")
    parties = [str(party) for party, pattern in _PARTIES.items() if pattern.search(text)]
    documents = list(dict.fromkeys(" ".join(found.split()) for found in _DOCUMENT.findall(text)))
    options = [
        f":id: {identity}",
        f":clause: {clause}",
        f":kind: {kind}",
        f":strength: {strength(text)}",
        f":binds: {', '.join(parties or [str(Party.SPECIFICATION)])}",
        f":verification: {Verification.TEST if kind in _TESTED else Verification.INSPECTION}",
    ]
    if documents:
        options.append(f":documents: {', '.join(documents)}")
    if continues:
        options.append(":continues: yes")
    return "\n".join([f":::{{stmt}} Draft: {title}", *options, "", text, ":::"])


def draft_page(blocks: Iterable[DraftBlock], prefix: str, taken: Collection[str]) -> str:
    """Return a page of `reqs/` with a draft of each sentence, note, list item and row of a table.

    Args:
        blocks: What the clause holds, in order.
        prefix: Prefix of the IDs, such as `MP_SEC`.
        taken: IDs that are not free.
    """
    return "\n\n".join(_drafts(blocks, prefix, set(taken))) + "\n"


def _drafts(blocks: Iterable[DraftBlock], prefix: str, taken: set[str]) -> Iterator[str]:
    first = True
    for block in blocks:
        if block.heading:
            yield f"{'#' if first else '##'} {f'{block.clause} {block.title}'.strip()}"
            first = False
            continue
        for at, sentence in enumerate(sentences(block.text)):
            identity = next_identity(f"{prefix}_000", taken)
            taken.add(identity)
            yield draft_statement(identity, block.clause, sentence, continues=at > 0)
