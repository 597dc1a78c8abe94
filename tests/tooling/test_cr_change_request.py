"""The CR to TS 23.333: its form, its clauses, what it carries, and what stops it."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from lxml import etree

from mpspec.change_request import Definition, definitions, export, pack, planned, present, write_documents
from mpspec.cli import main
from mpspec.cli.cr import command
from mpspec.model import CannotRun, Model

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "reqs/change_requests/ts23333-mp-e2e.toml"
MIRROR = ROOT / "reqs/change_requests/ts23333-mp-e2e-rel13.toml"


@pytest.fixture(scope="module")
def model(requirements_root: Path) -> Model:
    return Model.load(requirements_root)


@pytest.fixture(scope="module")
def octets(model: Model) -> bytes:
    return export(Definition.load(MAIN), model)


@pytest.fixture(scope="module")
def document(octets: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(octets))


@pytest.fixture
def variant(tmp_path: Path, model: Model):
    """Return a function that plans the main CR with pieces of its TOML replaced."""

    def make(*replacements: tuple[str, str]):
        text = MAIN.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "variant.toml"
        path.write_text(text, encoding="utf-8")
        return planned(Definition.load(path), model)

    return make


FORM = [
    "CR-Form-v12.1",
    "CHANGE REQUEST",
    "23.333",
    "CR",
    "<CR#>",
    "rev",
    "-",
    "Current version:",
    "<Version#>",
    "For HELP on using this form",
    "Proposed change affects:",
    "UICC apps",
    "ME",
    "Radio Access Network",
    "Core Network",
    "X",
    "Title:",
    "Source to WG:",
    "Source to TSG:",
    "Work item code:",
    "Date:",
    "Category:",
    "Release:",
    "Use one of the following categories:",
    "Reason for change:",
    "Summary of change:",
    "Consequences if not approved:",
    "Clauses affected:",
    "Y",
    "N",
    "Other specs",
    "Other core specifications",
    "affected:",
    "Test specifications",
    "(show related CRs)",
    "O&M Specifications",
    "Other comments:",
    "This CR's revision history:",
]
"""What the form says, in its order."""


def cells(document: docx.document.Document) -> list[str]:
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return [
        "".join(text.text or "" for text in cell.iter(f"{w}t"))
        for table in document.tables[:3]
        for cell in table._tbl.iter(f"{w}tc")
    ]


def test_the_form_has_every_field_in_order(document: docx.document.Document) -> None:
    found = cells(document)
    at = 0
    for wanted in FORM:
        places = [place for place in range(at, len(found)) if found[place].startswith(wanted)]
        assert places, f"'{wanted}' does not stand behind '{found[at - 1]}'."
        at = places[0] + 1


def test_the_form_has_the_measured_geometry(document: docx.document.Document) -> None:
    widths = [[column.width.twips for column in table.columns] for table in document.tables[:3]]
    assert widths == [
        [142, 1559, 709, 1276, 709, 992, 2410, 1701, 143],
        [2835, 1418, 283, 709, 284, 2126, 283, 1418, 283],
        [1843, 851, 284, 284, 567, 1700, 567, 143, 281, 993, 2127],
    ]
    assert [sum(row) for row in widths] == [9641, 9639, 9640]


def test_the_portal_properties_stand_in_its_order(octets: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        root = etree.fromstring(archive.read("docProps/custom.xml"))
    values = {entry.get("name"): "".join(entry.itertext()) for entry in root}
    assert list(values)[:19] == [
        "TSG/WGRef",
        "MtgSeq",
        "MtgTitle",
        "Location",
        "Country",
        "StartDate",
        "EndDate",
        "Tdoc#",
        "Spec#",
        "Cr#",
        "Revision",
        "Version",
        "CrTitle",
        "SourceIfWg",
        "SourceIfTsg",
        "RelatedWis",
        "Cat",
        "ResDate",
        "Release",
    ]
    assert values["Spec#"] == "23.333"
    assert values["Cr#"] == "<CR#>"
    assert values["Cat"] == "B"


def test_the_body_is_whole_clauses_between_markers(document: docx.document.Document) -> None:
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    lines = []
    for paragraph in document.element.body.findall(f"{w}p"):
        text = "".join(
            "\t" if piece.tag == f"{w}tab" else piece.text or ""
            for piece in paragraph.iter(f"{w}t", f"{w}tab")
        )
        style = paragraph.find(f"{w}pPr/{w}pStyle")
        lines.append(("" if style is None else style.get(f"{w}val"), text))
    markers = [text for style, text in lines if style == "ChangeMarker"]
    assert markers == [
        "* * * First Change * * * *",
        "* * * Next Change * * * *",
        "* * * Next Change * * * *",
        "* * * Next Change * * * *",
        "* * * End of Changes * * *",
    ]
    headings = [(style, text) for style, text in lines if style.startswith("Heading")]
    assert headings == [
        ("Heading1", "2\tReferences"),
        ("Heading2", "3.1\tDefinitions"),
        ("Heading2", "5.20\tIMS Media Plane Security"),
        ("Heading3", "5.20.1\tGeneral"),
        ("Heading3", "5.20.2\tEnd-to-end security for TCP-based media using TLS"),
        ("Heading3", "6.2.19\tEnd-to-end security for TCP based media using TLS"),
        ("Heading4", "6.2.19.1\tGeneral"),
        ("Heading4", "6.2.19.2\tSpecific procedures for session based messaging (MSRP)"),
        ("Heading4", "6.2.19.3\tSpecific procedures for conferencing (BFCP)"),
    ]
    assert (
        "EX",
        '[x1]\tIETF RFC 4975 (September 2007): "The Message Session Relay Protocol (MSRP)".',
    ) in lines


def test_clauses_that_exist_are_not_marked_as_new(document: docx.document.Document) -> None:
    """Of clauses 2 and 3.1 only what is added is inserted; the new clauses are wholly inserted."""
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for paragraph in document.element.body.findall(f"{w}p"):
        style = paragraph.find(f"{w}pPr/{w}pStyle")
        name = "" if style is None else style.get(f"{w}val")
        if name in ("CRCoverPage", "ChangeMarker"):
            continue
        text = "".join(piece.text or "" for piece in paragraph.iter(f"{w}t"))
        marked = paragraph.find(f"{w}pPr/{w}rPr/{w}ins") is not None
        assert marked == (text not in ("2References", "3.1Definitions")), text
        assert all((run.getparent().tag == f"{w}ins") == marked for run in paragraph.iter(f"{w}r"))


def test_every_statement_is_accounted_for(model: Model) -> None:
    plan = planned(Definition.load(MAIN), model)
    assert plan.unaccounted == ()
    moved = {carried.statement.id for carried in plan.carried}
    assert moved.isdisjoint(plan.definition.stays)
    assert moved | set(plan.definition.stays) == {statement.id for statement in model.statements}


def test_a_verbatim_statement_differs_by_numbers_and_decided_spellings_only(model: Model) -> None:
    plan = planned(Definition.load(MAIN), model)
    for carried in plan.carried:
        if not carried.adapted:
            text = carried.text.replace("\N{NO-BREAK SPACE}", " ").replace("[31]", "[2]")
            assert text == carried.statement.text.replace("Annex G3", "Annex G.3")


def test_a_number_becomes_that_of_the_target(model: Model) -> None:
    plan = planned(Definition.load(MAIN), model)
    texts = {carried.statement.id: carried.text for carried in plan.carried}
    assert "TS\N{NO-BREAK SPACE}33.328 [31], Annex G.3" in texts["MP_BFCP_002"]
    assert plan.added == {"RFC 4975": "x1"}


def test_a_pointer_without_a_place_stops_and_says_where(variant) -> None:
    with pytest.raises(CannotRun, match=r"MP_BFCP_008 points to 'subclause 4.2.3'.*clause 5.20.2"):
        variant(
            ('carries = ["MP_BFCP_004"]', 'carries = ["MP_BFCP_004", "MP_BFCP_008"]'),
            ('MP_BFCP_008 = "It points to scenarios that only the TR has."\n', ""),
        )


def test_a_mapped_pointer_is_replaced(variant) -> None:
    plan = variant(
        ('carries = ["MP_BFCP_004"]', 'carries = ["MP_BFCP_004", "MP_BFCP_008"]'),
        ('MP_BFCP_008 = "It points to scenarios that only the TR has."\n', ""),
        ("[stays]", '[pointers]\n"subclause 4.2.3" = "clause 6.2.19.3"\n\n[stays]'),
    )
    texts = {carried.statement.id: carried.text for carried in plan.carried}
    assert texts["MP_BFCP_008"] == "see clause 6.2.19.3."


def test_an_adaptation_may_not_keep_a_pointer_either(variant) -> None:
    with pytest.raises(CannotRun, match="MP_GEN_004 points to 'Annex B below'"):
        variant(("NOTE 3 from that annex", "NOTE 3 (shown also in Annex B below)"))


def test_a_spelling_wants_a_decision(variant) -> None:
    with pytest.raises(CannotRun, match=r"docs/decisions/nobody-decided.md, which does not exist"):
        variant(('decision = "spelling-in-change-requests"', 'decision = "nobody-decided"'))


def test_a_spelling_is_told(model: Model) -> None:
    (note,) = planned(Definition.load(MAIN), model).notes
    assert note == (
        "'Annex G3' is written 'Annex G.3' at 1 place (docs/decisions/spelling-in-change-requests.md)."
    )


def test_an_unknown_statement_stops(variant) -> None:
    with pytest.raises(CannotRun, match="names MP_BFCP_099"):
        variant(('carries = ["MP_BFCP_004"]', 'carries = ["MP_BFCP_099"]'))


def test_a_slip_of_the_pen_stops(variant) -> None:
    with pytest.raises(CannotRun, match=r"'cover.titel' is not a field of a CR"):
        variant(
            ('title = "End-to-end security for TCP-based media using TLS"\nsource', 'titel = "x"\nsource')
        )
    with pytest.raises(CannotRun, match=r"'changes\[2\].nwe' is not a key"):
        variant(
            (
                'title = "IMS Media Plane Security"\nnew = true',
                'title = "IMS Media Plane Security"\nnwe = true',
            )
        )


def test_a_control_character_stops(variant) -> None:
    with pytest.raises(
        CannotRun, match=r"'cover.title' holds a control character, which no document can hold"
    ):
        variant(
            (
                'title = "End-to-end security for TCP-based media using TLS"\nsource',
                'title = "\\u0001"\nsource',
            )
        )


def test_a_missing_field_is_a_visible_placeholder(variant, model: Model) -> None:
    plan = variant(('date = "<ResDate>"\n', ""))
    written = docx.Document(io.BytesIO(export(plan.definition, model)))
    assert "<Date>" in cells(written)


def test_tables_and_styles_of_a_change(variant, model: Model) -> None:
    """NOTE, list item, title of a table and its cells have their styles, and every row is marked as new."""
    table = (
        '[[changes.content]]\nstyle = "B1"\ntext = "-\\tfirst item"\n\n'
        '[[changes.content]]\nstyle = "NO"\ntext = "NOTE:\\tA note."\n\n'
        '[[changes.content]]\nstyle = "TH"\ntext = "Table 6.2.19.1.1: Procedures"\n\n'
        '[[changes.content]]\nrows = [["Procedure", "Initiated"], ["Configure BFCP Termination", "MRFC"]]\n\n'
        '[[changes]]\nclause = "6.2.19.2"'
    )
    plan = variant(('[[changes]]\nclause = "6.2.19.2"', table))
    written = docx.Document(io.BytesIO(export(plan.definition, model)))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    styles = {
        "".join(text.text or "" for text in paragraph.iter(f"{w}t")): paragraph.find(f"{w}pPr/{w}pStyle")
        for paragraph in written.element.body.iter(f"{w}p")
    }
    wanted = {
        "-first item": "B1",
        "NOTE:A note.": "NO",
        "Table 6.2.19.1.1: Procedures": "TH",
        "Procedure": "TAH",
        "MRFC": "TAL",
    }
    assert {text: styles[text].get(f"{w}val") for text in wanted} == wanted
    rows = written.tables[3]._tbl.findall(f"{w}tr")
    assert [row.find(f"{w}trPr/{w}ins") is not None for row in rows] == [True, True]


def test_same_input_same_octets(octets: bytes, requirements_root: Path) -> None:
    assert export(Definition.load(MAIN), Model.load(requirements_root)) == octets


def test_a_mirror_is_the_same_change_for_another_release(model: Model) -> None:
    base, mirror = Definition.load(MAIN), Definition.load(MIRROR)
    assert mirror.cover["category"] == "A"
    assert mirror.cover["release"] == "Rel-13"
    assert mirror.cover["title"] == base.cover["title"]
    assert planned(mirror, model).clauses == planned(base, model).clauses


def test_a_pack_names_its_documents_as_packs_do(tmp_path: Path, model: Model) -> None:
    definition_path = tmp_path / "numbered.toml"
    text = MAIN.read_text(encoding="utf-8")
    for old, new in (("<CR#>", "0123"), ('revision = "-"', 'revision = "2"'), ("<TDoc#>", "C4-130001")):
        text = text.replace(old, new)
    definition_path.write_text(text, encoding="utf-8")
    definition = Definition.load(definition_path)
    with zipfile.ZipFile(io.BytesIO(pack([(definition, b"octets")]))) as archive:
        assert archive.namelist() == ["23333_CR0123r2_(Rel-12)_C4-130001.docx"]
    with pytest.raises(CannotRun, match="Two documents"):
        pack([(definition, b""), (definition, b"")])


def test_the_command_writes_a_pack(tmp_path: Path, requirements_root: Path) -> None:
    output = tmp_path / "pack.zip"
    result = CliRunner().invoke(
        command, ["export", "--root", str(requirements_root), str(MAIN), str(MIRROR), "-o", str(output)]
    )
    assert result.exit_code == 0, result.output
    assert "Annex G.3" in result.output
    with zipfile.ZipFile(output) as archive:
        assert archive.namelist() == ["23333_CRXXXX_(Rel-12)_Tdoc.docx", "23333_CRXXXX_(Rel-13)_Tdoc.docx"]


def test_nothing_is_written_where_the_export_stops(
    tmp_path: Path, requirements_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = tmp_path / "broken.toml", tmp_path / "out.docx"
    path.write_text(MAIN.read_text(encoding="utf-8").replace("MP_BFCP_004", "MP_BFCP_099"), encoding="utf-8")
    output.write_bytes(b"what stood there")
    with pytest.raises(SystemExit) as stopped:
        main(["cr", "export", "--root", str(requirements_root), str(path), "-o", str(output)])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"mpspec: {path} names MP_BFCP_099, which is no statement of reqs/.\n"
    assert output.read_bytes() == b"what stood there"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("23333.docx", "is the baseline, which is not overwritten."),
        ("cr.doc", "is neither a .docx nor a .zip."),
    ],
)
def test_an_output_that_cannot_be_meant(
    output: str, sentence: str, tmp_path: Path, requirements_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "23333.docx"
    docx.Document().save(baseline)
    before = baseline.read_bytes()
    written = tmp_path / output
    arguments = ["--root", str(requirements_root), str(MAIN), "--baseline", str(baseline), "-o", str(written)]
    with pytest.raises(SystemExit) as stopped:
        main(["cr", "export", *arguments])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"mpspec: {written} {sentence}\n"
    assert baseline.read_bytes() == before
    assert list(tmp_path.iterdir()) == [baseline]


def test_all_documents_are_written_for_the_site(tmp_path: Path, model: Model) -> None:
    written = write_documents(model, tmp_path)
    names = {definition.name for definition in definitions(ROOT)}
    assert {path.name for path in written} == {
        f"{name}{suffix}" for name in names for suffix in (".docx", ".zip")
    }


def test_a_presentation_shows_change_and_statements(model: Model) -> None:
    shown = present(Definition.load(MAIN), model)
    assert shown.moved_on == ()
    assert {field.label: field.open for field in shown.cover}["CR number"]
    affected = {field.label: field.value for field in shown.cover}["Clauses affected"]
    assert affected.startswith("2, 3.1, 5.20 (new), 5.20.1 (new)")
    kept = [block.block.text for block in shown.blocks if block.change == "kept"]
    assert "2\tReferences" in kept
    adapted = {found.statement: found for found in shown.statements if found.adapted}
    runs = [(run.change, run.text) for run in adapted["MP_BFCP_007"].runs]
    assert runs == [
        ("kept", "i.e. the use case where both peers are behind a NAT need not be considered for the Mp"),
        ("deleted", "interface,"),
        ("inserted", "interface."),
    ]
    assert {found.statement: found.reason for found in shown.statements}["MP_GEN_006"].startswith("It is the")


def test_a_presentation_warns_where_reqs_moved_on(own_requirements: Path) -> None:
    page = own_requirements / "reqs/tr29828/7_1_1_3.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("In SDP, security", "In SDP, the security"), "utf-8"
    )
    shown = present(Definition.load(own_requirements / MAIN.relative_to(ROOT)), Model.load(own_requirements))
    assert shown.moved_on == ("MP_BFCP_004",)
