"""ReqIF: what is written is read back the same, and what StrictDoc wrote is read too."""

import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from lxml import etree

from mpspec.cli.trace import command
from mpspec.model import CannotRun, Model
from mpspec.model.pages import read_page
from mpspec.model.writing import directive, options_of
from mpspec.trace import Trace
from mpspec.trace.exchange import Record, as_reqif, read_reqif, records

ROOT = Path(__file__).parents[2]
STRICTDOC = ROOT / "tests/vectors/exchange/strictdoc.reqif"


def test_every_requirement_is_written_as_it_is_read(tmp_path) -> None:
    """A directive that is written anew is the same statement or rule."""
    for page in Model.load(ROOT).pages:
        text = f"# {page.number} {page.title}\n\n".replace("#  ", "# ")
        text += "\n".join(
            directive(
                "stmt" if page.number else "rule",
                requirement.title,
                options_of(requirement),
                requirement.text,
            )
            for requirement in page.requirements
        )
        (tmp_path / "page.md").write_text(text, encoding="utf-8")
        again, problems = read_page(tmp_path / "page.md", tmp_path)
        assert problems == []
        assert [each.fingerprint for each in again.requirements] == [
            each.fingerprint for each in page.requirements
        ]
        assert [options_of(each) for each in again.requirements] == [
            options_of(each) for each in page.requirements
        ]


def test_reading_our_own_file_gives_the_same_requirements(tmp_path) -> None:
    """IDs, titles, texts, options, relations and headings of this project survive."""
    trace = Trace.load(ROOT)
    path = tmp_path / "out.reqif"
    path.write_text(as_reqif(trace), encoding="utf-8")
    assert read_reqif(path) == records(trace)


@pytest.mark.parametrize("prefix", ["reqif", "r"])
def test_a_file_whose_elements_have_a_prefix_is_read(tmp_path, prefix: str) -> None:
    """Another tool may write the namespace of ReqIF with a prefix: the file says the same."""
    text = re.sub(r"<(/?)(?=[A-Z])", rf"<\1{prefix}:", STRICTDOC.read_text(encoding="utf-8"))
    path = tmp_path / "prefixed.reqif"
    path.write_text(text.replace(" xmlns=", f" xmlns:{prefix}="), encoding="utf-8")
    assert read_reqif(path) == read_reqif(STRICTDOC) != []


@pytest.mark.parametrize(
    ("lost", "part"),
    [
        (r'(<SPECIFICATION-TYPE\b[^>]*?) LAST-CHANGE="[^"]*"', " (specification type)"),
        (r'(<ATTRIBUTE-VALUE-STRING) THE-VALUE="[^"]*"', " (attribute value)"),
        (r"(?s)()<CORE-CONTENT>.*</CORE-CONTENT>", ""),
    ],
)
def test_a_part_that_lacks_something_is_named(tmp_path, lost: str, part: str) -> None:
    """Where a file lacks what ReqIF asks for, the sentence says in which part, and shows no words of code."""
    text = STRICTDOC.read_text(encoding="utf-8")
    path = tmp_path / "lacking.reqif"
    path.write_text(re.sub(lost, r"\1", text), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    with pytest.raises(CannotRun) as ended:
        read_reqif(path)
    assert str(ended.value) == (
        f"{path} has a part{part} that ReqIF does not know, or that lacks what it has to hold."
    )


def test_the_file_keeps_text_that_xml_would_change(project, tmp_path) -> None:
    """Markup characters, quotes and letters outside of ASCII are kept."""
    project.replace(project.rules, "stream is", 'stream <m="1"> & – is')
    trace = Trace.load(project.root)
    path = tmp_path / "out.reqif"
    path.write_text(as_reqif(trace), encoding="utf-8")
    assert '<m="1"> & – is' in read_reqif(path)[1].text


def test_the_hierarchy_is_that_of_the_clauses(tmp_path) -> None:
    """Clause 7.1 stands under 7, and each statement under its clause."""
    tree = etree.fromstring(as_reqif(Trace.load(ROOT)).encode())
    space = {"r": "http://www.omg.org/spec/ReqIF/20110401/reqif.xsd"}
    place = tree.xpath("//r:SPEC-HIERARCHY[@IDENTIFIER='MP_BFCP_003-place']", namespaces=space)[0]
    above = [each.get("IDENTIFIER") for each in place.iterancestors("{*}SPEC-HIERARCHY")]
    assert above == [f"page-reqs-tr29828-{name}-md-place" for name in ("7-1-1-3", "7-1-1", "7-1", "7")]


def test_a_file_of_strictdoc_is_read() -> None:
    """IDs, titles, texts, the heading and the relation of a file that StrictDoc 0.30 wrote are found."""
    found = read_reqif(STRICTDOC)
    assert [each for each in found if each.id] == [
        Record(
            id="SDP_900",
            kind="REQUIREMENT",
            title="The transport",
            text="The transport shall be TCP/TLS/BFCP.",
            chapter="7.1 Requirements",
        ),
        Record(
            id="SDP_901",
            kind="REQUIREMENT",
            title="The attribute",
            text="It should have one.",
            refines=("SDP_900",),
            chapter="7.1 Requirements",
        ),
    ]


def test_what_strictdoc_escapes_is_read_as_it_was_written() -> None:
    """StrictDoc 0.30 escapes line breaks and letters outside of ASCII."""
    found = {record.id: record for record in read_reqif(STRICTDOC.with_name("strictdoc-escaped.reqif"))}
    assert (
        found["REQ-1"].text == "The stream shall be protected by TLS. Its second paragraph – with an en dash."
    )
    assert found["REQ-1"].title == "A & B < C"
    assert found["REQ-1"].chapter == 'Security – of "streams"'
    assert found["REQ-2"].refines == ("REQ-1",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a/>",
        b"\xff\xfe",
        b"not xml",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?><REQ-IF xmlns="http://www.omg.org/spec/ReqIF/20110401/reqif.xsd"></REQ-IF>',
    ],
)
def test_what_is_no_reqif_is_a_sentence(tmp_path, content: bytes) -> None:
    """Broken, foreign or dangerous files end in one sentence."""
    path = tmp_path / "bad.reqif"
    path.write_bytes(content)
    with pytest.raises(CannotRun, match=r"bad\.reqif"):
        read_reqif(path)


