"""The way back: edits of a document are found, and written into `reqs/` when the user says so."""

import io
import json
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from mpspec.change_request import Definition, apply, export, planned, returned
from mpspec.change_request.importing import EditKind
from mpspec.cli.cr import command
from mpspec.model import CannotRun, Model
from mpspec.model.reviews import record

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN = Path("reqs/change_requests/ts23333-mp-e2e.toml")
PSEUDO_CR = Path("reqs/change_requests/tr29828-mp-e2e.toml")
Document = docx.document.Document


@pytest.fixture
def edited(own_requirements: Path) -> Callable[..., Path]:
    """Return a function that exports a definition, changes the document, and gives the file."""

    def make(definition: Path, *changes: Callable[[Document], None]) -> Path:
        model = Model.load(own_requirements)
        document = docx.Document(io.BytesIO(export(Definition.load(own_requirements / definition), model)))
        for change in changes:
            change(document)
        path = own_requirements.parent / "edited.docx"
        document.save(path)
        return path

    return make


@pytest.fixture
def take_back(own_requirements: Path) -> Callable[..., list[tuple[str, str, str]]]:
    def take(path: Path) -> list[tuple[str, str, str]]:
        found = returned(path, Model.load(own_requirements))
        return [(edit.statement, str(edit.kind), edit.words) for edit in found.edits]

    return take


def paragraph(document: Document, start: str):
    """Return the paragraph whose text begins so, marks accepted."""
    for found in document.element.body.iter(f"{W}p"):
        if "".join(text.text or "" for text in found.iter(f"{W}t")).startswith(start):
            return found
    raise AssertionError(start)


def reworded(old: str, new: str) -> Callable[[Document], None]:
    """Return what types over a word, without any mark."""

    def change(document: Document) -> None:
        (text,) = [found for found in document.element.body.iter(f"{W}t") if old in (found.text or "")]
        text.text = text.text.replace(old, new)

    return change


def removed(start: str) -> Callable[[Document], None]:
    return lambda document: (lambda gone: gone.getparent().remove(gone))(paragraph(document, start))


def added(text: str, before: str) -> Callable[[Document], None]:
    made = f"<w:p {nsdecls('w')}><w:r><w:t>{text}</w:t></w:r></w:p>"
    return lambda document: paragraph(document, before).addprevious(parse_xml(made))


def moved(start: str, before: str) -> Callable[[Document], None]:
    return lambda document: paragraph(document, before).addprevious(paragraph(document, start))


def without_bookmarks(document: Document) -> None:
    for tag in ("bookmarkStart", "bookmarkEnd"):
        for mark in list(document.element.body.iter(f"{W}{tag}")):
            mark.getparent().remove(mark)


SDP = "In SDP, security for BFCP"
NEVER = "There is never a BFCP session"


def test_a_document_as_exported_has_no_edit(edited, take_back) -> None:
    assert take_back(edited(MAIN)) == []
    assert take_back(edited(PSEUDO_CR)) == []


def test_a_changed_word(edited, take_back) -> None:
    assert take_back(edited(PSEUDO_CR, reworded("is specified using", "is offered using"))) == [
        (
            "MP_BFCP_004",
            "changed",
            'In SDP, security for BFCP is [-specified-] {+offered+} using the transport "TCP/TLS/BFCP".',
        )
    ]


def test_marks_of_several_authors_are_told_apart(edited, own_requirements: Path) -> None:
    """A deletion by one and an insertion by another, both pending, inside of our own insertion."""

    def mark(document: Document) -> None:
        changed = paragraph(document, SDP)
        (insertion,) = [found for found in changed.iter(f"{W}ins") if found.getparent() is changed]
        for child in list(insertion):
            insertion.remove(child)
        insertion.append(parse_xml(f'<w:r {nsdecls("w")}><w:t xml:space="preserve">In SDP, </w:t></w:r>'))
        insertion.append(
            parse_xml(
                f'<w:del {nsdecls("w")} w:id="901" w:author="Anna" w:date="2026-11-24T10:00:00Z">'
                '<w:r><w:delText xml:space="preserve">security for BFCP is specified </w:delText></w:r>'
                "</w:del>"
            )
        )
        insertion.addnext(
            parse_xml(
                f'<w:ins {nsdecls("w")} w:id="902" w:author="Bert" w:date="2026-11-24T11:00:00Z">'
                '<w:r><w:t>BFCP is secured using the transport "TCP/TLS/BFCP".</w:t></w:r></w:ins>'
            )
        )

    (edit,) = returned(edited(MAIN, mark), Model.load(own_requirements)).edits
    assert (edit.statement, edit.kind, edit.authors) == ("MP_BFCP_004", EditKind.CHANGED, ("Anna", "Bert"))
    assert edit.new == 'In SDP, BFCP is secured using the transport "TCP/TLS/BFCP".'


