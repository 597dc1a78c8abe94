"""LibreOffice reads our documents and edits them with its change tracking; we find exactly those edits."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from mpspec.change_request import Definition, Returned, definitions, export, returned
from mpspec.change_request.importing import EditKind
from mpspec.model import Model

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "reqs/change_requests/ts23333-mp-e2e.toml"
PSEUDO_CR = ROOT / "reqs/change_requests/tr29828-mp-e2e.toml"

EDITOR = "Erika Musterfrau"
USER = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.UserProfile/Data">
<prop oor:name="givenname" oor:op="fuse"><value>Erika</value></prop></item>
<item oor:path="/org.openoffice.UserProfile/Data">
<prop oor:name="sn" oor:op="fuse"><value>Musterfrau</value></prop></item>
</oor:items>"""
MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{}</script:module>"""
MACRO = """
Function Found(doc, words)
  search = doc.createSearchDescriptor()
  search.SearchString = words
  search.SearchCaseSensitive = True
  Found = doc.findFirst(search)
End Function

Sub Settle(doc, command)
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  dispatcher.executeDispatch(doc.CurrentController.Frame, command, "", 0, Array())
End Sub

Sub Main(source As String, target As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  doc = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  doc.RecordChanges = True
  {}
  Dim filter(0) As New com.sun.star.beans.PropertyValue
  filter(0).Name = "FilterName"
  filter(0).Value = "MS Word 2007 XML"
  doc.storeToURL(target, filter())
  doc.close(True)
End Sub
"""

REPLACE = """
  hit = Found(doc, "need not be considered")
  hit.String = "does not need consideration"
"""
TYPE = """
  hit = Found(doc, "using the transport")
  hit.Text.insertString(hit.End, " protocol", False)
"""
DELETE = """
  hit = Found(doc, "{}")
  hit.gotoStartOfParagraph(False)
  hit.gotoEndOfParagraph(True)
  hit.String = ""
"""
COMMENT = """
  note = doc.createInstance("com.sun.star.text.textfield.Annotation")
  note.Author = "Erika Musterfrau"
  note.Content = "Is that so?"
  hit = Found(doc, "There is never a BFCP session")
  hit.Text.insertTextContent(hit, note, True)
"""
NEW_SENTENCE = """
  hit = Found(doc, "TCP/TLS/BFCP" + Chr(34) + ".")
  hit.Text.insertString(hit.End, " It is never omitted.", False)
"""
NEW_PARAGRAPH = """
  hit = Found(doc, "There is never a BFCP session")
  hit.gotoStartOfParagraph(False)
  hit.Text.insertString(hit, "The floor control server may reject a request." + Chr(13), False)
"""
MOVE_UP = """
  hit = Found(doc, "In SDP, security")
  hit.gotoStartOfParagraph(False)
  hit.gotoEndOfParagraph(True)
  doc.CurrentController.select(hit)
  Settle doc, ".uno:MoveUp"
"""
SPLIT = """
  hit = Found(doc, "BFCP traffic shall be protected")
  hit.Text.insertString(hit.Start, Chr(13), False)
"""
JOIN = """
  hit = Found(doc, "In SDP, security")
  hit.gotoEndOfParagraph(False)
  hit.goRight(1, True)
  hit.String = " "
"""
ACCEPT = """
  Settle doc, ".uno:AcceptAllTrackedChanges"
"""
REJECT = """
  Settle doc, ".uno:RejectAllTrackedChanges"
"""


@pytest.fixture(scope="session")
def office(need, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Return a function that runs LibreOffice with a profile of its own."""
    program = need("soffice")
    profile = tmp_path_factory.mktemp("office")
    (profile / "user").mkdir()
    (profile / "user/registrymodifications.xcu").write_text(USER, encoding="utf-8")

    def run(*arguments: str) -> None:
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            *arguments,
        ]
        subprocess.run(command, capture_output=True, check=True, timeout=180)

    run("--terminate_after_init")
    run.macro = profile / "user/basic/Standard/Module1.xba"  # type: ignore[attr-defined]
    return run


@pytest.fixture(scope="session")
def model(requirements_root: Path) -> Model:
    return Model.load(requirements_root)


@pytest.fixture
def edited(office, model: Model, tmp_path: Path) -> Callable[..., Returned]:
    """Return a function that exports a definition, edits the document in LibreOffice, and takes it back."""

    def edit(definition: Path, *steps: str) -> Returned:
        source, target = tmp_path / "exported.docx", tmp_path / "edited.docx"
        source.write_bytes(export(Definition.load(definition), model))
        office.macro.write_text(MODULE.format(escape(MACRO.format("".join(steps)))), encoding="utf-8")
        office(f'macro:///Standard.Module1.Main("{source.as_uri()}","{target.as_uri()}")')
        assert target.exists(), "The macro did not run to its end."
        return returned(target, model)

    return edit


def found(result: Returned) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(edit.statement, str(edit.kind), edit.words, edit.authors) for edit in result.edits]


BY = (EDITOR,)
TYPED = (
    "MP_BFCP_004",
    "changed",
    'In SDP, security for BFCP is specified using the transport {+protocol+} "TCP/TLS/BFCP".',
)


def test_opened_and_saved_is_not_edited(edited) -> None:
    """All that LibreOffice rewrites of the file is no edit."""
    assert found(edited(MAIN)) == []
    assert found(edited(PSEUDO_CR)) == []


