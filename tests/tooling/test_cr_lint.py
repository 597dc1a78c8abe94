"""The lint of a change request: each rule is seen to catch, and a clean CR is clean."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from mpspec.change_request import Definition, export, lint
from mpspec.change_request.lint import Weight
from mpspec.cli.cr import command
from mpspec.model import Model
from mpspec.model.reviews import record

ROOT = Path(__file__).parents[2]

EXPLAINED = [
    *("IMS", "UE", "MRFC", "MRFP", "SRTP", "SDES", "RTP"),
    *("TCP", "MSRP", "BFCP", "MIKEY-TICKET", "SDP", "NAT"),
]

FILLED = {
    "<MtgSeq>": "61",
    "<Location>": "Springfield",
    "<Country>": "Nowhere",
    "<StartDate>": "20 May 2013",
    "<EndDate>": "24 May 2013",
    "<TDoc#>": "C4-130001",
    "<CR#>": "0123",
    "<Version#>": "12.0.0",
    "<SourceIfWg>": "Company",
    "<RelatedWis>": "TEI12",
    "<ResDate>": "2013-05-20",
    "<Author>": "Company",
}


@pytest.fixture
def project(own_requirements: Path) -> Path:
    """Return a copy of the project's requirements, all of them reviewed."""
    terms = "".join(f'[terms."{word}"]\nmeans = "x"\n' for word in EXPLAINED)
    (own_requirements / "docs/abbreviations.toml").write_text(terms, encoding="utf-8")
    model = Model.load(own_requirements)
    record(own_requirements, model.requirements.values(), by="A Reviewer", date="2013-05-01", note="")
    return own_requirements


@pytest.fixture
def codes(project: Path) -> Callable[..., dict[str, str]]:
    """Return a function that lints the main CR, filled in and changed, and gives messages by code."""

    def run(*replacements: tuple[str, str], weight: Weight = Weight.FINDING) -> dict[str, str]:
        path = project / "reqs/change_requests/ts23333-mp-e2e.toml"
        text = path.read_text(encoding="utf-8")
        for old, new in [*FILLED.items(), *replacements]:
            assert old in text, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return {
            found.code: f"{found.place}: {found.message}"
            for found in lint(path, Model.load(project))
            if found.weight is weight
        }

    return run


def test_a_clean_cr_is_clean(codes) -> None:
    assert codes() == {}


APPLY = 'text = "The following clauses apply'
TITLE = 'title = "End-to-end security for TCP-based media using TLS"\nsource'
AFFECTS = 'affects = "Core'
ENTRY = '\n\n[[changes.content]]\nstyle = "EX"\ntext = "[98]\\tNothing."\n'
ALL_BUT_ONE = "2, 3.1, 5.20 (new), 5.20.1 (new), 5.20.2 (new), 6.2.19 (new), 6.2.19.1 (new), 6.2.19.2 (new)"


def begun(text: str) -> tuple[str, str]:
    """Return the replacement that puts a text before the one of clause 6.2.19.1."""
    return APPLY, f'text = "{text} The following clauses apply'