def test_comments_by_several_authors(edited, own_requirements: Path) -> None:
    def comment(document: Document) -> None:
        for start, author in ((SDP, "Anna"), (NEVER, "Bert")):
            found = docx.text.paragraph.Paragraph(paragraph(document, start), document)
            document.add_comment(found.runs[0], text=f"Says {author}.", author=author, initials=author[0])

    result = returned(edited(PSEUDO_CR, comment), Model.load(own_requirements))
    assert result.edits == ()
    assert [(found.author, found.text, found.statement) for found in result.comments] == [
        ("Anna", "Says Anna.", "MP_BFCP_004"),
        ("Bert", "Says Bert.", "MP_BFCP_005"),
    ]


def test_comments_of_the_baseline_are_no_comments_on_the_cr(own_requirements: Path, tmp_path: Path) -> None:
    definition, baseline, made = tmp_path / "own.toml", tmp_path / "baseline.docx", tmp_path / "cr.docx"
    definition.write_text(
        'kind = "CR"\nspecification = "TS 23.333"\n[[changes]]\nclause = "5.20.1"\ntitle = "General"\n'
        '[[changes.content]]\ncarries = ["MP_BFCP_003"]\n',
        encoding="utf-8",
    )
    document = docx.Document()
    document.add_paragraph("5.20.1\tGeneral", style="Heading 3")
    document.add_comment(document.add_paragraph("Old.").runs[0], text="Of the editor.", author="MCC")
    document.save(baseline)
    model = Model.load(own_requirements)
    exported = docx.Document(io.BytesIO(export(Definition.load(definition), model, baseline)))
    run = docx.text.paragraph.Paragraph(paragraph(exported, "Old."), exported).runs[0]
    exported.add_comment(run, text="Of the meeting.", author="Anna")
    exported.save(made)
    result = returned(made, model, definition, baseline)
    assert result.edits == ()
    assert [(comment.author, comment.text) for comment in result.comments] == [("Anna", "Of the meeting.")]


def test_new_deleted_and_moved(edited, take_back) -> None:
    found = take_back(
        edited(
            PSEUDO_CR,
            added("A new sentence of the meeting.", SDP),
            removed("TS 33.328 describes two"),
            moved("An MRFC and MRFP may support end-to-end security protection", NEVER),
        )
    )
    gone = "TS 33.328 describes two completely different conferencing security solutions in its Annex G."
    assert [(statement, kind) for statement, kind, _ in found] == [
        ("", "new"),
        ("MP_MSRP_001", "moved"),
        ("MP_GEN_001", "deleted"),
    ]
    assert found[0][2] == "{+A new sentence of the meeting.+}"
    assert found[2][2] == f"[-{gone}-]"


def test_text_that_belongs_nowhere_is_listed(edited, take_back) -> None:
    """Edits of the cover, of a heading and of a marker line are told, never dropped."""
    found = take_back(
        edited(
            PSEUDO_CR,
            reworded("<Introduction part (optional)>", "This is why."),
            reworded("Specific requirements for conferencing (BFCP)", "Requirements for conferencing"),
            added("Scribbled above the change.", "* * * First Change"),
        )
    )
    assert {(statement, words) for statement, _, words in found} == {
        ("", "[-<Introduction part (optional)>-] {+This is why.+}"),
        ("", "{+Scribbled above the change.+}"),
        ("", "7.1.1.3 [-Specific requirements-] {+Requirements+} for conferencing [-(BFCP)-]"),
    }


