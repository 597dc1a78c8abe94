"""Revision marks: rejecting gives the baseline, accepting gives the new text, exactly.

Hypothesis makes the documents: paragraphs, lists, notes, tables, formatting inside of words.
Two judges settle the marks: our own accept and reject, and pandoc.
"""

import json
import subprocess
from copy import deepcopy
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mpspec.change_request import settle
from mpspec.change_request.docx.body import BodyMaker
from mpspec.change_request.docx.package import empty_document, to_octets
from mpspec.change_request.extraction import rows_of, style_of, text_of
from mpspec.change_request.ooxml import find_all, make, name, run
from mpspec.change_request.paragraphs import Paragraph, Style, Table, plain
from mpspec.change_request.revising import Maker, revised
from mpspec.change_request.revision_marks import RevisionLog

WORDS = st.sampled_from(
    [
        "MRFC",
        "MRFP",
        "shall",
        "support",
        "TLS",
        "TCP/TLS/BFCP",
        "[2]",
        "e.g.",
        "(MSRP)",
        "a=setup",
        "Größe",
        "5.20.1",
    ]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
STYLES = st.sampled_from([Style.NORMAL, Style.NORMAL, Style.LIST_1, Style.LIST_2, Style.NOTE])
PARAGRAPHS = st.builds(plain, SENTENCES, STYLES)
TABLES = st.lists(st.tuples(SENTENCES, SENTENCES), min_size=1, max_size=3).map(
    lambda rows: Table(rows=tuple(rows))
)
BLOCKS = st.one_of(PARAGRAPHS, PARAGRAPHS, PARAGRAPHS, TABLES)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list, list, list[int]]:
    """Return an old text, a new one made of its blocks with edits, and where formatting changes."""
    old = draw(st.lists(BLOCKS, min_size=1, max_size=6))
    new = []
    for block in old:
        fate = draw(st.sampled_from(["stays", "stays", "changes", "changes", "goes", "is followed"]))
        if fate == "changes" and isinstance(block, Paragraph):
            words = block.text.split(" ")
            at = draw(st.integers(0, len(words)))
            until = draw(st.integers(at, len(words)))
            new.append(
                plain(" ".join([*words[:at], *draw(st.lists(WORDS, max_size=2)), *words[until:]]) or "x")
            )
        elif fate == "changes":
            new.append(draw(TABLES))
        elif fate != "goes":
            new.append(block)
        if fate == "is followed":
            new.append(draw(BLOCKS))
    return old, new, draw(st.lists(st.integers(1, 30), max_size=3))


def formatted(paragraph, cuts: list[int]) -> None:
    """Cut the run of a paragraph at characters, so that formatting changes inside of words."""
    (only,) = find_all(paragraph, "w:r")
    text = text_of(only)
    looks = (make("w:b"), make("w:i"), make("w:color", val="FF0000"))
    edges = [0, *sorted(cut for cut in set(cuts) if cut < len(text)), len(text)]
    for at, (start, end) in enumerate(pairwise(edges)):
        only.addprevious(run(text[start:end], deepcopy(looks[at % 3])))
    paragraph.remove(only)


def elements(blocks: list, cuts: list[int]) -> list:
    maker = BodyMaker(iter(range(10**6)).__next__)
    made = []
    for block in blocks:
        element = maker.table(block) if isinstance(block, Table) else maker.paragraph(block)
        if isinstance(block, Paragraph):
            formatted(element, cuts)
        made.append(element)
    return made


def marked(old: list, new: list, cuts: list[int]) -> list:
    log = RevisionLog("Delegate", datetime(2026, 11, 23, tzinfo=UTC))
    body = BodyMaker(log.next_identity)
    maker = Maker(paragraph=body.paragraph, table=body.table, bookmark=body.bookmark, log=log)
    return revised(elements(old, cuts), new, maker, rewrite=True)


def wrapped(blocks: list):
    """Return a body with the blocks between two lines that do not change."""
    return make(
        "w:body", make("w:p", run("* * * First Change * * * *")), *blocks, make("w:p", run("* * * End * * *"))
    )


