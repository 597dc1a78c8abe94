"""A definition made by the program, revised, and compared with the one before."""

import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from mpspec.change_request import Definition, export, lint
from mpspec.change_request.extraction import rows_of
from mpspec.change_request.ooxml import find_all
from mpspec.cli import main
from mpspec.cli.cr import command
from mpspec.model import Model

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "reqs/change_requests/ts23333-mp-e2e.toml"

NEW = [
    "new",
    "--specification=TS 23.333",
    "--title=BFCP over TLS",
    "--source=<Source to WG>",
    "--release=Rel-12",
    "--category=B",
    "--work-items=<Work item code>",
]


@pytest.fixture
def run(requirements_root: Path) -> Callable[..., Result]:
    """Return a function that runs a command of `mpspec cr` on the real requirements."""

    def invoke(name: str, *arguments: str, typed: str = "") -> Result:
        result = CliRunner().invoke(
            command, [name, "--root", str(requirements_root), *arguments], input=typed
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result

    return invoke


@pytest.fixture(scope="module")
def model(requirements_root: Path) -> Model:
    return Model.load(requirements_root)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    path = tmp_path / "ts23333-mp-e2e.toml"
    path.write_text(MAIN.read_text(encoding="utf-8").replace("<TDoc#>", "C4-130001"), encoding="utf-8")
    return path


def test_new_with_flags(tmp_path: Path, run, model: Model) -> None:
    """Two statements become a CR that can be exported; what is not known is a visible placeholder."""
    path = tmp_path / "new.toml"
    result = run(
        *NEW, "-o", str(path), "--statement=MP_BFCP_003", "--statement=MP_BFCP_004=5.20.2",
        "--clause=5.20.2=End-to-end security for TCP-based media using TLS",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    definition = Definition.load(path)
    (change,) = definition.changes
    assert (change.clause, change.title) == ("5.20.2", "End-to-end security for TCP-based media using TLS")
    assert [content.carries for content in change.content] == [("MP_BFCP_003",), ("MP_BFCP_004",)]
    assert definition.cover["cr_number"] == "<CR number>"
    assert "unaccounted" not in {found.code for found in lint(path, model)}
    text = "\n".join(
        paragraph.text for paragraph in docx.Document(io.BytesIO(export(definition, model))).paragraphs
    )
    assert "5.20.2\tEnd-to-end security" in text


def test_new_asks_for_what_is_missing(tmp_path: Path, run) -> None:
    path = tmp_path / "new.toml"
    typed = "TS 23.333\nBFCP over TLS\n\nRel-12\nB\n\nMP_BFCP_005 MP_BFCP_006\n"
    result = run("new", "-o", str(path), typed=typed)
    assert result.exit_code == 0, result.output
    definition = Definition.load(path)
    assert definition.cover["title"] == "BFCP over TLS"
    assert definition.cover["source"] == "<Source to WG>"
    assert definition.changes[0].title == "<title of 5.20.2>"
    assert definition.changes[0].content[0].carries == ("MP_BFCP_005", "MP_BFCP_006")


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("--statement=MP_BFCP_099", "reqs/ has no statement MP_BFCP_099."),
        ("--statement=MP_GEN_006", "Nothing proposes where MP_GEN_006 moves: write MP_GEN_006=CLAUSE."),
        (
            "--statement=MP_BFCP_003=somewhere",
            "'somewhere' is no clause: its number is wanted, such as 5.20.2.",
        ),
        ("--clause=5.20.2", "'5.20.2' has no title: write CLAUSE=TITLE, such as '5.20.1=General'."),
        ("--clause=General=5.20.2", "'General' is no clause: its number is wanted, such as 5.20.2."),
        ("--specification=23.333", "'specification' is not like 'TS 23.333'."),
    ],
)
def test_new_refuses(
    argument: str, sentence: str, tmp_path: Path, requirements_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(
            [
                "cr",
                *NEW,
                "--root",
                str(requirements_root),
                "-o",
                str(tmp_path / "new.toml"),
                "--statement=MP_BFCP_004",
                argument,
            ]
        )
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("mpspec: ")
    assert told.endswith(f"{sentence}\n")
    assert list(tmp_path.iterdir()) == []


def test_new_overwrites_nothing(
    copy: Path, requirements_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.read_bytes()
    with pytest.raises(SystemExit):
        main(["cr", *NEW, "--root", str(requirements_root), "-o", str(copy), "--statement=MP_BFCP_003"])
    assert "exists already" in capsys.readouterr().err
    assert copy.read_bytes() == before


def form(definition: Definition, model: Model) -> str:
    body = docx.Document(io.BytesIO(export(definition, model))).element.body
    return "\n".join("\t".join(row) for table in find_all(body, "w:tbl") for row in rows_of(table))


def test_revisions_are_counted_and_kept_in_the_history(copy: Path, run, model: Model) -> None:
    run("revise", str(copy), "--what=The title is shorter.", "--tdoc=C4-130077")
    run("revise", str(copy), "--what=Clause 6.2.19.3 is reworded.")
    definition = Definition.load(copy)
    assert definition.cover["revision"] == "2"
    assert definition.cover["revision_of"] == "C4-130077"
    assert definition.cover["tdoc"] == "<TDoc#>"
    assert [(row.revision, row.of) for row in definition.history] == [("1", "C4-130001"), ("2", "C4-130077")]
    document = docx.Document(io.BytesIO(export(definition, model)))
    assert "\trevision of C4-130077" in [paragraph.text for paragraph in document.paragraphs[:4]]
    assert "Revision 1 of C4-130001: The title is shorter.\nRevision 2 of C4-130077" in form(
        definition, model
    )


def test_a_revision_keeps_marks_against_the_baseline(copy: Path, run, model: Model) -> None:
    """The change itself is the same: nothing is marked against the revision before."""
    before = export(Definition.load(copy), model)
    run("revise", str(copy), "--what=Nothing.")
    after = export(Definition.load(copy), model)

    def marks(octets: bytes) -> list[str]:
        body = docx.Document(io.BytesIO(octets)).element.body
        w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
        return ["".join(mark.itertext()) for mark in body.iter(f"{w}ins", f"{w}del")]

    assert marks(after) == marks(before)


def test_a_revision_says_what_it_changes(
    copy: Path, requirements_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copy.read_bytes()
    with pytest.raises(SystemExit):
        main(["cr", "revise", "--root", str(requirements_root), str(copy), "--what= "])
    assert (
        capsys.readouterr().err == "mpspec: The revision history wants to know what the revision changes.\n"
    )
    assert copy.read_bytes() == before


def test_a_mirror_has_its_own_numbers_and_revisions(copy: Path, run) -> None:
    """What it mirrors is revised: the mirror is another document, with another Tdoc and another history."""
    mirror = copy.with_name("mirror.toml")
    mirror.write_text(f'mirrors = "{copy.stem}"\n[cover]\nrelease = "Rel-13"\n', encoding="utf-8")
    run("revise", str(copy), "--what=The title is shorter.", "--tdoc=C4-130077")
    found = Definition.load(mirror)
    assert found.history == ()
    assert not {"tdoc", "cr_number", "revision", "revision_of", "version"} & set(found.cover)
    assert found.changes == Definition.load(copy).changes


def test_a_revision_keeps_comments_and_order(copy: Path, run) -> None:
    before = copy.read_text(encoding="utf-8").splitlines()
    run("revise", str(copy), "--what=Nothing.")
    after = copy.read_text(encoding="utf-8").splitlines()
    gone = [line for line in before if line not in after]
    assert all(line.startswith(("revision", "tdoc")) for line in gone)


def test_diff_shows_what_changed_between_two_revisions(copy: Path, tmp_path: Path, run, model: Model) -> None:
    old = tmp_path / "old.docx"
    old.write_bytes(export(Definition.load(copy), model))
    text = copy.read_text(encoding="utf-8")
    copy.write_text(text.replace("The following clauses apply", "These clauses apply"), encoding="utf-8")
    result = run("diff", str(old), str(copy))
    assert result.exit_code == 1
    assert result.output == (
        "clause 6.2.19.1: [-The following-] {+These+} clauses apply if the MRFC and the MRFP support "
        "end-to-end security as specified in clause 5.20.2.\n"
    )
    assert run("diff", str(copy), str(copy)).exit_code == 0