def moved_by_libreoffice(start: str, before: str) -> Callable[[Document], None]:
    """Return a move while changes are recorded: the old place keeps its bookmark, the new one has a copy."""

    def change(document: Document) -> None:
        old = paragraph(document, start)
        new = deepcopy(old)
        for mark in new.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd"):
            mark.set(f"{W}id", str(800 + int(mark.get(f"{W}id"))))
            if mark.tag.endswith("Start"):
                mark.set(f"{W}name", f"{mark.get(f'{W}name')}_Copy_1")
        for place, tag in ((old, "moveFrom"), (new, "moveTo")):
            for run in list(place.iter(f"{W}r")):
                mark = f'<w:{tag} {nsdecls("w")} w:id="870" w:author="Anna" w:date="2026-11-24T10:00:00Z"/>'
                around = parse_xml(mark)
                run.addprevious(around)
                around.append(run)
        paragraph(document, before).addprevious(new)

    return change


def without_copies(document: Document) -> None:
    """Word leaves the bookmark at the old place, and has none at the new one."""
    for start in list(document.element.body.iter(f"{W}bookmarkStart")):
        if "_Copy_" in start.get(f"{W}name"):
            start.getparent().remove(start)


@pytest.mark.parametrize("more", [(), (without_copies,)], ids=["LibreOffice", "Word"])
def test_a_move_that_was_recorded_is_a_move(more, edited, own_requirements: Path) -> None:
    never = moved_by_libreoffice(SDP, "An MRFC and MRFP may support end-to-end conferencing")
    path = edited(PSEUDO_CR, never, *more)
    model = Model.load(own_requirements)
    (edit,) = returned(path, model).edits
    assert (edit.statement, edit.kind, edit.authors) == ("MP_BFCP_004", EditKind.MOVED, ("Anna",))
    assert (edit.clause, edit.after, edit.old) == ("7.1.1.3", "MP_BFCP_001", edit.new)
    committed(own_requirements)
    assert applied(path, own_requirements) == []
    order = [found.id for found in Model.load(own_requirements).statements if found.clause == "7.1.1.3"]
    assert order[:3] == ["MP_BFCP_001", "MP_BFCP_004", "MP_BFCP_002"]


def test_a_copy_of_a_statement_is_new_text(edited, take_back) -> None:
    def copy(document: Document) -> None:
        moved_by_libreoffice(SDP, NEVER)(document)
        for mark in list(document.element.body.iter(f"{W}moveFrom", f"{W}moveTo")):
            for run in list(mark):
                mark.addprevious(run)
            mark.getparent().remove(mark)

    assert take_back(edited(PSEUDO_CR, copy)) == [
        ("", "new", '{+In SDP, security for BFCP is specified using the transport "TCP/TLS/BFCP".+}')
    ]


def split(document: Document) -> None:
    """Enter between two statements of a paragraph."""
    first = paragraph(document, "An MRFC and MRFP may support end-to-end conferencing BFCP")
    starts = [found for found in first.iter(f"{W}bookmarkStart") if found.get(f"{W}name") == "MP_BFCP_003"]
    (start,) = starts
    second = parse_xml(f"<w:p {nsdecls('w')}/>")
    first.addnext(second)
    while start.getnext() is not None:
        second.append(start.getnext())
    second.insert(0, start)


def joined(document: Document) -> None:
    """Backspace at the begin of a paragraph."""
    second, first = paragraph(document, NEVER), paragraph(document, SDP)
    first.append(parse_xml(f'<w:r {nsdecls("w")}><w:t xml:space="preserve"> </w:t></w:r>'))
    for child in list(second):
        if not child.tag.endswith("}pPr"):
            first.append(child)
    second.getparent().remove(second)


def test_a_join_that_is_pending_is_a_join(edited, take_back) -> None:
    """The end of a paragraph is deleted, and the deletion not yet accepted."""

    def join(document: Document) -> None:
        gone = f'<w:del {nsdecls("w")} w:id="870" w:author="Anna" w:date="2026-11-24T10:00:00Z"/>'
        properties = docx.text.paragraph.Paragraph(paragraph(document, SDP), document)._p.get_or_add_pPr()
        of_end = parse_xml(f"<w:rPr {nsdecls('w')}/>")
        of_end.append(parse_xml(gone))
        properties.append(of_end)

    assert [(statement, kind) for statement, kind, _ in take_back(edited(PSEUDO_CR, join))] == [
        ("MP_BFCP_005", "joined to the paragraph before")
    ]