def seen(body) -> list:
    """Return what a reader sees: paragraphs with the formatting of each character, and tables."""
    found = []
    for block in body:
        if block.tag == name("w:tbl"):
            found.append(rows_of(block))
        elif block.tag == name("w:p"):
            looks = [
                (character, [child.tag for child in find_all(piece, "w:rPr/*")])
                for piece in find_all(block, "w:r")
                for character in text_of(piece)
            ]
            found.append((style_of(block), looks))
    return found


def texts(body) -> list:
    return [rows_of(block) if block.tag == name("w:tbl") else text_of(block) for block in body]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_own_accept_and_reject(case: tuple[list, list, list[int]]) -> None:
    """Rejecting gives back every character with its formatting; accepting gives the new text."""
    old, new, cuts = case
    document = wrapped(marked(old, new, cuts))
    rejected, accepted = deepcopy(document), deepcopy(document)
    settle.reject(rejected)
    settle.accept(accepted)
    assert seen(rejected) == seen(wrapped(elements(old, cuts)))
    assert texts(accepted) == texts(wrapped(elements(new, [])))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_marks_are_well_formed(case: tuple[list, list, list[int]]) -> None:
    """Each mark has its own ID, an author and a date; deleted text is never live text, and the reverse."""
    old, new, cuts = case
    body = wrapped(marked(old, new, cuts))
    marks = list(body.iter(name("w:ins"), name("w:del")))
    identities = [mark.get(name("w:id")) for mark in marks]
    assert len(set(identities)) == len(identities)
    assert all(mark.get(name("w:author")) == "Delegate" for mark in marks)
    assert all(mark.get(name("w:date")) == "2026-11-23T00:00:00Z" for mark in marks)
    for deletion in body.iter(name("w:del")):
        assert not list(deletion.iter(name("w:t")))
    for text in body.iter(name("w:delText")):
        assert any(above.tag == name("w:del") for above in text.iterancestors())


def by_pandoc(pandoc: str, body, folder: Path, how: str) -> list:
    """Return what pandoc reads: the text of each paragraph, the rows of each table.

    Pandoc does not know the mark of a whole row: of one that goes it leaves empty cells, which do not count.
    """
    document = empty_document(track=False)
    for element in list(deepcopy(body)):
        document.element.body.insert(len(document.element.body) - 1, element)
    path = folder / "case.docx"
    path.write_bytes(to_octets(document))
    command = [pandoc, f"--track-changes={how}", "-f", "docx", "-t", "json", str(path)]
    read = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return [block for element in read["blocks"] if (block := pandoc_block(element))]


def pandoc_block(element: dict) -> object:
    if element["t"] != "Table":
        return pandoc_text(element).strip()
    _, _, _, head, bodies, foot = element["c"]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]]), *foot[1]]
    found = [[pandoc_text(cell[4]).strip() for cell in row[1]] for row in rows]
    return [row for row in found if any(row)]


def pandoc_text(element: object) -> str:
    if isinstance(element, list):
        return "".join(map(pandoc_text, element))
    if not isinstance(element, dict):
        return ""
    if element.get("t") == "Str":
        return element["c"]
    if element.get("t") in ("Space", "SoftBreak", "LineBreak"):
        return " "
    return pandoc_text(element.get("c"))


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(several=st.lists(cases(), min_size=10, max_size=10))
def test_pandoc_accepts_and_rejects(several: list, need, tmp_path: Path) -> None:
    """Pandoc, which knows nothing of us, reads the baseline and the new text out of the same document.

    A document holds ten cases, so that fifty cost twenty calls of pandoc.
    """
    pandoc = need("pandoc")
    body, before, after = [], [], []
    for number, (old, new, cuts) in enumerate(several):
        end = f"* * * Next Change {number} * * *"
        body += [*marked(old, new, cuts), make("w:p", run(end))]
        before += [*elements(old, cuts), make("w:p", run(end))]
        after += [*elements(new, []), make("w:p", run(end))]
    changed, old_text, new_text = wrapped(body), wrapped(before), wrapped(after)
    assert by_pandoc(pandoc, changed, tmp_path, "reject") == by_pandoc(pandoc, old_text, tmp_path, "accept")
    assert by_pandoc(pandoc, changed, tmp_path, "accept") == by_pandoc(pandoc, new_text, tmp_path, "accept")