def test_tracked_edits_of_a_cr_are_found_exactly(edited) -> None:
    result = edited(MAIN, REPLACE, TYPE, DELETE.format("TLS is based on the shared secret"), COMMENT)
    replaced = (
        "i.e. the use case where both peers are behind a NAT {+does not+} need [-not be considered-] "
        "{+consideration+} for the Mp interface."
    )
    deleted = "[-TLS is based on the shared secret established with MIKEY-TICKET (see IETF RFC 6043 [33]).-]"
    assert found(result) == [
        (*TYPED, BY),
        ("MP_BFCP_007", "changed", replaced, BY),
        ("MP_GEN_010", "deleted", deleted, BY),
    ]
    (comment,) = result.comments
    assert (comment.author, comment.text) == (EDITOR, "Is that so?")
    assert (comment.statement, comment.on) == ("MP_BFCP_005", "There is never a BFCP session")


def test_new_text_is_placed(edited) -> None:
    result = edited(MAIN, NEW_SENTENCE, NEW_PARAGRAPH)
    assert found(result) == [
        ("", "new", "{+It is never omitted.+}", BY),
        ("", "new", "{+The floor control server may reject a request.+}", BY),
    ]
    assert [(edit.clause, edit.after) for edit in result.edits] == [
        ("5.20.2", "MP_BFCP_004"),
        ("5.20.2", "MP_BFCP_004"),
    ]


def test_a_paragraph_that_was_moved_is_found(edited) -> None:
    """LibreOffice leaves the bookmark at the old place, and puts a copy of it around the new one."""
    (edit,) = edited(MAIN, MOVE_UP).edits
    assert (edit.statement, edit.kind, edit.authors) == ("MP_BFCP_004", EditKind.MOVED, BY)
    assert (edit.clause, edit.after) == ("5.20.2", "MP_BFCP_003")


def test_paragraphs_that_were_split_and_joined_are_found(edited) -> None:
    for definition in (MAIN, PSEUDO_CR):
        assert [
            (edit.statement, edit.kind, edit.authors) for edit in edited(definition, SPLIT, JOIN).edits
        ] == [
            ("MP_BFCP_003", EditKind.SPLIT, BY),
            ("MP_BFCP_005", EditKind.JOINED, BY),
        ]


def test_accepted_edits_are_found_too(edited) -> None:
    """Once the marks are accepted nobody is named any more, and the edits are the same."""
    assert found(edited(MAIN, TYPE, ACCEPT)) == [(*TYPED, ())]


def test_rejected_edits_are_none(edited) -> None:
    assert found(edited(PSEUDO_CR, TYPE, REJECT)) == []


def test_a_cr_whose_marks_are_rejected_has_lost_all(edited, model: Model) -> None:
    result = edited(MAIN, REJECT)
    kinds = {edit.kind for edit in result.edits}
    assert kinds == {EditKind.DELETED, EditKind.OTHER}
    carried = {edit.statement for edit in result.edits if edit.kind is EditKind.DELETED}
    assert carried == {"MP_MSRP_001"} | {
        statement.id
        for statement in model.statements
        if statement.moves_to and statement.id not in result.definition.stays
    }


def test_tracked_edits_of_the_p_cr_are_found_exactly(edited) -> None:
    result = edited(PSEUDO_CR, TYPE, NEW_SENTENCE, DELETE.format("TS 33.328 describes two"))
    deleted = (
        "[-TS 33.328 describes two completely different conferencing security solutions in its Annex G.-]"
    )
    assert found(result) == [
        (*TYPED, BY),
        ("", "new", "{+It is never omitted.+}", BY),
        ("MP_GEN_001", "deleted", deleted, BY),
    ]


PAGES = {"tr29828-mp-e2e": {2}, "ts23333-mp-e2e": {2, 3}, "ts23333-mp-e2e-rel13": {2, 3}}
"""How many pages each has: the CR takes two in fonts as narrow as Arial, three in those of a bare Debian."""

WANTED = {
    "tr29828-mp-e2e": ["<TDoc#>", "1. Introduction", "* * * First Change * * * *", "7.1.1.3"],
    "ts23333-mp-e2e": ["CR-Form-v12.1", "CHANGE REQUEST", "Clauses affected:", "5.20.2", "End of Changes"],
    "ts23333-mp-e2e-rel13": ["CHANGE REQUEST", "Rel-13", "(Release 13)", "6.2.19.3"],
}


@pytest.fixture(scope="session")
def pdfs(office, model: Model, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the PDF that LibreOffice makes of each kind of document."""
    folder = tmp_path_factory.mktemp("pdf")
    sources = {definition.name: folder / f"{definition.name}.docx" for definition in definitions(ROOT)}
    for definition in definitions(ROOT):
        sources[definition.name].write_bytes(export(definition, model))
    office("--convert-to", "pdf", "--outdir", str(folder), *map(str, sources.values()))
    return {name: source.with_suffix(".pdf") for name, source in sources.items()}


@pytest.mark.parametrize("name", PAGES)
def test_each_kind_becomes_a_pdf(name: str, pdfs: dict[str, Path], need) -> None:
    """LibreOffice lays each document out, on as many pages as were looked at, with its text."""
    reader, counter = need("pdftotext"), need("pdfinfo")
    pdf = str(pdfs[name])
    text = subprocess.run([reader, "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    for wanted in WANTED[name]:
        assert wanted in text
    facts = subprocess.run([counter, pdf], capture_output=True, text=True, check=True).stdout
    pages = re.search(r"^Pages:\s+(\d+)$", facts, re.M)
    assert pages is not None
    assert int(pages[1]) in PAGES[name]
    assert "A4" in facts