@pytest.mark.parametrize("definition", [MAIN, PSEUDO_CR], ids=["CR", "P-CR"])
def test_paragraphs_split_and_joined(definition: Path, edited, own_requirements: Path, take_back) -> None:
    path = edited(definition, split, joined)
    assert [(statement, kind) for statement, kind, _ in take_back(path)] == [
        ("MP_BFCP_003", "in a paragraph of its own"),
        ("MP_BFCP_005", "joined to the paragraph before"),
    ]
    committed(own_requirements)
    assert applied(path, own_requirements) == []
    assert take_back(path) == []
    model = Model.load(own_requirements)
    written = docx.Document(io.BytesIO(export(Definition.load(own_requirements / definition), model)))
    for start in ("BFCP traffic shall be protected", "In SDP, security for BFCP"):
        assert paragraph(written, start) is not None
    with pytest.raises(AssertionError):
        paragraph(written, NEVER)


def test_statements_are_found_without_their_bookmarks(edited, take_back) -> None:
    """An editor that drops bookmarks: a paragraph of one statement is found by its words."""
    found = take_back(
        edited(PSEUDO_CR, without_bookmarks, reworded("is specified using", "is offered using"))
    )
    by_statement = {statement: (kind, words) for statement, kind, words in found}
    assert by_statement["MP_BFCP_004"][0] == "changed"
    assert "MP_MSRP_001" not in by_statement


def test_a_statement_that_was_cut_in_two_is_one(edited, take_back) -> None:
    """Enter in the middle of a sentence: its bookmark goes over two paragraphs."""

    def cut(document: Document) -> None:
        first = paragraph(document, SDP)
        (start,) = first.findall(f"{W}bookmarkStart")
        (end,) = first.findall(f"{W}bookmarkEnd")
        (run,) = first.findall(f"{W}r")
        run.find(f"{W}t").text = "In SDP, security for BFCP is specified"
        second = parse_xml(
            f'<w:p {nsdecls("w")}><w:r><w:t>using the transport "TCP/TLS/BFCP".</w:t></w:r></w:p>'
        )
        second.append(end)
        first.addnext(second)
        assert start.getparent() is first

    assert take_back(edited(PSEUDO_CR, cut)) == []


def committed(root: Path) -> None:
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "before"]):
        subprocess.run(
            ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments],
            cwd=root,
            check=True,
            capture_output=True,
        )


def applied(path: Path, root: Path) -> list[str]:
    """Apply the edits; return what has no place in `reqs/`, as word diffs."""
    model = Model.load(root)
    _, left = apply(returned(path, model), model)
    return [edit.words for edit in left]


def test_apply_wants_a_clean_tree(edited, own_requirements: Path) -> None:
    path = edited(PSEUDO_CR, reworded("is specified using", "is offered using"))
    with pytest.raises(CannotRun, match="is no git work tree"):
        applied(path, own_requirements)
    committed(own_requirements)
    (own_requirements / "reqs/stray.txt").write_text("not committed")
    with pytest.raises(CannotRun, match="has changes: commit or stash them"):
        applied(path, own_requirements)


