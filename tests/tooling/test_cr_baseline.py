"""A CR against the user's own copy of the target: affected clauses alone, with marks."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from mpspec.change_request import Definition, export, settle
from mpspec.change_request.extraction import rows_of, text_of
from mpspec.change_request.ooxml import Element, find, find_all, name
from mpspec.model import CannotRun, Model

ROOT = Path(__file__).parents[2]


def picture() -> bytes:
    """Return a PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


PIXEL = picture()

CLAUSES = {
    "1": ("Scope", ["This clause is not affected."]),
    "2": (
        "References",
        [
            '[1]\t3GPP TS 23.228: "IP Multimedia Subsystem".',
            '[29]\t3GPP TS 33.328: "IP Multimedia Subsystem (IMS) media plane security".',
            '[30]\tIETF RFC 6043: "MIKEY-TICKET".',
        ],
    ),
    "3.1": (
        "Definitions",
        ["For the purposes of this document, the following terms apply.", "MRFC: see elsewhere."],
    ),
    "5.19": ("ICE", ["This clause is not affected either."]),
    "5.20.1": ("General", ["The MRFC may support media plane security."]),
    "5.20.2": (
        "End-to-end security for TCP-based media using TLS",
        [
            "In SDP, security for BFCP is specified using TCP/TLS/BFCP.",
            "A sentence that nobody touches.",
        ],
    ),
}

SMALL = """
kind = "CR"
specification = "TS 23.333"

[cover]
title = "A change"

[marks]
author = "Delegate"
date = "2026-11-23T00:00:00Z"

[[changes]]
clause = "5.20.2"
title = "End-to-end security for TCP-based media using TLS"
REWRITE

[[changes.content]]
carries = ["MP_BFCP_002", "MP_BFCP_003"]

[[changes.content]]
carries = ["MP_BFCP_004"]

[[spellings]]
source = "Annex G3"
target = "Annex G.3"
decision = "spelling-in-change-requests"
"""


@pytest.fixture(scope="module")
def model(requirements_root: Path) -> Model:
    return Model.load(requirements_root)