CASES = {
    "a field is empty": (
        ('tdoc = "C4-130001"', 'tdoc = ""'),
        "empty-field",
        "cover.tdoc: The field 'Tdoc number'",
    ),
    "number and rev are swapped": (
        ('cr_number = "0123"\nrevision = "-"', 'cr_number = "-"\nrevision = "0123"'),
        "number-and-rev",
        "each other's cell",
    ),
    "the number has no leading zeros": (('"0123"', '"123"'), "field-form", "'123' is not four digits"),
    "the version is coded": (('"12.0.0"', '"c.0.0"'), "field-form", "'c.0.0' is not like 12.1.0"),
    "the category is unknown": (('category = "B"', 'category = "E"'), "category", "'E' is none of F, A, B,"),
    "category A mirrors nothing": (('category = "B"', 'category = "A"'), "mirror", "this mirrors nothing"),
    "a box is unknown": (('"Core Network"', '"Core network"'), "affects", "'Core network' is none of"),
    "the title is padded": ((TITLE, 'title = "CR to 23.333"\nsource'), "title", "what changes"),
    "a related CR has another form": (
        (AFFECTS, f'other_core = "29.333"\n{AFFECTS}'),
        "related",
        "'29.333' is not like",
    ),
    "a clause is not named": (
        (AFFECTS, f'clauses_affected = "{ALL_BUT_ONE}"\n{AFFECTS}'),
        "clauses-affected",
        "Clause 6.2.19.3 is changed, not named",
    ),
    "must": (begun("The MRFC must."), "verbal-form", "clause 6.2.19.1: It uses 'must'"),
    "may not": (begun("The MRFC may not."), "verbal-form", "'may not'"),
    "subclause": (
        ("as specified in clause 5.20.2", "as specified in subclause 5.20.2"),
        "subclause",
        "clause 6.2.19.1",
    ),
    "an abbreviation is undefined": (begun("The XYZZY."), "abbreviation", "'XYZZY' is used"),
    "a reference is used and not listed": (
        begun("See [99]."),
        "reference",
        "[99] is used, and nothing lists it",
    ),
    "a reference is listed and not used": (
        ('and then nothing is added here."', f'and then nothing is added here."{ENTRY}'),
        "reference",
        "[98] is listed, and nothing uses it",
    ),
    "a new reference has no title": (("[RFC 4975]", "[RFC 9999]"), "reference-title", "[x1] has no title"),
    "a statement is not accounted for": (('MP_002 = "It', '# MP_002 = "It'), "unaccounted", "MP_002"),
    "a statement moves and stays": (
        ("[stays]", '[stays]\nMP_BFCP_004 = "It stays."'),
        "unaccounted",
        "MP_BFCP_004",
    ),
    "a reason is missing": (
        ('"It points to scenarios that only the TR has."', '"<reason>"'),
        "empty-field",
        "stays.MP_BFCP_008",
    ),
    "a statement goes elsewhere": (
        ('carries = ["MP_GEN_010"]', 'carries = ["MP_GEN_010", "MP_GEN_009"]'),
        "target",
        "MP_GEN_009: It goes to clause 5.20.2, and reqs/ proposes 5.20.1",
    ),
    "reqs moved on": (
        ("[written_against]", '[written_against]\nMP_001 = "0" '),
        "moved-on",
        "MP_001",
    ),
}
"""What is replaced in the main CR, and the finding that follows."""


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_found(case: str, codes) -> None:
    replacement, code, message = CASES[case]
    found = codes(replacement)
    assert list(found) == [code]
    assert message in found[code]


HEADED = 'clause = "5.20"\ntitle = "IMS Media Plane Security"\nnew = true\n'
ADVICE = {
    "a requirement in a NOTE": (
        (APPLY, 'style = "NO"\ntext = "NOTE:\\tIt shall be so. The following clauses apply'),
        "note",
        "No public source could be read",
    ),
    "an editor's note in a TS": (
        (APPLY, 'style = "Editor\'s Note"\ntext = "Editor\'s Note: to do. The following clauses apply'),
        "editors-note",
        "No public source could be read",
    ),
    "text under a heading that has clauses": (
        (HEADED, f'{HEADED}\n[[changes.content]]\ntext = "A word."\n'),
        "hanging",
        "No public source could be read",
    ),
    "another form": (('form = "12.1"', 'form = "12.4"'), "form-version", "the newest that was measured"),
}


@pytest.mark.parametrize("case", ADVICE)
def test_a_custom_that_nobody_could_read_is_advice(case: str, codes) -> None:
    replacement, code, message = ADVICE[case]
    assert message in codes(replacement, weight=Weight.ADVICE)[code]


def test_a_statement_that_changed_since_its_review_is_suspect(codes, project: Path) -> None:
    page = project / "reqs/tr29828/7_1_1_3.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("In SDP, security", "In SDP, the security"), "utf-8"
    )
    found = codes()
    assert set(found) == {"suspect", "moved-on"}
    assert found["suspect"].startswith("MP_BFCP_004")


def test_a_statement_that_nobody_reviewed_is_named(codes, project: Path) -> None:
    (project / "reqs/reviews.toml").unlink()
    assert "MP_BFCP_004" in codes()["not-reviewed"]


def test_a_mirror_of_another_category(codes, project: Path) -> None:
    codes()
    mirror = project / "reqs/change_requests/ts23333-mp-e2e-rel13.toml"
    text = mirror.read_text(encoding="utf-8")
    for old, new in FILLED.items():
        text = text.replace(old, new)
    mirror.write_text(text.replace('category = "A"', 'category = "B"'), encoding="utf-8")
    assert [found.code for found in lint(mirror, Model.load(project)) if found.weight is Weight.FINDING] == [
        "mirror"
    ]