def test_apply_to_the_p_cr_changes_the_statements(edited, own_requirements: Path, take_back) -> None:
    """Changed, new, moved and deleted statements stand in `reqs/`; the document has no edit any more."""
    path = edited(
        PSEUDO_CR,
        reworded("is specified using", "should be specified using"),
        added("The MRFC shall do what the meeting wants.", NEVER),
        removed("TS 33.328 describes two"),
        moved("An MRFC and MRFP may support end-to-end security protection", SDP),
    )
    reviewed = Model.load(own_requirements).requirements.values()
    record(own_requirements, reviewed, by="A Reviewer", date="2026-11-23", note="")
    committed(own_requirements)
    before = Model.load(own_requirements)
    assert before.suspects == {}
    assert applied(path, own_requirements) == []
    after = Model.load(own_requirements)
    assert "MP_BFCP_004" in after.suspects
    assert [problem for problem in after.problems if problem.path.startswith("reqs/tr29828")] == []
    changed = after.requirements["MP_BFCP_004"]
    assert changed.text.startswith("In SDP, security for BFCP should be specified")
    assert changed.strength == "should"
    assert changed.fingerprint != before.requirements["MP_BFCP_004"].fingerprint
    assert "MP_GEN_001" not in after.requirements
    assert after.requirements["MP_MSRP_001"].clause == "7.1.1.3"
    new = after.requirements["MP_BFCP_009"]
    assert (new.text, new.kind, new.strength) == (
        "The MRFC shall do what the meeting wants.",
        "requirement",
        "shall",
    )
    order = [found.id for found in after.statements if found.clause == "7.1.1.3"]
    assert order.index("MP_MSRP_001") < order.index("MP_BFCP_004") < order.index("MP_BFCP_009")
    assert take_back(path) == []


def test_apply_to_a_cr_changes_its_wording(edited, own_requirements: Path, take_back) -> None:
    """The TR keeps its text; the definition carries what the meeting made of it."""
    path = edited(
        MAIN,
        reworded("is specified using", "is offered using"),
        added("The MRFC is told.", NEVER),
        reworded("There is never a", "There is no"),
        reworded("The following clauses apply", "These clauses apply"),
        reworded("(see IETF RFC 6043 [33])", "(RFC 6043 [33])"),
        removed(
            "The MRFC and the MRFP may support the procedures of this clause for end-to-end conferencing"
        ),
    )
    committed(own_requirements)
    before = Model.load(own_requirements)
    assert applied(path, own_requirements) == []
    after = Model.load(own_requirements)
    assert after.statements == before.statements
    plan = planned(Definition.load(own_requirements / MAIN), after)
    texts = {(found.statement.id, found.clause): found for found in plan.carried}
    assert texts["MP_BFCP_004", "5.20.2"].adapted
    assert texts["MP_BFCP_005", "5.20.2"].text == "There is no BFCP session between two UEs,"
    assert "[RFC 6043]" in (own_requirements / MAIN).read_text(encoding="utf-8")
    assert ("MP_BFCP_002", "6.2.19.3") not in texts
    assert ("MP_BFCP_002", "5.20.2") in texts
    assert take_back(path) == []


OWN = """
kind = "CR"
specification = "TS 23.333"
[[changes]]
clause = "8.44"
title = "Configure BFCP Termination"
[[changes.content]]
carries = ["MP_BFCP_004"]
[[changes.content]]
style = "TH"
text = "Table 8.44.1: Procedures"
[[changes.content]]
rows = [["Procedure", "Element"], ["Configure", "Pre-Shared Key\\nMandatory"], ["Release", "None"]]
[[changes.content]]
style = "B1"
text = "-\\tfirst item of TS 33.328 [TS 33.328];"
[[changes.content]]
style = "NO"
text = "NOTE:\\tIt is a note."
"""


@pytest.fixture
def of_its_own(own_requirements: Path) -> Path:
    """Write a definition whose text is mostly the CR's own: a table, a list, a note."""
    path = Path("reqs/change_requests/own.toml")
    (own_requirements / path).write_text(OWN, encoding="utf-8")
    return path


def like(text: str, other: str) -> Callable[[Document], None]:
    """Return what types a new paragraph below another one, in its style."""

    def change(document: Document) -> None:
        beside = paragraph(document, other)
        made = deepcopy(beside)
        for child in list(made):
            if not child.tag.endswith("}pPr"):
                made.remove(child)
        docx.text.paragraph.Paragraph(made, document).add_run(text)
        beside.addnext(made)

    return change


