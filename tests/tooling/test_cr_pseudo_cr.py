"""The P-CR: built from `reqs/` alone, equal to its source, with the styles of 3GPP."""

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from lxml import etree

from mpspec.change_request import Definition, export
from mpspec.cli.cr import command
from mpspec.model import Model

ROOT = Path(__file__).parents[2]
DEFINITION = ROOT / "reqs/change_requests/tr29828-mp-e2e.toml"
SOURCE = ROOT / "reqs/tr29828/pcr.txt"


@pytest.fixture(scope="module")
def octets(requirements_root: Path) -> bytes:
    return export(Definition.load(DEFINITION), Model.load(requirements_root))


@pytest.fixture(scope="module")
def document(octets: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(octets))


def words(text: str) -> list[str]:
    return text.split()


def test_its_text_is_the_source(document: docx.document.Document) -> None:
    """White space and the tab of a heading may differ; nothing else."""
    read_back = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert words(read_back) == words(SOURCE.read_text(encoding="utf-8"))


def test_its_paragraphs_are_those_of_the_source(document: docx.document.Document) -> None:
    """A paragraph of the source is one paragraph; a heading stands on two lines there and on one here."""
    lines = [
        " ".join(line.split()) for line in SOURCE.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    wanted: list[str] = []
    for line in lines:
        if wanted and re.fullmatch(r"7(\.1)*(\.[123])?", wanted[-1]):
            wanted[-1] += f" {line}"
        else:
            wanted.append(line)
    assert [" ".join(paragraph.text.split()) for paragraph in document.paragraphs] == wanted


def test_a_changed_statement_changes_the_document(own_requirements: Path) -> None:
    """The clause has no other source than `reqs/`."""
    page = own_requirements / "reqs/tr29828/7_1_1_3.md"
    text = page.read_text(encoding="utf-8").replace("There is never a BFCP", "There is seldom a BFCP")
    page.write_text(text, encoding="utf-8")
    made = docx.Document(io.BytesIO(export(Definition.load(DEFINITION), Model.load(own_requirements))))
    assert made.paragraphs[-1].text.startswith("There is seldom a BFCP session")


def test_same_input_same_octets(octets: bytes, requirements_root: Path) -> None:
    assert export(Definition.load(DEFINITION), Model.load(requirements_root)) == octets


def test_headings_and_notes_have_their_styles(document: docx.document.Document) -> None:
    styles = {paragraph.text.split("\t")[0]: paragraph.style.style_id for paragraph in document.paragraphs}
    assert styles["7"] == "Heading1"
    assert styles["7.1"] == "Heading2"
    assert styles["7.1.1"] == "Heading3"
    assert styles["7.1.1.3"] == "Heading4"
    notes = [paragraph for paragraph in document.paragraphs if paragraph.text.startswith("Editor's Note")]
    assert [note.style.name for note in notes] == ["Editor's Note", "Editor's Note"]


MEASURED = {
    "Normal": ("Times New Roman", None, 180, None, None),
    "Heading1": ("Arial", 36, 180, 1134, -1134),
    "Heading4": ("Arial", 24, 180, 1418, -1418),
    "Heading5": ("Arial", 22, 180, 1701, -1701),
    "H6": ("Arial", 20, 180, 1985, -1985),
    "B1": ("Times New Roman", None, 180, 568, -284),
    "B5": ("Times New Roman", None, 180, 1702, -284),
    "NO": ("Times New Roman", None, 180, 1135, -851),
    "EX": ("Times New Roman", None, 180, 1702, -1418),
    "TH": ("Arial", None, 180, None, None),
    "TAL": ("Arial", 18, 0, None, None),
    "PL": ("Courier New", 16, None, None, None),
    "CRCoverPage": ("Arial", None, 120, None, None),
}
"""Font, half points, space after, left indent, first line: as measured in real Tdocs; None is the default."""


@pytest.mark.parametrize("identity", MEASURED)
def test_a_style_has_the_measured_values(document: docx.document.Document, identity: str) -> None:
    font, half_points, after, left, first = MEASURED[identity]
    style = next(found for found in document.styles if found.style_id == identity)
    fonts, sizes, afters, lefts, firsts = [], [], [], [], []
    while style is not None:
        fonts.append(style.font.name)
        sizes.append(style.font.size)
        afters.append(style.paragraph_format.space_after)
        lefts.append(style.paragraph_format.left_indent)
        firsts.append(style.paragraph_format.first_line_indent)
        style = style.base_style

    def resolved(values: list[int | None]) -> int | None:
        return next((value for value in values if value is not None), None)

    assert next((name for name in fonts if name), "Times New Roman") == font
    size = resolved(sizes)
    assert (None if size is None else size // 6350) == half_points
    assert [None if value is None else value // 635 for value in map(resolved, (afters, lefts, firsts))] == [
        after,
        left,
        first,
    ]


def test_nothing_of_the_template_is_left(octets: bytes, document: docx.document.Document) -> None:
    """python-docx brings its own defaults, page, picture and name: none of them may reach a delegate."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        names = set(archive.namelist())
        styles = etree.fromstring(archive.read("word/styles.xml"))
        core = archive.read("docProps/core.xml").decode()
    assert not [
        name for name in names if "thumbnail" in name or "stylesWithEffects" in name or "theme" in name
    ]
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    defaults = styles.find(f"{w}docDefaults")
    assert defaults is not None
    assert not list(defaults.iter(f"{w}sz", f"{w}spacing"))
    assert "python-docx" not in core
    assert "2013" not in core
    section = document.sections[0]
    assert (section.page_width.twips, section.page_height.twips) == (11907, 16840)
    assert (section.top_margin.twips, section.left_margin.twips) == (1418, 1134)


def test_what_3gpp_allocates_is_visible_and_not_invented(document: docx.document.Document) -> None:
    header = "\n".join(paragraph.text for paragraph in document.sections[0].first_page_header.paragraphs)
    assert "<TDoc#>" in header
    assert "<MtgSeq>" in header


def test_the_command_writes_the_file(tmp_path: Path, octets: bytes, requirements_root: Path) -> None:
    output = tmp_path / "out.docx"
    result = CliRunner().invoke(
        command, ["export", "--root", str(requirements_root), str(DEFINITION), "-o", str(output)]
    )
    assert result.exit_code == 0, result.output
    assert output.read_bytes() == octets