@pytest.fixture
def written(codes, project: Path, tmp_path: Path) -> Callable[[Callable], Path]:
    """Return a function that exports the clean CR, lets somebody change the document, and gives the file."""

    def make(change: Callable[[docx.document.Document], None]) -> Path:
        codes()
        path = project / "reqs/change_requests/ts23333-mp-e2e.toml"
        document = docx.Document(io.BytesIO(export(Definition.load(path), Model.load(project))))
        change(document)
        output = tmp_path / "edited.docx"
        document.core_properties.modified = datetime(2013, 5, 20, tzinfo=UTC)
        document.save(output)
        return output

    return make


def cell(document: docx.document.Document, label: str, further: int = 1):
    for table in document.tables:
        for row in table.rows:
            texts = [found.text for found in row._tr.tc_lst for found in [docx.table._Cell(found, table)]]
            if label in texts:
                return docx.table._Cell(row._tr.tc_lst[texts.index(label) + further], table)
    raise AssertionError(label)


def test_a_document_as_exported_is_clean(written, project: Path) -> None:
    assert lint(written(lambda _: None), Model.load(project)) == []


def two_boxes(document: docx.document.Document) -> None:
    cell(document, "Test specifications", -2).paragraphs[0].add_run("X")


def no_box(document: docx.document.Document) -> None:
    for run in cell(document, "Test specifications", -1).paragraphs[0].runs:
        run.text = ""


def swapped(document: docx.document.Document) -> None:
    cell(document, "CR").paragraphs[0].runs[0].text = "1"
    cell(document, "rev").paragraphs[0].runs[0].text = "0123"


def no_tdoc(document: docx.document.Document) -> None:
    paragraph = document.paragraphs[0]
    paragraph.runs[0].text = paragraph.text.replace("C4-130001", "<Tdoc number>")


def fewer_clauses(document: docx.document.Document) -> None:
    run = cell(document, "Clauses affected:").paragraphs[0].runs[0]
    run.text = run.text.removesuffix(", 6.2.19.3 (new)")


def broken_space(document: docx.document.Document) -> None:
    for text in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"):
        text.text = (text.text or "").replace(
            "TS\N{NO-BREAK SPACE}33.328 [31] describes", "TS 33.328 [31] describes"
        )


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            two_boxes,
            "boxes",
            "'Test specifications' has 2 boxes ticked, and exactly one of Y and N is wanted.",
        ),
        (no_box, "boxes", "'Test specifications' has 0 boxes ticked, and exactly one of Y and N is wanted."),
        (swapped, "number-and-rev", "CR number and rev stand in each other's cell."),
        (broken_space, "space", "'TS 33.328' needs a non-breaking space."),
        (no_tdoc, "empty-field", "'<Tdoc number>' waits to be filled."),
        (fewer_clauses, "clauses-affected", "Clause 6.2.19.3 is changed, not named."),
    ],
)
def test_a_fault_of_a_document_is_found(change, code: str, message: str, written, project: Path) -> None:
    (found,) = lint(written(change), Model.load(project))
    assert (found.code, found.message) == (code, message)


def test_what_the_baseline_says_is_not_for_the_cr_to_mend(project: Path, tmp_path: Path) -> None:
    """Unmarked text is context; the same words in a document without marks are a fault."""
    baseline, definition, made = (tmp_path / name for name in ("old.docx", "own.toml", "cr.docx"))
    document = docx.Document()
    document.add_paragraph("5.20.1\tGeneral", style="Heading 3")
    document.add_paragraph("The MRFC must do it, see TS 33.328.")
    document.save(baseline)
    definition.write_text(
        'kind = "CR"\nspecification = "TS 23.333"\n[[changes]]\nclause = "5.20.1"\ntitle = "General"\n'
        '[[changes.content]]\ntext = "The MRFP must too."\n',
        encoding="utf-8",
    )
    model = Model.load(project)
    made.write_bytes(export(Definition.load(definition), model, baseline))
    codes = [found.code for found in lint(made, model) if found.place == "clause 5.20.1"]
    assert codes == ["verbal-form"]
    assert [found.code for found in lint(baseline, model)] == ["verbal-form", "space"]


def test_the_command_tells_and_exits_1(requirements_root: Path) -> None:
    path = ROOT / "reqs/change_requests/ts23333-mp-e2e.toml"
    result = CliRunner().invoke(command, ["lint", "--root", str(requirements_root), str(path)])
    assert result.exit_code == 1
    assert "cover.cr_number: The field 'CR number' is not filled. [empty-field]" in result.output
    result = CliRunner().invoke(command, ["lint", "--root", str(requirements_root), "--json", str(path)])
    assert {"code", "weight", "place", "message"} == set(json.loads(result.output)[0])