def test_apply_to_texts_of_the_cr_itself(of_its_own: Path, edited, own_requirements: Path, take_back) -> None:
    """Cells, items and notes keep their styles and tabs; what is new stands where it was typed."""
    path = edited(
        of_its_own,
        reworded("Pre-Shared Key", "PSK"),
        reworded("first item of", "the first item, see"),
        reworded("It is a note.", "Nobody knows that."),
        like("-\tsecond item.", "-the first item"),
        like("The end.", "In SDP, security"),
        lambda document: docx.text.paragraph.Paragraph(paragraph(document, SDP), document).add_run(
            " Always."
        ),
    )
    assert len(take_back(path)) == 6
    committed(own_requirements)
    assert applied(path, own_requirements) == []
    assert take_back(path) == []
    model = Model.load(own_requirements)
    (clause,) = (
        found
        for found in planned(Definition.load(own_requirements / of_its_own), model).clauses
        if found.number == "8.44"
    )
    table = clause.blocks[3]
    assert [(block.style, block.text) for block in clause.blocks if block is not table] == [
        ("Normal", 'In SDP, security for BFCP is specified using the transport "TCP/TLS/BFCP". Always.'),
        ("Normal", "The end."),
        ("TH", "Table 8.44.1: Procedures"),
        ("B1", "-\tthe first item, see TS\N{NO-BREAK SPACE}33.328 [31];"),
        ("B1", "-\tsecond item."),
        ("NO", "NOTE:\tNobody knows that."),
    ]
    assert table.rows == (
        ("Procedure", "Element"),
        ("Configure", "PSK\nMandatory"),
        ("Release", "None"),
    )


def test_a_row_that_is_new_or_gone_is_told(of_its_own: Path, edited, own_requirements: Path) -> None:
    def rows(document: Document) -> None:
        (gone,) = [
            row for row in document.element.body.iter(f"{W}tr") if "Release" in "".join(row.itertext())
        ][-1:]
        (first,) = [
            row for row in document.element.body.iter(f"{W}tr") if "Mandatory" in "".join(row.itertext())
        ]
        new = deepcopy(first)
        for text, typed in zip(new.iter(f"{W}t"), ("Notify", "Event", "Optional"), strict=True):
            text.text = typed
        first.addnext(new)
        gone.getparent().remove(gone)

    path = edited(of_its_own, rows)
    committed(own_requirements)
    before = (own_requirements / of_its_own).read_bytes()
    told = " ".join(applied(path, own_requirements))
    for words in ("{+Notify+}", "{+Event+}", "{+Optional+}", "[-Release-]", "[-None-]"):
        assert words in told
    assert (own_requirements / of_its_own).read_bytes() == before


def test_apply_moves_a_statement_of_a_cr(edited, own_requirements: Path, take_back) -> None:
    path = edited(MAIN, moved(SDP, "The MRFC and the MRFP may support the procedures of this clause for"))
    committed(own_requirements)
    assert applied(path, own_requirements) == []
    plan = planned(Definition.load(own_requirements / MAIN), Model.load(own_requirements))
    assert {found.clause for found in plan.carried if found.statement.id == "MP_BFCP_004"} == {"6.2.19.2"}
    assert take_back(path) == []


def test_apply_keeps_a_statement_that_goes_in_the_account(edited, own_requirements: Path) -> None:
    path = edited(MAIN, removed(SDP))
    committed(own_requirements)
    applied(path, own_requirements)
    definition = Definition.load(own_requirements / MAIN)
    assert definition.stays["MP_BFCP_004"] == "It was deleted when the document was edited."
    assert planned(definition, Model.load(own_requirements)).unaccounted == ()


def test_what_the_definition_cannot_hold_is_left_and_told(edited, own_requirements: Path) -> None:
    path = edited(MAIN, reworded("* * * First Change * * * *", "* * * The Change * * * *"))
    committed(own_requirements)
    left = applied(path, own_requirements)
    assert left == ["* * * [-First-] {+The+} Change * * * *"]


