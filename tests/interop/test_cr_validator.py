"""The validator of the Open XML SDK finds no error in any kind of document that we write."""

import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from mpspec.change_request import definitions, export
from mpspec.model import Model

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT / "scripts/lock/node_modules/.bin/ooxml-validator"


@pytest.fixture
def errors(need, tmp_path: Path) -> Callable[[bytes], list]:
    """Return a function that gives the errors of a document."""
    need("node")
    if not VALIDATOR.exists():
        reason = "The validator is not installed: npm ci --prefix scripts/lock."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)

    def validate(octets: bytes) -> list:
        path = tmp_path / "document.docx"
        path.write_bytes(octets)
        result = subprocess.run([str(VALIDATOR), str(path)], capture_output=True, text=True, timeout=120)
        report = json.loads(result.stdout)
        assert isinstance(report["errors"], list)
        return report["errors"]

    return validate


@pytest.fixture(scope="module")
def model(requirements_root: Path) -> Model:
    return Model.load(requirements_root)


@pytest.mark.parametrize("name", [definition.name for definition in definitions(ROOT)])
def test_each_kind_is_valid(name: str, errors, model: Model) -> None:
    (definition,) = [found for found in definitions(ROOT) if found.name == name]
    assert errors(export(definition, model)) == []


def test_a_cr_with_a_baseline_is_valid(errors, model: Model, tmp_path: Path) -> None:
    """Changed paragraphs, deleted rows and inserted tables in a specification that somebody else wrote."""
    document = docx.Document()
    document.add_paragraph("2\tReferences", style="Heading 1")
    document.add_paragraph("3.1\tDefinitions", style="Heading 2")
    for clause in (
        "5.20\tIMS Media Plane Security",
        "6.2.19\tEnd-to-end security for TCP based media using TLS",
    ):
        document.add_paragraph(clause, style="Heading 2")
    document.add_paragraph("5.20.1\tGeneral", style="Heading 3")
    document.add_paragraph("3GPP TS 33.328 describes three solutions in its Annex G.")
    table = document.add_table(rows=2, cols=2)
    table.cell(1, 0).text = "Release"
    titles = {
        "5.20.2": "End-to-end security for TCP-based media using TLS",
        "6.2.19.1": "General",
        "6.2.19.2": "Specific procedures for session based messaging (MSRP)",
        "6.2.19.3": "Specific procedures for conferencing (BFCP)",
    }
    for number, title in titles.items():
        document.add_paragraph(f"{number}\t{title}", style="Heading 3")
    path = tmp_path / "baseline.docx"
    document.save(path)
    (definition,) = [found for found in definitions(ROOT) if found.name == "ts23333-mp-e2e"]
    text = definition.path.read_text(encoding="utf-8").replace(
        'clause = "5.20.1"', 'rewrite = true\nclause = "5.20.1"'
    )
    own = tmp_path / "rewriting.toml"
    own.write_text(text, encoding="utf-8")
    octets = export(type(definition).load(own), model, path)
    marks = docx.Document(io.BytesIO(octets)).element.body
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    assert list(marks.iter(f"{w}del"))
    assert errors(octets) == []


def test_the_validator_does_find_errors(errors, model: Model) -> None:
    """A gate that never closes is none: an element that does not belong there is reported."""
    (definition,) = [found for found in definitions(ROOT) if found.name == "tr29828-mp-e2e"]
    document = docx.Document(io.BytesIO(export(definition, model)))
    document.element.body.insert(0, document.element.body.makeelement(document.element.tag, {}))
    written = io.BytesIO()
    document.save(written)
    assert errors(written.getvalue()) != []
