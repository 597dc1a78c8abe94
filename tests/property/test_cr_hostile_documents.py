"""Documents with anything wrong in their XML: an import and an export with a baseline end in one sentence."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from mpspec.change_request import Definition, export, lint, returned
from mpspec.model import CannotRun, Model

MAIN = Path("reqs/change_requests/ts23333-mp-e2e.toml")
PARTS = ("word/document.xml", "word/styles.xml", "docProps/custom.xml", "word/settings.xml")


@pytest.fixture(scope="module")
def model(requirements_root: Path) -> Model:
    return Model.load(requirements_root)


@pytest.fixture(scope="module")
def exported(model: Model) -> bytes:
    return export(Definition.load(model.root / MAIN), model)


@pytest.fixture(scope="module")
def specification(model: Model) -> bytes:
    document = docx.Document()
    for change in Definition.load(model.root / MAIN).changes:
        document.add_paragraph(f"{change.clause}\t{change.title}", style="Heading 3")
        document.add_paragraph("In SDP, security for BFCP is specified using TCP/TLS/BFCP.")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


HARM = st.tuples(
    st.sampled_from(PARTS),
    st.integers(0, 10**6),
    st.sampled_from(["drop", "double", "rename", "empty", "attribute", "move"]),
)


def harmed(octets: bytes, harms: list[tuple[str, int, str]]) -> bytes:
    """Return a .docx with elements dropped, doubled, renamed, emptied, moved, or with a wrong attribute."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for part, number, harm in harms:
        if part not in parts:
            continue
        root = etree.fromstring(parts[part])
        elements = list(root.iter(etree.Element))
        chosen = elements[number % len(elements)]
        parent = chosen.getparent()
        if harm == "rename":
            chosen.tag = elements[number * 7 % len(elements)].tag
        elif harm == "empty":
            chosen.clear()
        elif harm == "attribute":
            for key in chosen.attrib:
                chosen.set(key, "-1x")
        elif parent is not None and harm == "drop":
            parent.remove(chosen)
        elif parent is not None and harm == "double":
            parent.append(etree.fromstring(etree.tostring(chosen)))
        elif parent is not None and harm == "move":
            target = elements[number * 3 % len(elements)]
            if target is not chosen and all(found is not chosen for found in target.iterancestors()):
                target.append(chosen)
        parts[part] = etree.tostring(root)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def ends_well(work: Callable[[], object]) -> bool:
    """Run it, and return whether it gives something or one sentence; anything else is raised."""
    try:
        work()
    except CannotRun as error:
        return "\n" not in str(error)
    return True


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(harms=st.lists(HARM, min_size=1, max_size=4))
def test_import_and_lint(harms: list, exported: bytes, model: Model, tmp_path: Path) -> None:
    path = tmp_path / "harmed.docx"
    path.write_bytes(harmed(exported, harms))
    assert ends_well(lambda: returned(path, model))
    assert ends_well(lambda: lint(path, model))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(harms=st.lists(HARM, min_size=1, max_size=4))
def test_baseline(harms: list, specification: bytes, model: Model, tmp_path: Path) -> None:
    path = tmp_path / "harmed.docx"
    path.write_bytes(harmed(specification, harms))
    assert ends_well(lambda: export(Definition.load(model.root / MAIN), model, path))