def run(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(command, ["import", "--root", str(root), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def test_the_command_shows_and_exits_1(edited, own_requirements: Path) -> None:
    path = edited(PSEUDO_CR, reworded("is specified using", "is offered using"))
    result = run(own_requirements, str(path))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "MP_BFCP_004: changed in clause 7.1.1.3",
        '    In SDP, security for BFCP is [-specified-] {+offered+} using the transport "TCP/TLS/BFCP".',
        "Edits: 1. Comments: 0.",
    ]
    report = json.loads(run(own_requirements, "--json", str(path)).output)
    assert report["definition"] == "tr29828-mp-e2e"
    assert report["edits"][0]["anchor"] == "MP_BFCP_004"


def foreign(path: Path) -> Path:
    """Write a clause of a specification that is not ours."""
    document = docx.Document()
    document.add_paragraph("5.19\tICE", style="Heading 2")
    document.add_paragraph("This is not asked for.")
    document.add_paragraph("5.20\tMedia plane security", style="Heading 2")
    document.add_paragraph("5.20.1\tGeneral", style="Heading 3")
    document.add_paragraph(
        "The MRFC shall support it, e.g. BFCP. The MRFP may support it, see TS 33.328 [31]."
    )
    document.add_paragraph("-\tan item of a list;", style="List Bullet")
    document.add_paragraph("NOTE:\tThis explains.")
    document.add_paragraph("Editor's Note: This is open.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Procedure", "Initiated"
    document.add_paragraph("5.21\tNext", style="Heading 2")
    document.save(path)
    return path


def test_a_foreign_clause_becomes_a_draft_that_the_model_reads(
    own_requirements: Path, tmp_path: Path
) -> None:
    page = own_requirements / "reqs/tr29828/9.md"
    source = foreign(tmp_path / "foreign.docx")
    result = run(own_requirements, str(source), "--clause", "5.20", "--ids", "MP_SEC", "-o", str(page))
    assert result.exit_code == 0, result.output
    model = Model.load(own_requirements)
    drafts = [found for found in model.statements if found.id.startswith("MP_SEC")]
    faults = [problem for problem in model.problems if problem.path == "reqs/tr29828/9.md"]
    codes = {problem.code for problem in faults}
    assert codes == {"text-added", "other-clause"}, "Neither its text nor its clause is that of the P-CR."
    assert [(found.id, found.clause, str(found.kind), found.continues, found.text) for found in drafts] == [
        ("MP_SEC_001", "5.20.1", "requirement", False, "The MRFC shall support it, e.g. BFCP."),
        ("MP_SEC_002", "5.20.1", "permission", True, "The MRFP may support it, see TS 33.328 [31]."),
        ("MP_SEC_003", "5.20.1", "definition", False, "- an item of a list;"),
        ("MP_SEC_004", "5.20.1", "rationale", False, "NOTE: This explains."),
        ("MP_SEC_005", "5.20.1", "editor's note", False, "Editor's Note: This is open."),
        ("MP_SEC_006", "5.20.1", "definition", False, "Procedure | Initiated"),
    ]
    assert drafts[0].binds == ("MRFC",)
    assert drafts[1].documents == ("TS 33.328",)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# 5.20 Media plane security\n\n## 5.20.1 General\n")
    assert "ICE" not in text


def test_a_draft_proposes_ids_that_are_free(own_requirements: Path, tmp_path: Path) -> None:
    source = foreign(tmp_path / "foreign.docx")
    result = run(own_requirements, str(source), "--clause", "5.20", "--ids", "MP_BFCP")
    assert ":id: MP_BFCP_009\n" in result.output
    assert ":id: MP_BFCP_008\n" not in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--clause=5.20", "--ids=my ids"],
            "'my ids' can begin no ID: capital letters are wanted, such as MP_SEC.",
        ),
        (["--clause=5.20", "--apply"], "The draft of a foreign clause has no option but --ids and -o."),
        (["-o", "x.md"], "-o is for the draft of a foreign clause: name that with --clause."),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str], sentence: str, own_requirements: Path, tmp_path: Path
) -> None:
    source = foreign(tmp_path / "foreign.docx")
    given = ["import", "--root", str(own_requirements), str(source), *arguments]
    result = CliRunner().invoke(command, given)
    assert isinstance(result.exception, CannotRun)
    assert str(result.exception) == sentence


def test_a_foreign_clause_that_is_not_there(own_requirements: Path, tmp_path: Path) -> None:
    source = foreign(tmp_path / "foreign.docx")
    result = CliRunner().invoke(
        command, ["import", "--root", str(own_requirements), str(source), "--clause", "8"]
    )
    assert str(result.exception) == f"{source} has no clause 8."