def export(project, form: str, output: Path):
    return CliRunner().invoke(
        command, ["export", "--format", form, "-o", str(output), "--root", str(project.root)]
    )


@pytest.mark.parametrize("form", ["csv", "json", "md", "reqif", "xlsx"])
def test_each_format_is_written_the_same_twice(project, tmp_path, form: str) -> None:
    """The same state gives the same file, octet for octet."""
    for name in ("one", "two"):
        assert export(project, form, tmp_path / name).exit_code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert b"SDP_001" in (tmp_path / "one").read_bytes() or form == "xlsx"


def test_the_workbook_has_the_matrix_and_the_results(project, tmp_path) -> None:
    """Both sheets have a frozen head and filters; a result leads to its requirement, that to its page."""
    project.replace(project.rules, "{rule} The transport", "{rule} =1+1 The transport")
    project.ran()
    export(project, "xlsx", tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Matrix", "Results"]
    matrix, results = book["Matrix"], book["Results"]
    assert [cell.value for cell in matrix["A"]] == ["ID", "MP_BFCP_003", "SDP_001"]
    assert matrix["A3"].hyperlink.target == "req/SDP_001.html"
    assert matrix["D3"].value == "=1+1 The transport is TCP/TLS/BFCP"
    assert matrix["D3"].data_type == "s"
    assert [cell.value for cell in results[2]] == [project.node, "passed", 0.01, "SDP_001", None]
    assert results["D2"].hyperlink.location == "Matrix!A3"
    for sheet in (matrix, results):
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions


def test_a_file_that_differs_is_compared(project, tmp_path) -> None:
    """What another tool changed is shown word by word, with what is new and what is missing."""
    export(project, "reqif", tmp_path / "out.reqif")
    compare = ["import", str(tmp_path / "out.reqif"), "--root", str(project.root)]
    assert CliRunner().invoke(command, compare).output == "0 differences.\n"
    text = (tmp_path / "out.reqif").read_text()
    text = text.replace("The protocol of a BFCP stream", "The transport of a BFCP stream")
    (tmp_path / "out.reqif").write_text(text.replace('THE-VALUE="MP_BFCP_003"', 'THE-VALUE="MP_BFCP_009"'))
    done = CliRunner().invoke(command, compare)
    assert done.exit_code == 1
    assert "[-protocol-] {+transport+}" in done.output
    assert [line.split()[:2] for line in done.output.splitlines() if not line.startswith(" ")] == [
        ["new", "MP_BFCP_009"],
        ["changed", "SDP_001"],
        ["missing", "MP_BFCP_003"],
        ["3", "differences."],
    ]