@pytest.fixture
def baseline(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a specification; it may change the document first."""

    def make(change: Callable[[docx.document.Document], None] = lambda _: None, german: bool = False) -> Path:
        document = docx.Document()
        for number, (title, paragraphs) in CLAUSES.items():
            style = f"Heading {number.count('.') + 1}"
            document.add_paragraph(f"{number}\t{title}", style=style)
            for text in paragraphs:
                paragraph = document.add_paragraph()
                half = len(text) // 2
                paragraph.add_run(text[:half]).bold = True
                paragraph.add_run(text[half:])
        if german:
            for style in document.styles:
                if style.type == WD_STYLE_TYPE.PARAGRAPH and style.style_id.startswith("Heading"):
                    level = style.style_id.removeprefix("Heading")
                    style.element.find(name("w:name")).set(name("w:val"), f"Überschrift {level}")
                    style.element.set(name("w:styleId"), f"berschrift{level}")
            for mark in document.element.body.iter(name("w:pStyle")):
                mark.set(name("w:val"), mark.get(name("w:val")).replace("Heading", "berschrift"))
        change(document)
        path = tmp_path / "23333.docx"
        document.save(path)
        return path

    return make


@pytest.fixture
def small(tmp_path: Path) -> Callable[[str], Definition]:
    def make(more: str = "") -> Definition:
        path = tmp_path / "small.toml"
        path.write_text(SMALL.replace("REWRITE", more), encoding="utf-8")
        return Definition.load(path)

    return make


def change_of(octets: bytes) -> list[Element]:
    """Return the blocks between the first marker line and the last."""
    body = docx.Document(io.BytesIO(octets)).element.body
    blocks = list(body)
    markers = [at for at, block in enumerate(blocks) if text_of(block).startswith("* * *")]
    return blocks[markers[0] + 1 : markers[-1]]


def settled(blocks: list[Element], settle_marks: Callable[[Element], None]) -> list[str]:
    body = deepcopy(blocks[0].getparent())
    for block in list(body):
        body.remove(block)
    body.extend(deepcopy(blocks))
    end = deepcopy(blocks[0])
    for child in list(end):
        end.remove(child)
    body.append(end)
    settle_marks(body)
    body.remove(end)
    return [
        str(rows_of(block)) if block.tag == name("w:tbl") else text_of(block)
        for block in body
        if block.tag in (name("w:p"), name("w:tbl"))
    ]


def headed(number: str) -> list[str]:
    title, paragraphs = CLAUSES[number]
    return [f"{number}\t{title}", *paragraphs]


BFCP_002 = (
    "An MRFC and MRFP may support end-to-end conferencing BFCP security as specified in "
    "3GPP TS\N{NO-BREAK SPACE}33.328 [29], Annex G.3. "
    "BFCP traffic shall be protected in the same way as MSRP traffic, "
    "i.e. using a TLS tunnel established with MIKEY-TICKET."
)
BFCP_004 = 'In SDP, security for BFCP is specified using the transport "TCP/TLS/BFCP".'


def test_a_merge_changes_what_it_resembles_and_deletes_nothing_else(baseline, small, model: Model) -> None:
    blocks = change_of(export(small(), model, baseline()))
    assert settled(blocks, settle.reject) == headed("5.20.2")
    assert settled(blocks, settle.accept) == [
        "5.20.2\tEnd-to-end security for TCP-based media using TLS",
        BFCP_002,
        BFCP_004,
        "A sentence that nobody touches.",
    ]


def test_a_rewrite_deletes_the_rest(baseline, small, model: Model) -> None:
    blocks = change_of(export(small("rewrite = true"), model, baseline()))
    assert settled(blocks, settle.reject) == headed("5.20.2")
    assert settled(blocks, settle.accept)[1:] == [BFCP_002, BFCP_004]


def test_a_rewrite_deletes_controls_and_formulas_too(baseline, small, model: Model) -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def add(document: docx.document.Document) -> None:
        formula = f"<m:oMath {math}><m:r><m:t>x = 1</m:t></m:r></m:oMath>"
        paragraph = paragraph_of(document, "A sentence")
        paragraph._p.append(parse_xml(formula))
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
        paragraph._p.addprevious(control)
        control[1].append(paragraph._p)

    blocks = change_of(export(small("rewrite = true"), model, baseline(add)))
    assert settled(blocks, settle.reject) == headed("5.20.2")
    assert settled(blocks, settle.accept) == [headed("5.20.2")[0], BFCP_002, BFCP_004]
    deleted = [mark for block in blocks for mark in block.iter(name("w:del"))]
    assert [mark for mark in deleted if mark.find(name("m:oMath")) is not None]


def test_a_change_is_made_word_by_word(baseline, small, model: Model) -> None:
    """Words that stay are not marked, and keep their formatting."""
    blocks = change_of(export(small(), model, baseline()))
    (changed,) = [block for block in blocks if text_of(block).startswith("In SDP")]
    kept = "".join(text_of(run) for run in find_all(changed, "w:r"))
    deleted = ["".join(text_of(run) for run in find_all(mark, "w:r")) for mark in find_all(changed, "w:del")]
    inserted = ["".join(text_of(run) for run in find_all(mark, "w:r")) for mark in find_all(changed, "w:ins")]
    assert kept == "In SDP, security for BFCP is specified using TCP/TLS/BFCP."
    assert deleted == []
    assert inserted == ['the transport "', '"']
    assert find(find_all(changed, "w:r")[0], "w:rPr/w:b") is not None


def test_the_numbers_are_those_of_the_baseline(baseline, small, model: Model) -> None:
    """The copy lists TS 33.328 as [29]; what `reqs/references.toml` has of another Release does not count."""
    text = settled(change_of(export(small(), model, baseline())), settle.accept)
    assert "[29], Annex G.3" in text[1]


def test_unaffected_clauses_are_left_out(baseline, small, model: Model) -> None:
    octets = export(small(), model, baseline())
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(octets)).paragraphs)
    assert "not affected" not in text
    assert "Scope" not in text


def test_a_clause_that_the_copy_has_is_not_new(baseline, model: Model, tmp_path: Path) -> None:
    octets = export(main_without_6_2_19(tmp_path), model, baseline())
    affected = [row for table in docx.Document(io.BytesIO(octets)).tables[:3] for row in rows_of(table._tbl)]
    (row,) = [row for row in affected if row[0] == "Clauses affected:"]
    assert row[1] == "2, 3.1, 5.20.1, 5.20.2"


def test_a_clause_that_says_it_already_is_left_out(baseline, small, model: Model) -> None:
    """What the copy has word for word is no change; where it has all of it, there is nothing to export."""

    def add(document: docx.document.Document) -> None:
        (found,) = [found for found in document.paragraphs if found.text.startswith("In SDP")]
        found.insert_paragraph_before(BFCP_002)
        found._p.getparent().replace(found._p, found.insert_paragraph_before(BFCP_004)._p)

    with pytest.raises(CannotRun, match="changes nothing: the baseline says all of it already"):
        export(small(), model, baseline(add))


def test_a_space_alone_is_no_change(baseline, small, model: Model) -> None:
    """The copy writes "TS 23.333" with another space than we do: its text is not marked for that."""

    def add(document: docx.document.Document) -> None:
        (found,) = [found for found in document.paragraphs if found.text.startswith("In SDP")]
        found.insert_paragraph_before(BFCP_002.replace("\N{NO-BREAK SPACE}", " "))

    blocks = change_of(export(small(), model, baseline(add)))
    (kept,) = [block for block in blocks if text_of(block).startswith("An MRFC and MRFP")]
    assert not list(kept.iter(name("w:ins"), name("w:del")))


def test_a_german_specification_is_read_too(baseline, small, model: Model) -> None:
    blocks = change_of(export(small(), model, baseline(german=True)))
    assert settled(blocks, settle.reject) == headed("5.20.2")


def test_an_entry_that_the_target_lacks_is_added_to_its_references(
    baseline, model: Model, tmp_path: Path
) -> None:
    """The main CR cites RFC 4975, which this copy lacks, and RFC 6043, which it has."""
    blocks = change_of(export(main_without_6_2_19(tmp_path), model, baseline()))
    accepted = settled(blocks, settle.accept)
    assert accepted[: len(headed("2"))] == headed("2")
    assert (
        accepted[len(headed("2"))]
        == '[x1]\tIETF RFC 4975 (September 2007): "The Message Session Relay Protocol (MSRP)".'
    )
    assert any("(see IETF RFC 6043 [30])" in text for text in accepted)


def main_without_6_2_19(tmp_path: Path) -> Definition:
    text = (ROOT / "reqs/change_requests/ts23333-mp-e2e.toml").read_text(encoding="utf-8")
    start, end = text.index('[[changes]]\nclause = "6.2.19"'), text.index("[stays]")
    text = text[:start] + text[end:]
    text = text.replace('[[changes]]\nclause = "5.20"\ntitle = "IMS Media Plane Security"\nnew = true\n', "")
    path = tmp_path / "main.toml"
    path.write_text(text, encoding="utf-8")
    return Definition.load(path)


def test_tables_fields_notes_and_pictures_stay(baseline, small, model: Model) -> None:
    """What stands between the words is copied, and rejecting gives it back octet by octet."""
    field = (
        f"<w:p {nsdecls('w')}><w:r><w:t>See clause </w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF _Ref1 </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>5.20.1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:r><w:t xml:space="preserve"> for the rest.</w:t></w:r></w:p>'
    )

    def add(document: docx.document.Document) -> None:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(field))
        table = document.add_table(rows=2, cols=2)
        table.cell(0, 0).text = "Procedure"
        document.add_picture(io.BytesIO(PIXEL))

    source = baseline(add)
    octets = export(small(), model, source)
    blocks = change_of(octets)
    body = docx.Document(source).element.body
    wanted = [child for child in body if child.tag in (name("w:p"), name("w:tbl"))][-3:]
    assert [canonical(block) for block in blocks[-3:]] == [canonical(block) for block in wanted]
    images = [
        part
        for part in docx.Document(io.BytesIO(octets)).part.package.iter_parts()
        if "image" in part.content_type
    ]
    assert [image.blob for image in images] == [PIXEL]


def test_footnotes_and_comments_stay_with_their_clause(baseline, small, model: Model) -> None:
    """A note of the clause comes along with its text; a comment on a clause that is left out does not."""
    notes = (
        f"<w:footnotes {nsdecls('w')}><w:footnote w:id='2'><w:p><w:r><w:t>See elsewhere.</w:t></w:r></w:p>"
        "</w:footnote></w:footnotes>"
    ).encode()

    def add(document: docx.document.Document) -> None:
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, notes, document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        (found,) = [found for found in document.paragraphs if found.text.startswith("In SDP")]
        found.runs[0]._r.addnext(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
        document.add_comment(document.paragraphs[1].runs[0], text="Not here.", author="A", initials="A")

    octets = export(small(), model, baseline(add))
    parts = {
        str(part.partname): part.blob for part in docx.Document(io.BytesIO(octets)).part.package.iter_parts()
    }
    assert b"See elsewhere." in parts["/word/footnotes.xml"]
    assert "/word/comments.xml" not in parts
    (changed,) = [block for block in change_of(octets) if text_of(block).startswith("In SDP")]
    references = list(changed.iter(name("w:footnoteReference")))
    assert [reference.get(name("w:id")) for reference in references] == ["2"]
    assert settled(change_of(octets), settle.reject) == headed("5.20.2")


def paragraph_of(document: docx.document.Document, start: str) -> docx.text.paragraph.Paragraph:
    return next(found for found in document.paragraphs if found.text.startswith(start))


def test_notes_and_comments_of_other_clauses_are_left_out(baseline, small, model: Model) -> None:
    """Beside those that come along with their clause the others go: nobody reads them out of the file."""
    notes = (
        f"<w:footnotes {nsdecls('w')}>"
        "<w:footnote w:id='0' w:type='separator'><w:p><w:r><w:separator/></w:r></w:p></w:footnote>"
        "<w:footnote w:id='2'><w:p><w:r><w:t>Of the clause.</w:t></w:r></w:p></w:footnote>"
        "<w:footnote w:id='3'><w:p><w:r><w:t>Of another.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    ).encode()

    def add(document: docx.document.Document) -> None:
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, notes, document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        for start, number in (("A sentence", 2), ("This clause is not affected.", 3)):
            paragraph = paragraph_of(document, start)
            reference = f'<w:r {nsdecls("w")}><w:footnoteReference w:id="{number}"/></w:r>'
            paragraph._p.append(parse_xml(reference))
            document.add_comment(paragraph.runs[0], text=f"On '{start}'.", author="A", initials="A")
        document.add_comment(
            [
                paragraph_of(document, "A sentence").runs[0],
                document.add_paragraph("End.", "Heading 1").runs[0],
            ],
            text="Begins here, ends elsewhere.",
            author="A",
            initials="A",
        )

    octets = export(small(), model, baseline(add))
    written = docx.Document(io.BytesIO(octets))
    assert [comment.text for comment in written.comments] == ["On 'A sentence'."]
    starts = [start.get(name("w:id")) for start in written.element.iter(name("w:commentRangeStart"))]
    assert starts == [str(comment.comment_id) for comment in written.comments]
    (part,) = [
        part.blob for part in written.part.package.iter_parts() if part.partname == "/word/footnotes.xml"
    ]
    assert b"Of the clause." in part
    assert b"separator" in part
    assert b"Of another." not in part


def test_a_bookmark_that_ends_in_another_clause_is_left_out(baseline, small, model: Model) -> None:
    def add(document: docx.document.Document) -> None:
        for start, edge in (("A sentence", "Start"), ("This clause is not affected.", "End")):
            title = ' w:name="half"' if edge == "Start" else ""
            paragraph_of(document, start)._p.append(
                parse_xml(f'<w:bookmark{edge} {nsdecls("w")} w:id="88"{title}/>')
            )

    root = docx.Document(io.BytesIO(export(small(), model, baseline(add)))).element
    assert "half" not in [start.get(name("w:name")) for start in root.iter(name("w:bookmarkStart"))]


def test_a_clause_on_pages_of_its_own_has_a_section(baseline, small, model: Model) -> None:
    """A wide clause does not turn the form: a section ends before it, and header and footer stay behind."""

    def turn(document: docx.document.Document) -> None:
        document.sections[0].header.paragraphs[0].text = "3GPP TS 23.333"
        section = deepcopy(document.element.body.sectPr)
        section.find(name("w:pgSz")).set(name("w:orient"), "landscape")
        paragraph_of(document, "A sentence")._p.get_or_add_pPr().append(section)

    octets = export(small(), model, baseline(turn))
    written = docx.Document(io.BytesIO(octets))
    assert [section._sectPr.find(name("w:pgSz")).get(name("w:orient")) for section in written.sections] == [
        None,
        "landscape",
        None,
    ]
    assert all(section.header.is_linked_to_previous for section in written.sections)
    assert not [part for part in written.part.package.iter_parts() if "header" in part.partname]
    body = list(written.element.body)
    first = next(at for at, block in enumerate(body) if block.find(f".//{name('w:sectPr')}") is not None)
    assert text_of(body[first + 1]) == "* * * First Change * * * *"
    assert settled(change_of(octets), settle.reject) == headed("5.20.2")


def test_properties_of_libreoffice_are_replaced(baseline, small, model: Model) -> None:
    """LibreOffice relates them by a name of its own: the document still has them once, and they are ours."""
    source = baseline()
    with zipfile.ZipFile(source) as old:
        parts = {part: old.read(part) for part in old.namelist()}
    with zipfile.ZipFile(source, "w") as new:
        for part, content in parts.items():
            new.writestr(
                part,
                content.replace(
                    b"openxmlformats.org/package/2006/relationships/metadata/core-properties",
                    b"openxmlformats.org/officedocument/2006/relationships/metadata/core-properties",
                ),
            )
    octets = export(small(), model, source)
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert archive.namelist().count("docProps/core.xml") == 1
    assert docx.Document(io.BytesIO(octets)).core_properties.title == "A change"


def test_a_heading_in_a_control_is_found(baseline, small, model: Model) -> None:
    def wrap(document: docx.document.Document) -> None:
        heading = paragraph_of(document, "5.20.2")._p
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
        heading.addprevious(control)
        text = heading.getnext()
        control[1].extend([heading, text])

    assert settled(change_of(export(small(), model, baseline(wrap))), settle.reject) == headed("5.20.2")


def test_kinds_of_spaces_and_hyphens_do_not_hide_a_title(baseline, small, model: Model) -> None:
    def retype(document: docx.document.Document) -> None:
        heading = paragraph_of(document, "5.20.2")
        text = heading.text.replace("\t", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}")
        heading.clear().add_run(text)

    assert (
        settled(change_of(export(small(), model, baseline(retype))), settle.reject)[1:]
        == (headed("5.20.2")[1:])
    )


def test_a_picture_of_a_clause_that_is_left_out_is_left_out(baseline, small, model: Model) -> None:
    def add(document: docx.document.Document) -> None:
        document.paragraphs[1].add_run().add_picture(io.BytesIO(PIXEL))

    octets = export(small(), model, baseline(add))
    package = docx.Document(io.BytesIO(octets)).part.package
    assert not [part for part in package.iter_parts() if "image" in part.content_type]


def canonical(element: Element) -> tuple:
    """Return everything that an element says."""
    return element.tag, dict(element.attrib), element.text or "", [canonical(child) for child in element]


def test_a_field_whose_words_change_goes_as_a_whole(baseline, small, model: Model) -> None:
    """A field is never cut: it stays, or goes and comes again as text."""
    field = (
        f"<w:p {nsdecls('w')}><w:r><w:t>In SDP, security for BFCP is specified using the </w:t></w:r>"
        '<w:fldSimple w:instr="REF x"><w:r><w:t>transport TCP</w:t></w:r></w:fldSimple>'
        "<w:r><w:t>/TLS/BFCP.</w:t></w:r></w:p>"
    )

    def change(document: docx.document.Document) -> None:
        (old,) = [found for found in document.paragraphs if found.text.startswith("In SDP")]
        old._p.getparent().replace(old._p, parse_xml(field))

    blocks = change_of(export(small(), model, baseline(change)))
    assert (
        settled(blocks, settle.reject)[1]
        == "In SDP, security for BFCP is specified using the transport TCP/TLS/BFCP."
    )
    assert BFCP_004 in settled(blocks, settle.accept)


def insert_after(document: docx.document.Document, start: str, text: str, style: str) -> None:
    paragraph = next(found for found in document.paragraphs if found.text.startswith(start))
    paragraph.insert_paragraph_before(text, style=style)


def renamed(document: docx.document.Document) -> None:
    heading = next(found for found in document.paragraphs if found.text.startswith("5.20.2"))
    for run in heading.runs:
        run.text = run.text.replace("TLS", "DTLS")


def removed(document: docx.document.Document) -> None:
    heading = next(found for found in document.paragraphs if found.text.startswith("5.20.2"))
    heading._p.getparent().remove(heading._p)


def doubled(document: docx.document.Document) -> None:
    document.add_paragraph("5.20.2\tEnd-to-end security for TCP-based media using TLS", style="Heading 3")


def counted(document: docx.document.Document) -> None:
    heading = paragraph_of(document, "5.20.2")
    heading.clear().add_run("End-to-end security for TCP-based media using TLS")


def marked_heading(document: docx.document.Document) -> None:
    heading = paragraph_of(document, "5.20.2")
    heading._p.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="7" w:author="A"><w:r><w:t>!</w:t></w:r></w:ins>')
    )


def marked(document: docx.document.Document) -> None:
    paragraph = next(found for found in document.paragraphs if found.text.startswith("In SDP"))
    paragraph._p.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="7" w:author="A"><w:r><w:t>!</w:t></w:r></w:ins>')
    )


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (removed, "has no clause 5.20.2 End-to-end security for TCP-based media using TLS."),
        (doubled, "has clause 5.20.2 2 times."),
        (
            renamed,
            "has the title 'End-to-end security for TCP-based media using DTLS' at clause 5.20.2, and the "
            "definition has 'End-to-end security for TCP-based media using TLS'.",
        ),
        (marked, "holds revision marks in clause 5.20.2: settle them first."),
        (marked_heading, "holds revision marks in clause 5.20.2: settle them first."),
        (
            counted,
            "has no clause 5.20.2 End-to-end security for TCP-based media using TLS: a heading with that "
            "title has no number in its text, and Word may count it by itself.",
        ),
    ],
)
def test_it_stops_with_a_plain_sentence(fault, sentence: str, baseline, small, model: Model) -> None:
    source = baseline(fault)
    with pytest.raises(CannotRun) as stopped:
        export(small(), model, source)
    assert str(stopped.value) == f"{source} {sentence}"


def test_marks_in_other_clauses_do_not_matter(baseline, small, model: Model) -> None:
    def mark(document: docx.document.Document) -> None:
        document.paragraphs[1]._p.append(
            parse_xml(f'<w:ins {nsdecls("w")} w:id="7" w:author="A"><w:r><w:t>!</w:t></w:r></w:ins>')
        )

    assert settled(change_of(export(small(), model, baseline(mark))), settle.reject) == headed("5.20.2")


def test_a_new_clause_goes_behind_the_one_that_the_definition_names(baseline, small, model: Model) -> None:
    blocks = change_of(export(small('new = true\nafter = "5.20.1"'), model, baseline(removed)))
    assert settled(blocks, settle.accept)[0].startswith("5.20.2\t")
    assert settled(blocks, settle.reject) == []


def test_same_input_same_octets(baseline, small, model: Model) -> None:
    source = baseline()
    assert export(small(), model, source) == export(small(), model, source)


def test_the_template_of_the_baseline_is_not_named(baseline, small, model: Model) -> None:
    """A specification names its template: on another machine that is a broken link."""

    def attach(document: docx.document.Document) -> None:
        part = document.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS)
        identity = part.relate_to(
            "file:///C:/3gpp_70.dot",
            RELATIONSHIP_TYPE.SETTINGS.replace("settings", "attachedTemplate"),
            is_external=True,
        )
        document.settings.element.insert(
            0, parse_xml(f'<w:attachedTemplate {nsdecls("w", "r")} r:id="{identity}"/>')
        )

    octets = export(small(), model, baseline(attach))
    assert b"3gpp_70" not in b"".join(
        part.blob for part in docx.Document(io.BytesIO(octets)).part.package.iter_parts()
    )
